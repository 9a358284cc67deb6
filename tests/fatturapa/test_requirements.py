"""What cannot be written without inventing something is refused, with its place and the way out."""

import datetime
from decimal import Decimal

import msgspec
import pytest

from formats.contract import CannotWrite
from formats.en16931 import (
    Address,
    Buyer,
    Invoice,
    ItalianInvoice,
    ItalianLine,
    LineVat,
    PensionFund,
    Seller,
    Withholding,
)
from formats.fatturapa.writer import write
from tests.fatturapa.italian import italian_line
from tests.samples import ITALIAN_BUYER, ITALIAN_SELLER, sample_italian_invoice

replace = msgspec.structs.replace


INCOMPLETE = [
    # what is missing -> the finding that says so
    ({"number": None}, "GW-IT-MISSING", "BT-1"),
    ({"number": "N" * 21 + "1"}, "GW-IT-NUMBER", "BT-1"),
    ({"number": "№ 1"}, "GW-IT-NUMBER", "BT-1"),
    ({"issue_date": None}, "GW-IT-MISSING", "BT-2"),
    ({"issue_date": datetime.date(1969, 12, 31)}, "GW-IT-DATE", "BT-2"),
    ({"currency": None}, "GW-IT-MISSING", "BT-5"),
    ({"seller": replace(ITALIAN_SELLER, vat_identifier=None)}, "GW-IT-SELLER-VAT", "BG-4/BT-31"),
    ({"seller": replace(ITALIAN_SELLER, name=None)}, "GW-IT-MISSING", "BG-4/BT-27"),
    ({"buyer": replace(ITALIAN_BUYER, vat_identifier=None)}, "00417", "BG-7/BT-48"),
    ({"buyer": replace(ITALIAN_BUYER, address=Address(city="Asti", country="IT"))}, "GW-IT-ADDRESS", "BG-7/BG-8/BT-50"),
    (
        {"buyer": replace(ITALIAN_BUYER, address=Address(line1="Corso", country="IT"))},
        "GW-IT-ADDRESS",
        "BG-7/BG-8/BT-52",
    ),
    ({"lines": ()}, "GW-IT-LINES", "BG-25"),
    ({"lines": (italian_line(),) * 10_000}, "GW-IT-LINES", "BG-25"),
    ({"lines": (italian_line(item=None),)}, "GW-IT-MISSING", "BG-25[1]/BG-31/BT-153"),
    ({"lines": (italian_line("AE", "0"),)}, "GW-IT-NATURE", "BG-25[1]/BG-30/BT-151"),
    ({"lines": (italian_line("L", "7"),)}, "GW-IT-CATEGORY", "BG-25[1]/BG-30/BT-151"),
    ({"lines": (italian_line(vat=LineVat(category="S")),)}, "GW-IT-RATE", "BG-25[1]/BG-30/BT-151"),
    ({"lines": (italian_line("E", "0", italy=ItalianLine(nature="N9")),)}, "GW-IT-CODE", "BG-25[1]/IT-L/IT-40"),
    ({"lines": (italian_line("S", "101"),)}, "GW-IT-RATE", "BG-25[1]/BG-30/BT-152"),
    ({"lines": (italian_line("S", "-22"),)}, "GW-IT-RATE", "BG-25[1]/BG-30/BT-152"),
    ({"lines": (italian_line(net_amount=Decimal(10**11)),)}, "GW-IT-AMOUNT", "BG-25[1]/BT-131"),
    ({"lines": (italian_line(quantity=Decimal(10**12)),)}, "GW-IT-AMOUNT", "BG-25[1]/BT-129"),
    ({"italy": ItalianInvoice(document_type="TD99")}, "GW-IT-CODE", "IT-D/IT-1"),
    ({"italy": ItalianInvoice(withholdings=(Withholding(kind="RT01"),))}, "GW-IT-WITHHOLDING", "IT-D/IT-7[1]/IT-13"),
    ({"italy": ItalianInvoice(pension_funds=(PensionFund(kind="TC01"),))}, "GW-IT-WITHHOLDING", "IT-D/IT-8[1]/IT-17"),
]


@pytest.mark.parametrize(("changes", "finding_id", "path"), INCOMPLETE)
def test_what_cannot_be_written_is_said_with_its_place_and_way_out(
    changes: dict[str, object], finding_id: str, path: str
) -> None:
    with pytest.raises(CannotWrite) as caught:
        write(replace(sample_italian_invoice(), **changes))
    found = {(one.id, one.path): one for one in caught.value.findings}
    assert (finding_id, path) in found
    assert found[finding_id, path].fix


def test_everything_that_is_missing_is_said_at_once() -> None:
    with pytest.raises(CannotWrite) as caught:
        write(Invoice(seller=Seller(), buyer=Buyer()))
    assert {"BT-1", "BT-2", "BT-5", "BG-4/BT-31", "BG-7/BT-44", "BG-25"} <= {one.path for one in caught.value.findings}
