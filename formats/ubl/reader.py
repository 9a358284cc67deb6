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
from formats.ubl.growing import grow_valid, nothing_collected
from formats.ubl.names import ROOTS
from formats.ubl.node import Node
from formats.ubl.notebook import Notebook
from formats.ubl.schema import fast_schema
from formats.ubl.tree import Document
from formats.xml import XmlRefused, parse, root_name


@dataclass(frozen=True, slots=True)
class Parsed:
    """A UBL document as it was read, for its schema and its rules.

    places:    the place of each value of the invoice by its path
    above:     the location path of an envelope around it
    conforms:  whether libxml2 finds that it conforms to the schema
    """

    document: Document
    places: Mapping[str, Place]
    above: str = ""
    conforms: bool = True


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
        return read_document(content, partial(parse, content))
    except XmlRefused as refused:
        return Reading(None, findings=(refusal(refused),))


@nothing_collected()
def read_document(content: bytes, again: Callable[[], etree._Element], above: str = "", source: bytes = b"") -> Reading:
    """The invoice that a document states. Raises XmlRefused.

    again:   gives its element in the file, for the lines of what stands there
    above:   the location path of an envelope around it
    source:  the bytes of the document where it was cut out of an envelope
    """
    root = root_name(content)
    document, conforms = grow_valid(content, again, fast_schema(root) if root in ROOTS else None)
    if root not in ROOTS:
        # The rules may be asked of it all the same: some speak of elements wherever they stand.
        parsed = Parsed(document, {}, above, conforms=False)
        return Reading(None, findings=(_another_document(document),), source=source, parsed=parsed)
    book = Notebook(document, above)
    invoice = _invoice(document, book)
    places = PlacesOnDemand(partial(_places, document, above))
    parsed = Parsed(document, places, above, conforms)
    return Reading(invoice, Provenance(places), book.closed(), source, parsed)


def refusal(refused: XmlRefused) -> Finding:
    """What is said about a file that is not read as XML."""
    place = Place(line=refused.line, column=refused.column)
    return Finding(refused.code, "", str(refused), refused.fix, where=str(place))


def _invoice(document: Document, book: Notebook) -> Invoice:
    root = Node(document.root, book, document.root.name)
    root.stands_for("")
    invoice = read_invoice(root, document.root.name == "cn:CreditNote")
    root.close()
    return invoice


def _places(document: Document, above: str) -> dict[str, Place]:
    places: dict[str, Place] = {}
    _invoice(document, Notebook(document, above, places=places))
    return places


def _another_document(document: Document) -> Finding:
    return Finding(
        "GW-UBL-ROOT",
        "",
        f"The document is a {document.root.name}, not a UBL 2.1 Invoice or CreditNote.",
        "Send a UBL 2.1 Invoice or CreditNote (namespace urn:oasis:names:specification:ubl:schema:xsd:Invoice-2).",
        where=str(Place(line=document.line_of(document.root))),
    )
