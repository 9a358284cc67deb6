"""Judges small enough to be read: stylesheets that answer in SVRL, as compiled Schematron does."""

from pathlib import Path
from typing import Final, NamedTuple
from xml.sax.saxutils import quoteattr

from gateway.judges import Artefact, Judges

_WORDS: Final = (
    'xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:svrl="http://purl.oclc.org/dsdl/svrl" '
    'xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2" '
    'xmlns:xs="http://www.w3.org/2001/XMLSchema" version="3.0" exclude-result-prefixes="xs cbc"'
)


class Assertion(NamedTuple):
    """It fails where the test is true of the document. level: as it stands in the report."""

    id: str
    fails_where: str
    level: str = 'flag="fatal"'


NO_NUMBER: Final = Assertion("BR-02", "not(normalize-space(/*/cbc:ID))")
"""As the official set has it: a judge with this one alone agrees with us on any invoice that fails nothing else."""
ALWAYS: Final = "normalize-space(/*/cbc:ID)"
"""True of every invoice that has a number."""
STRICTER_ONE: Final = Assertion("BR-05", ALWAYS)
"""A judge with this one besides is wrong about every invoice that has a number."""


def stylesheet(*assertions: Assertion, body: str = "", head: str = "") -> bytes:
    """A judge with these assertions. body, head: what else stands in its one template, and before it."""
    tests = "".join(
        f"<xsl:if test={quoteattr(one.fails_where)}><svrl:failed-assert id={quoteattr(one.id)} {one.level}/></xsl:if>"
        for one in assertions
    )
    return (
        f'<xsl:stylesheet {_WORDS}>{head}<xsl:template match="/"><svrl:schematron-output>'
        f'<svrl:fired-rule context="/*"/>{tests}{body}</svrl:schematron-output></xsl:template></xsl:stylesheet>'
    ).encode()


def judges_with(folder: Path, *assertions: Assertion, rules: str = "en16931", body: str = "") -> Judges:
    """An installation with one judge, put there without being tried."""
    judges = Judges(folder / "judges")
    judges.shelf.put(rules, stylesheet(NO_NUMBER, *assertions, body=body))
    return judges


def only(judges: Judges) -> Artefact:
    """The one judge that there is."""
    (found,) = judges.shelf.all()
    return found
