"""Canonical JSON: what is written can be read, what is wrong is refused with its place, and the schema says it all."""

import json
import re
from decimal import Decimal

import pytest
from hypothesis import given

from formats.en16931 import Invoice, Totals
from formats.en16931.json_form import JsonRefused, decode, encode, restored, term_path
from formats.en16931.json_schema import schema
from formats.en16931.terms import values_of
from tests.samples import sample_invoice
from tests.strategies import invoices

SELLER = "BG-4/BT-29[1]"
ATTACHMENT = "$.supporting_documents[0].attachment.content"


@given(invoices() | invoices(italy=True))
def test_what_is_written_can_be_read(invoice: Invoice) -> None:
    content = encode(invoice)
    assert decode(content) == invoice
    assert restored(content) == invoice


@given(invoices())
def test_amounts_keep_their_decimals(invoice: Invoice) -> None:
    def amounts(one: Invoice) -> list[str]:
        return [str(value) for _, _, value in values_of(one) if isinstance(value, Decimal)]

    assert amounts(decode(encode(invoice))) == amounts(invoice)


def test_amounts_are_written_as_text_and_what_is_not_stated_not_at_all() -> None:
    assert encode(Invoice(number="1", totals=Totals(due=Decimal("1.50")))) == b'{"number":"1","totals":{"due":"1.50"}}'


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ('"1.10"', "1.10"),
        ("1.10", "1.10"),  # never by way of 1.100000000000000088
        ("0.1234567890123456789", "0.1234567890123456789"),
        ("-3", "-3"),
        ("1E+2", "100"),  # what Java's BigDecimal writes
        ("1e-3", "0.001"),
        ("0", "0"),
    ],
)
def test_an_amount_is_read_exactly(written: str, read: str) -> None:
    totals = decode(f'{{"totals":{{"due":{written}}}}}'.encode()).totals
    assert totals is not None
    assert str(totals.due) == read


def test_a_byte_order_mark_is_no_matter() -> None:
    assert decode(b"\xef\xbb\xbf" + encode(sample_invoice())) == sample_invoice()


@pytest.mark.parametrize(
    ("content", "code", "where", "path"),
    [
        (b"", "GW-JSON-SYNTAX", "$", ""),
        (b'{"number": "1"', "GW-JSON-SYNTAX", "$", ""),  # cut off
        (b'{"number": "1"} and more', "GW-JSON-SYNTAX", "$", ""),
        (b'{"number": "\xff"}', "GW-JSON-SYNTAX", "$", ""),  # windows-1252
        (b'{"totals":{"due":NaN}}', "GW-JSON-SYNTAX", "$", ""),
        (b"[" * 100_000, "GW-JSON-VALUE", "$", ""),
        (b'[{"number":"1"}]', "GW-JSON-VALUE", "$", ""),  # several invoices are the business of the format
        (b'{"number":1}', "GW-JSON-VALUE", "$.number", "BT-1"),
        (b'{"issue_date":"02.03.2026"}', "GW-JSON-VALUE", "$.issue_date", "BT-2"),
        (b'{"totals":{"due":"1,50"}}', "GW-JSON-VALUE", "$.totals.due", "BG-22/BT-115"),
        (b'{"totals":{"due":true}}', "GW-JSON-VALUE", "$.totals.due", "BG-22/BT-115"),
        (b'{"totals":{"due":"NaN"}}', "GW-JSON-AMOUNT", "$.totals.due", "BG-22/BT-115"),
        (b'{"totals":{"due":"-Infinity"}}', "GW-JSON-AMOUNT", "$.totals.due", "BG-22/BT-115"),
        (b'{"totals":{"due":1E+999999}}', "GW-JSON-AMOUNT", "$.totals.due", "BG-22/BT-115"),
        (b'{"totals":{"due":1E-999999}}', "GW-JSON-AMOUNT", "$.totals.due", "BG-22/BT-115"),
        (b'{"totals":{"due":' + b"9" * 41 + b"}}", "GW-JSON-AMOUNT", "$.totals.due", "BG-22/BT-115"),
        (b'{"totals":{"sum":1}}', "GW-JSON-NAME", "$.totals", "BG-22"),
        (b'{"totals":{"due":1,"due":2}}', "GW-JSON-NAME", "$", ""),
        (b'{"lines":[{},{"net_amount":[]}]}', "GW-JSON-VALUE", "$.lines[1].net_amount", "BG-25[2]/BT-131"),
        (b'{"seller":{"name":"a\\u0000"}}', "GW-JSON-TEXT", "$.seller.name", "BG-4/BT-27"),
        (b'{"seller":{"identifiers":[{"value":"\\u0007"}]}}', "GW-JSON-TEXT", "$.seller.identifiers[0].value", SELLER),
        (b'{"seller":{"address":{"city":7}}}', "GW-JSON-VALUE", "$.seller.address.city", "BG-4/BG-5/BT-37"),
        (b'{"supporting_documents":[{"attachment":{"content":"!"}}]}', "GW-JSON-VALUE", ATTACHMENT, "BG-24[1]/BT-125"),
    ],
)
def test_what_is_wrong_is_refused_with_its_place(content: bytes, code: str, where: str, path: str) -> None:
    with pytest.raises(JsonRefused) as refused:
        decode(content)
    assert (refused.value.code, refused.value.where, refused.value.path) == (code, where, path)
    assert refused.value.fix


def test_a_place_that_no_term_knows_has_no_path() -> None:
    assert term_path("$.nonsense.more") == ""
    assert term_path("$.lines[0].nonsense") == "BG-25[1]"


def properties(group: str) -> dict[str, dict[str, object]]:
    """The properties of a group in the schema, as JSON says them."""
    found: dict[str, dict[str, object]] = json.loads(json.dumps(schema()))["$defs"][group]["properties"]
    return found


def test_the_schema_names_every_field_by_its_term() -> None:
    assert properties("Totals")["due"]["title"] == "BT-115"
    assert properties("Totals")["due"]["description"] == "Amount due for payment"
    assert properties("Invoice")["lines"]["title"] == "BG-25"
    assert properties("Seller")["address"]["x-terms"] == {
        "line1": "BT-35",
        "line2": "BT-36",
        "line3": "BT-162",
        "city": "BT-37",
        "post_code": "BT-38",
        "subdivision": "BT-39",
        "country": "BT-40",
    }


def test_the_schema_is_strict_and_of_2020_12() -> None:
    made = json.loads(json.dumps(schema()))
    assert made["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert made["$ref"] == "#/$defs/Invoice"
    assert all(group["additionalProperties"] is False for group in made["$defs"].values() if "properties" in group)
    assert not re.search(r'"#/\$defs/(?!(' + "|".join(made["$defs"]) + r')")', json.dumps(made))


@pytest.mark.parametrize(
    ("amount", "is_one"),
    [("12.50", True), ("-0.1", True), ("1E-7", True), ("1,5", False), ("", False), ("1.", False), ("NaN", False)],
)
def test_the_schema_knows_an_amount(amount: str, is_one: bool) -> None:
    pattern = json.loads(json.dumps(schema()))["$defs"]["Amount"]["anyOf"][0]["pattern"]
    assert bool(re.search(pattern, amount)) is is_one
