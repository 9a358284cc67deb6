"""Reads FatturaPA: one Reading for each body of a file, FPA12 and FPR12, plain or in a CAdES envelope (.p7m).

Elements that no business term stands for are named in an information each; the original file keeps them.
"""

from collections.abc import Iterator
from typing import Final

from formats import xml
from formats.checking import Finding
from formats.contract import NO_OPTIONS, Options, Reading
from formats.fatturapa.body import read_body
from formats.fatturapa.document import Block, blocks_of
from formats.fatturapa.elements import form_of, ordinary, simplified
from formats.fatturapa.envelope import NoEnvelope, content_of, is_envelope
from formats.fatturapa.marks import OUR_SYSTEM
from formats.fatturapa.notebook import Notebook

_BODY: Final = "FatturaElettronicaBody"


def recognises(content: bytes) -> bool:
    """Whether a file is FatturaPA, ordinary or simplified, plain or in an envelope."""
    if is_envelope(content):
        try:
            content = content_of(content)
        except NoEnvelope:
            return True  # a .p7m that cannot be opened is still ours to explain
    return form_of(xml.root_name(content)) is not None


def read(content: bytes, options: Options = NO_OPTIONS) -> Iterator[Reading]:  # noqa: ARG001 - FatturaPA needs none
    """Every invoice of a file."""
    try:
        root = xml.parse(content_of(content) if is_envelope(content) else content)
    except NoEnvelope as error:
        yield _refused("GW-FATTURAPA-P7M", f"The signed file (.p7m) cannot be opened: {error}.", "Sign it again.")
        return
    except xml.XmlRefused as error:
        where = f"line {error.line}" if error.line else ""
        yield _refused(error.code, error.message, error.fix, where)
        return
    form = form_of(str(root.tag))
    if form is not ordinary():
        yield _refused(*_OTHER_FORM[form is simplified()])
        return
    system = root.get("SistemaEmittente")
    document = blocks_of(root)
    header = document.first("FatturaElettronicaHeader")
    bodies = list(document.each(_BODY))
    if header is None or not bodies:
        yield _refused("00200", f"The file has no FatturaElettronicaHeader or no {_BODY}.", "Export the file again.")
        return
    for body in bodies:
        yield _reading(header, body, Notebook(is_ours=system == OUR_SYSTEM))


_OTHER_FORM: Final = {
    True: (
        "GW-FATTURAPA-SIMPLIFIED",
        "Simplified invoices (FSM10) state amounts with VAT and few terms: the gateway checks them, but reads none.",
        "Send an ordinary invoice (FPR12) where it shall go another way than SDI.",
    ),
    False: (
        "GW-FATTURAPA-ROOT",
        "The file is not FatturaPA 1.2: its root element is another.",
        "Export FPA12 or FPR12 in version 1.2.",
    ),
}


def _refused(finding_id: str, message: str, fix: str, where: str = "") -> Reading:
    return Reading(None, findings=(Finding(finding_id, "", message, fix, where=where),))


def _reading(header: Block, body: Block, notebook: Notebook) -> Reading:
    invoice, provenance = read_body(header, body, notebook)
    notebook.left_over(block for part in (header, body) for block in part.untaken())
    return Reading(invoice, provenance, tuple(notebook.findings))
