"""`gateway check --propose`: what would put right an invoice whose sums fail by rounding, with its arithmetic."""

from decimal import Decimal
from pathlib import Path

from msgspec.structs import replace

from formats.en16931.json_form import encode
from tests.cli.conftest import Gateway
from tests.samples import sample_invoice


def off_by(folder: Path, cents: str) -> Path:
    totals = sample_invoice().totals
    assert totals is not None
    file = folder / f"{cents}.json"
    file.write_bytes(encode(sample_invoice(totals=replace(totals, with_vat=Decimal("100.44") + Decimal(cents)))))
    return file


def test_it_prints_before_and_after_the_arithmetic_and_why_it_is_lawful(gateway: Gateway, tmp_path: Path) -> None:
    ran = gateway("check", "--propose", off_by(tmp_path, "0.01"))
    assert ran.code == 1
    said = ran.out.decode().splitlines()
    at = said.index("  proposal: the amount due stays 100.44; the invoice would be valid")
    assert said[at + 1 : at + 4] == [
        "    BG-22/BT-112: 100.45 -> 100.44",
        "        83.70 + 16.74 = 100.44",
        "        It is the sum that BR-CO-15 asks for, and differs from the stated one by rounding alone.",
    ]


def test_what_is_no_rounding_is_said(gateway: Gateway, tmp_path: Path) -> None:
    ran = gateway("check", "--propose", off_by(tmp_path, "5.00"))
    assert ran.code == 1
    assert (
        "  no proposal: The total with VAT is stated as 105.44 and comes to 100.44: 5.00 is more than"
        in ran.out.decode()
    )


def test_json_has_it_only_where_it_was_asked_for(gateway: Gateway, tmp_path: Path) -> None:
    right, wrong = off_by(tmp_path, "0.00"), off_by(tmp_path, "0.01")
    asked = gateway("check", "--propose", "--json", right, wrong).lines
    assert asked[0]["proposal"] is None
    assert [one["after"] for one in asked[1]["proposal"]["changes"]] == ["100.44"]
    assert all("proposal" not in one for one in gateway("check", "--json", right, wrong).lines)
