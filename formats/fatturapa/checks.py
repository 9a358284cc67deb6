"""What can be wrong with a FatturaPA file, decided before it is sent: the schema, and the controls of SDI.

The ids are SDI's own, as they come back in a rejection (NS). All that can be decided from the file alone is here; what
needs its name, the moment or the signature is in `sdi_sending`, and `data/error_codes.csv` names what SDI alone can
decide, and why. Source: Elenco controlli 2.0 of 2025-01-31.
"""

from collections.abc import Iterator
from typing import Final

from lxml import etree

from formats import xml
from formats.checking import Check, CheckSet, Finding, Report, check, checks_in, run
from formats.fatturapa import sdi_head, sdi_lines, sdi_vat
from formats.fatturapa.envelope import NoEnvelope, content_of, is_envelope
from formats.fatturapa.schema import SCHEMA_CHECKS, errors_of
from formats.fatturapa.sdi_identifiers import IDENTIFIER_CONTROLS
from formats.fatturapa.submission import Submission, submission_of
from formats.fatturapa.telling import told

_MODULES: Final = tuple(module.__name__ for module in (sdi_head, sdi_lines, sdi_vat))
_CONTROLS: Final[tuple[Check[Submission], ...]] = (*checks_in(*_MODULES), *IDENTIFIER_CONTROLS)
_IN_ORDER: Final = tuple(sorted(_CONTROLS, key=lambda one: one.id))
SDI_CONTROLS: Final[CheckSet[Submission]] = CheckSet("sdi-controls", "2.0", _IN_ORDER)


@check("00106")
def file_is_not_empty(content: bytes) -> Iterator[Finding]:
    """There is something to read."""
    if not content:
        yield told("00106", "")


READABILITY: Final[CheckSet[bytes]] = CheckSet("sdi-file", "2.0", (file_is_not_empty,))


def check_bytes(content: bytes, parsed: object = None) -> Report:  # noqa: ARG001 - the file as a whole, whatever document of it
    """Check a file, plain or in its envelope: schema, then controls. What cannot be read is not valid."""
    if not content:
        return run(READABILITY, content)
    try:
        root = xml.parse(content_of(content) if is_envelope(content) else content)
    except NoEnvelope as error:
        return Report((told("GW-FATTURAPA-P7M", "", why=error),))
    except xml.XmlRefused as error:
        where = f"line {error.line}" if error.line else ""
        return Report((Finding(error.code, "", error.message, error.fix, where=where),))
    return check_tree(root, len(content))


def check_tree(root: etree._Element, size: int) -> Report:
    """The same for a file that is parsed already. size: of the file in bytes."""
    report = run(SCHEMA_CHECKS, tuple(errors_of(root)))
    submission = submission_of(root, size)
    return report if submission is None else report + run(SDI_CONTROLS, submission)
