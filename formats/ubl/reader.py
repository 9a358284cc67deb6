"""UBL 2.1 Invoice and CreditNote -> Invoice.

The tree is walked once; the place of each value is looked up only when somebody asks for it, by reading again.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from lxml import etree

from formats.checking import Finding
from formats.contract import NO_OPTIONS, Options, Reading
from formats.en16931 import Invoice, Place, Provenance
from formats.en16931.provenance import PlacesOnDemand
from formats.ubl.document import read_invoice
from formats.ubl.names import CREDIT_NOTE, ROOTS, name_of
from formats.ubl.node import Node
from formats.ubl.notebook import Notebook
from formats.ubl.tree import Document, grow
from formats.xml import XmlRefused, parse, root_name


@dataclass(frozen=True, slots=True)
class Parsed:
    """A UBL document as it was read, for its schema and its rules.

    places:  the place of each value of the invoice by its path
    above:   the location path of an envelope around it
    """

    document: Document
    places: Mapping[str, Place]
    above: str = ""


def recognises(content: bytes) -> bool:
    """Whether the file is a UBL Invoice or CreditNote, as far as its first element says."""
    return root_name(content) in ROOTS


def read(content: bytes, options: Options = NO_OPTIONS) -> Iterator[Reading]:  # noqa: ARG001 - UBL needs no options
    """The one invoice of a UBL file. No options.

    Findings: GW-XML-… (the file is not read as XML), GW-UBL-ROOT (another document), and those of one value.
    """
    yield _reading(content)


def _reading(content: bytes) -> Reading:
    try:
        return read_document(parse(content, bare=True), partial(parse, content, bare=True))
    except XmlRefused as refused:
        return Reading(None, findings=(refusal(refused),))


def read_document(
    root: etree._Element, again: Callable[[], etree._Element], above: str = "", source: bytes = b""
) -> Reading:
    """The invoice that an element states.

    again:   gives the same element once more: the places of values are found by reading it a second time
    above:   the location path of an envelope around it
    source:  the bytes of the document where it was cut out of an envelope
    """
    if root.tag not in ROOTS:
        return Reading(None, findings=(_another_document(root),), source=source)
    book = Notebook(above)
    document = grow(root)
    invoice = _invoice(document, book)
    places = PlacesOnDemand(partial(_places, again, above))
    return Reading(invoice, Provenance(places), book.closed(), source, Parsed(document, places, above))


def refusal(refused: XmlRefused) -> Finding:
    """What is said about a file that is not read as XML."""
    place = Place(line=refused.line, column=refused.column)
    return Finding(refused.code, "", str(refused), refused.fix, where=str(place))


def _invoice(document: Document, book: Notebook) -> Invoice:
    root = Node(document.root, book, document.root.name)
    root.stands_for("")
    invoice = read_invoice(root, document.root.element.tag == CREDIT_NOTE)
    root.close()
    return invoice


def _places(again: Callable[[], etree._Element], above: str) -> dict[str, Place]:
    places: dict[str, Place] = {}
    _invoice(grow(again()), Notebook(above, places=places))
    return places


def _another_document(root: etree._Element) -> Finding:
    return Finding(
        "GW-UBL-ROOT",
        "",
        f"The document is a {name_of(root)}, not a UBL 2.1 Invoice or CreditNote.",
        "Send a UBL 2.1 Invoice or CreditNote (namespace urn:oasis:names:specification:ubl:schema:xsd:Invoice-2).",
        where=str(Place(line=root.sourceline)),
    )
