"""Reads FatturaPA: one Reading for each body of a file (FPA12, FPR12, FSM10), plain or in a CAdES envelope (.p7m).

Elements that no business term stands for are named in an information each; the original file keeps them.
"""

from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from formats import xml
from formats.checking import Finding
from formats.contract import NO_OPTIONS, Options, Reading
from formats.fatturapa.body import read_body
from formats.fatturapa.cutting import cut_out
from formats.fatturapa.document import Block, blocks_of
from formats.fatturapa.elements import Form, form_of, ordinary
from formats.fatturapa.envelope import NoEnvelope, content_of, is_envelope
from formats.fatturapa.marks import OUR_SYSTEM
from formats.fatturapa.notebook import Notebook
from formats.fatturapa.sdi_head import repeated_numbers
from formats.fatturapa.simplified import read_simplified
from formats.fatturapa.submission import BODY, bodies_of
from formats.fatturapa.telling import told


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
        yield Reading(None, findings=(told("GW-FATTURAPA-P7M", "", why=error),))
        return
    except xml.XmlRefused as error:
        where = f"line {error.line}" if error.line else ""
        yield Reading(None, findings=(Finding(error.code, "", error.message, error.fix, where=where),))
        return
    form = form_of(str(root.tag))
    if form is None:
        yield Reading(None, findings=(told("GW-FATTURAPA-ROOT", "", root=root.tag),))
        return
    document = blocks_of(root)
    header = document.first("FatturaElettronicaHeader")
    bodies = list(document.each(BODY))
    if header is None or not bodies:
        missing = BODY if header is not None else "FatturaElettronicaHeader"
        yield Reading(None, findings=(told("00200", "", reason=f"It has no {missing}."),))
        return
    is_ours = root.get("SistemaEmittente") == OUR_SYSTEM
    repeated = dict(repeated_numbers(bodies_of(document, form, is_ours))) if len(bodies) > 1 else {}
    for position, body in enumerate(bodies):
        reading = _reading(form, header, body, Notebook(is_ours))
        yield _with_source(reading, root, position, repeated.get(position)) if len(bodies) > 1 else reading


def _reading(form: Form, header: Block, body: Block, notebook: Notebook) -> Reading:
    read_one = read_body if form is ordinary() else read_simplified
    invoice, provenance = read_one(header, body, notebook)
    notebook.left_over(block for part in (header, body) for block in part.untaken())
    return Reading(invoice, provenance, tuple(notebook.findings))


def _with_source(reading: Reading, root: etree._Element, position: int, repeated: Finding | None) -> Reading:
    """The same with its own bytes, and with what only the whole file shows: that its number was there before."""
    findings = reading.findings if repeated is None else (*reading.findings, repeated)
    return replace(reading, source=cut_out(root, position), findings=findings)
