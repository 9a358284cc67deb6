"""Tables as ERPs write them, for tests: a small writer that shares nothing with the reader."""

from collections.abc import Iterator, Sequence

from formats.checking import Finding, Severity
from formats.contract import Reading
from formats.erp import Mapping, load_mapping
from formats.erp.csv_rows import read

HEADER = ("Invoice number", "Invoice date", "Currency", "Buyer name", "Item name", "Quantity", "Unit price", "VAT rate")
ROW = ("INV-1", "2026-03-01", "EUR", "Acme", "Bolt", "2", "1.50", "25")


def table(*rows: Sequence[str], header: Sequence[str] = HEADER, delimiter: str = ";", end: str = "\r\n") -> bytes:
    """A table in UTF-8; every cell stands as it is given, so a test quotes what must be quoted."""
    return end.join(delimiter.join(row) for row in (header, *rows)).encode()


def row(**cells: str) -> tuple[str, ...]:
    """The usual row with some cells changed, by the first word of their header: `row(quantity="3")`."""
    names = ("invoice", "date", "currency", "buyer", "item", "quantity", "price", "vat")
    return tuple(cells.get(name, usual) for name, usual in zip(names, ROW, strict=True))


def readings(content: bytes, mapping: Mapping | None = None) -> list[Reading]:
    """Every reading of a file."""
    return list(read(content, {"mapping": mapping} if mapping else {}))


def only(content: bytes, mapping: Mapping | None = None) -> Reading:
    """The one reading of a file."""
    (found,) = readings(content, mapping)
    return found


def fatal(reading: Reading) -> list[Finding]:
    """The findings that refuse an invoice."""
    return [one for one in reading.findings if one.severity is Severity.FATAL]


def ids(findings: Sequence[Finding]) -> list[str]:
    """What was found, by id."""
    return [one.id for one in findings]


def mapping_of(text: str) -> Mapping:
    """The mapping that a text holds; a test that gives a broken one fails here."""
    loaded = load_mapping(text)
    assert isinstance(loaded, Mapping), loaded
    return loaded


def numbers(found: Iterator[Reading] | list[Reading]) -> list[str | None]:
    """The invoice numbers of readings."""
    return [one.invoice.number if one.invoice else None for one in found]
