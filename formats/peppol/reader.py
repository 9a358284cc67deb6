"""A document in its Peppol envelope -> Invoice. A document without an envelope is read as well."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from lxml import etree

from formats.checking import Report
from formats.contract import NO_OPTIONS, Options, Reading
from formats.peppol.header import ROOT
from formats.peppol.sbdh import ABOVE, open_envelope
from formats.ubl.reader import Parsed, read_document, refusal
from formats.ubl.schema import check_element
from formats.ubl.verdict import check_bytes as check_document
from formats.xml import XmlRefused, parse, root_name


def recognises(content: bytes) -> bool:
    """Whether the file is a StandardBusinessDocument, as far as its first element says."""
    return root_name(content) == ROOT


def read(content: bytes, options: Options = NO_OPTIONS) -> Iterator[Reading]:  # noqa: ARG001 - needs no options
    """The invoice in the envelope, with what is wrong with either. No options.

    Places are those in the file, envelope and all; `source` is the document alone, with the bytes it had.
    """
    yield _reading(content)


def check_bytes(content: bytes, parsed: object = None) -> Report:
    """Whether the document, in an envelope or not, is right by the schema of UBL 2.1; `read` checks the envelope."""
    if isinstance(parsed, Parsed) or not recognises(content):
        return check_document(content, parsed)
    try:
        root = parse(content)
    except XmlRefused as refused:
        return Report((refusal(refused),))
    envelope = open_envelope(root, content)
    return Report(envelope.findings) if envelope.element is None else check_element(envelope.element)


def _reading(content: bytes) -> Reading:
    try:
        if not recognises(content):
            return read_document(content, partial(parse, content))
        envelope = open_envelope(parse(content), content)
        if envelope.element is None:
            return Reading(None, findings=envelope.findings)
        reading = read_document(envelope.document, _document_in(content), ABOVE, envelope.document)
    except XmlRefused as refused:
        return Reading(None, findings=(refusal(refused),))
    return replace(reading, findings=envelope.findings + reading.findings)


def _document_in(content: bytes) -> Callable[[], etree._Element]:
    def again() -> etree._Element:
        element = open_envelope(parse(content), content).element
        assert element is not None  # noqa: S101 - there was one when these bytes were read before
        return element

    return again
