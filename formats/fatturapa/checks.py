"""What can be wrong with a FatturaPA file, decided before it is sent: the schema, and the controls of SDI.

The ids are SDI's own, as they come back in a rejection (NS). All that can be decided from the file alone is here; the
rest (registers, duplicates, signatures) is in `data/error_codes.csv`. Source: Elenco controlli 2.0 of 2025-01-31.
"""

from typing import Final

from lxml import etree

from formats import xml
from formats.checking import Check, CheckSet, Finding, Report, checks_in, run
from formats.fatturapa import sdi_head, sdi_lines, sdi_vat
from formats.fatturapa.envelope import NoEnvelope, content_of, is_envelope
from formats.fatturapa.schema import SCHEMA_CHECKS
from formats.fatturapa.submission import Submission, submission_of

_MODULES: Final = tuple(module.__name__ for module in (sdi_head, sdi_lines, sdi_vat))
_CONTROLS: Final[tuple[Check[Submission], ...]] = checks_in(*_MODULES)
_IN_ORDER: Final = tuple(sorted(_CONTROLS, key=lambda one: one.id))
SDI_CONTROLS: Final[CheckSet[Submission]] = CheckSet("sdi-controls", "2.0", _IN_ORDER)


def check_bytes(content: bytes, parsed: object = None) -> Report:  # noqa: ARG001 - the file as a whole, whatever document of it
    """Check a file, plain or in its envelope: schema, then controls. What cannot be read is not valid."""
    try:
        root = xml.parse(content_of(content) if is_envelope(content) else content)
    except NoEnvelope as error:
        message = f"The signed file (.p7m) cannot be opened: {error}."
        return Report((Finding("GW-FATTURAPA-P7M", "", message, "Sign the file again."),))
    except xml.XmlRefused as error:
        where = f"line {error.line}" if error.line else ""
        return Report((Finding(error.code, "", error.message, error.fix, where=where),))
    return check_tree(root, len(content))


def check_tree(root: etree._Element, size: int) -> Report:
    """The same for a file that is parsed already. size: of the file in bytes."""
    report = run(SCHEMA_CHECKS, root)
    submission = submission_of(root, size)
    return report if submission is None else report + run(SDI_CONTROLS, submission)
