"""Files that no gateway can take as they are, as senders drop them."""

import io
import zipfile

from formats.en16931 import Buyer, Contact
from tests.e2e.site import as_ubl
from tests.erp.tables import HEADER, row, table
from tests.samples import BUYER, sample_invoice


def sound(number: str) -> bytes:
    """An invoice without fault, whose buyer has a mailbox."""
    buyer = Buyer(name=BUYER.name, address=BUYER.address, contact=Contact(email="ap@atelier.example"))
    return as_ubl(sample_invoice(number=number, buyer=buyer, process=None))


def bomb(content: bytes) -> bytes:
    """The same with entities that would grow to thirty billion letters."""
    entities = "".join(f'<!ENTITY b{at} "{f"&b{at - 1};" * 10 if at else "lol"}">' for at in range(11))
    return _declaring(content, f"<!DOCTYPE Invoice [{entities}]>").replace(b">BOMB<", b">&b10;<")


def external(content: bytes, target: str) -> bytes:
    """The same with an entity that would be read from somewhere else."""
    declared = f'<!DOCTYPE Invoice [<!ENTITY x SYSTEM "{target}">]>'
    return _declaring(content, declared).replace(b">EXTERNAL<", b">&x;<")


def _declaring(content: bytes, doctype: str) -> bytes:
    head, mark, rest = content.partition(b"?>")
    return head + mark + doctype.encode() + rest


def spreadsheet() -> bytes:
    """What people call an Excel export."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return packed.getvalue()


def long_table(number: str, lines: int) -> bytes:
    """One invoice of many lines, one row each, with columns named by their terms."""
    head = {
        "BT-1": number,
        "BT-2": "2026-11-12",
        "BT-5": "EUR",
        "BT-9": "2026-12-12",
        "BT-10": "ATELIER-7",
        "BT-27": "Nordlicht Werkzeuge GmbH",
        "BT-31": "ATU12345675",
        "BT-34": "0088:9876543210982",
        "BT-35": "Amselweg 7",
        "BT-37": "Graz",
        "BT-38": "8010",
        "BT-40": "AT",
        "BT-44": "Atelier du Lac SARL",
        "BT-48": "FR11123456782",
        "BT-49": "0088:4000000123453",
        "BT-50": "3 rue du Moulin",
        "BT-52": "Annecy",
        "BT-53": "74000",
        "BT-55": "FR",
        "BT-81": "58",
        "BT-84": "AT611904300234573201",
    }
    line = {"BT-126": "", "BT-153": "Hand drill", "BT-129": "3", "BT-130": "C62", "BT-146": "19.90", "BT-152": "20"}
    rows = [";".join((*head, *line))]
    rows += [";".join((*head.values(), str(at), *list(line.values())[1:])) for at in range(1, lines + 1)]
    return "\r\n".join(rows).encode()


# name -> content, the finding, the place (for people), the words, the way out
BAD: dict[str, tuple[bytes, str, str, str, str]] = {
    # Cut off on the way, or no XML at all.
    "truncated.xml": (
        sound("B-1")[:-200],
        "GW-XML-SYNTAX",
        r"line \d+, column \d+",
        "not well-formed XML",
        "Export the file again",
    ),
    "letter.xml": (
        b"Dear colleagues,\nplease find the invoice attached.\n",
        "GW-FORMAT-UNKNOWN",
        "",
        "does not know the format of letter.xml",
        "Send UBL 2.1 XML",
    ),
    "empty.xml": (b" \n", "GW-FORMAT-UNKNOWN", "", "empty.xml: it is empty", "Send UBL 2.1 XML"),
    # What would eat our memory, our files or our network.
    "bomb.xml": (bomb(sound("BOMB")), "GW-XML-DOCTYPE", "line 1", "DOCTYPE", "Remove the DOCTYPE"),
    "external.xml": (
        external(sound("EXTERNAL"), "file:///etc/passwd"),
        "GW-XML-DOCTYPE",
        "line 1",
        "the gateway reads none",
        "Remove the DOCTYPE",
    ),
    "remote.xml": (
        external(sound("EXTERNAL"), "http://127.0.0.1:9/x"),
        "GW-XML-DOCTYPE",
        "line 1",
        "the gateway reads none",
        "Remove the DOCTYPE",
    ),
    # A format that nobody knows.
    "export.xlsx": (
        spreadsheet(),
        "GW-FORMAT-UNKNOWN",
        "",
        "export.xlsx: it is a spreadsheet or an archive",
        "CSV with one row a line",
    ),
    "scan.pdf": (
        b"%PDF-1.7\nscanned",
        "GW-FORMAT-UNKNOWN",
        "",
        "scan.pdf: it is a page for people",
        "Send UBL 2.1 XML",
    ),
    # A table with a missing column.
    "no-item.csv": (
        table(row(), header=(*HEADER[:4], "Itemm nam", *HEADER[5:])),
        "GW-CSV-COLUMN",
        "BT-153, line 1",
        "The nearest is `Itemm nam`",
        "Name the column `Item name`",
    ),
    # The wrong encoding.
    "utf16.csv": (
        table(row(buyer="Søren")).decode().encode("utf-16-le"),
        "GW-FORMAT-UNKNOWN",
        "",
        "UTF-16 without a byte order mark",
        "in UTF-8",
    ),
    "dos.csv": (
        table(row(), row(item="b")) + b"\r\n\x81\x8d",
        "GW-CSV-ENCODING",
        "line 4",
        "neither UTF-8 nor cp1252",
        "Export the file as UTF-8",
    ),
    "shift-jis.xml": (
        sound("B-2").replace(b'encoding="UTF-8"', b'encoding="Shift_JIS"'),
        "GW-XML-ENCODING",
        "line 1",
        "declares the encoding Shift_JIS",
        "Export the file in UTF-8",
    ),
    "latin1.xml": (
        sound("B-3").replace(b"Atelier du Lac", "Atelier Mül".encode("latin-1")),
        "GW-XML-SYNTAX",
        r"line \d+, column \d+",
        "Invalid bytes in character encoding",
        "Export the file again",
    ),
    # Amounts with the wrong decimal mark: never guessed.
    "marks.csv": (
        table(row(quantity="1.234", price="2.500")),
        "GW-CSV-DECIMAL",
        "line 2, column Quantity",
        "`1.234` in the column Quantity may be 1234 or 1.234",
        "Say it in the mapping file",
    ),
    "mixed-marks.csv": (
        table(row(price="1,50"), row(item="b", price="1.50")),
        "GW-CSV-DECIMAL",
        "line 3, column Unit price",
        "writes numbers in two ways, `1,50` and `1.50`",
        "Export all numbers with one decimal mark",
    ),
    "hundredfold.csv": (
        table((*row(), "300.00"), header=(*HEADER, "Line amount")),
        "GW-CSV-AMOUNT",
        "BT-131",
        "The line amount is 300.00, but its quantity, price and discount come to 3.00",
        "with the same decimal mark as the price",
    ),
}
