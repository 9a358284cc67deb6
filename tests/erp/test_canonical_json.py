"""The canonical model as a file."""

import json

import msgspec
import pytest
from hypothesis import given

from formats.en16931 import Invoice
from formats.en16931.json_form import encode
from formats.erp.canonical_json import FORMAT, read, recognises, write
from tests.erp.tables import ids, numbers
from tests.strategies import invoices, sample_credit_note, sample_invoice


@given(invoices())
def test_what_is_written_is_read_back_whole(invoice: Invoice) -> None:
    written = write(invoice)
    assert written.not_carried == ()
    (reading,) = read(written.content)
    assert reading.findings == ()
    assert reading.invoice == invoice


def test_a_file_may_hold_one_invoice_a_list_or_a_named_list() -> None:
    one, other = encode(sample_invoice()), encode(sample_credit_note())
    assert len(list(read(one))) == 1
    both = [str(sample_invoice().number), str(sample_credit_note().number)]
    assert numbers(list(read(b"[" + one + b"," + other + b"]"))) == both
    assert numbers(list(read(b'\xef\xbb\xbf {"invoices": [' + one + b",\n" + other + b"]}"))) == both


def test_each_invoice_is_refused_on_its_own_with_its_number_its_term_and_its_path() -> None:
    bad = json.loads(encode(sample_invoice()))
    bad["lines"][1]["quantity"] = "a dozen"
    content = json.dumps({"invoices": [bad, json.loads(encode(sample_invoice()))]}).encode()
    refused, good = read(content)
    (finding,) = refused.findings
    assert refused.invoice is None
    assert finding.where == "$.invoices[0].lines[1].quantity"
    assert finding.path == "BG-25[2]/BT-129"
    assert str(sample_invoice().number) in finding.message
    assert good.invoice == sample_invoice()


def test_every_value_says_where_it_stood() -> None:
    (reading,) = read(b"[" + encode(sample_invoice()) + b"]")
    assert str(reading.provenance.place_of("BG-25[2]/BT-129")) == "$[0].lines[1].quantity"
    assert str(reading.provenance.place_of("BG-4/BG-5/BT-40")) == "$[0].seller.address.country"
    assert str(reading.provenance.place_of("BT-17")) == "$[0]"  # not stated: the invoice's own place


def test_the_bytes_of_one_invoice_are_cut_out_of_the_file() -> None:
    raw = encode(sample_invoice())
    readings = list(read(b"[" + raw + b" ,\n" + raw + b"]"))
    assert [one.source for one in readings] == [raw, raw]


@pytest.mark.parametrize(
    ("content", "code", "where"),
    [
        (b"[]", "GW-JSON-EMPTY", "$"),
        (b'{"invoices": []}', "GW-JSON-EMPTY", "$"),
        (b'{"invoices": {}}', "GW-JSON-SYNTAX", "$"),
        (b'{"invoices": [], "more": 1}', "GW-JSON-NAME", "$"),
        (b'{"invoices": [{}], "invoices": []}', "GW-JSON-NAME", "$"),  # the second would hide the first
        (b'[{"number": "1"', "GW-JSON-SYNTAX", "line 1, column 16"),  # cut off: behind the last sign
        (
            b'{"number": "1",\r\n "note": "\xc3\xbc\xc3',
            "GW-JSON-SYNTAX",
            "line 2, column 13",
        ),  # in the middle of a letter
        (b'[\n{"number": "1"},\n\n', "GW-JSON-SYNTAX", "line 2, column 17"),
        (b'[\n{"number": "1"}\n,]', "GW-JSON-SYNTAX", "line 3, column 2"),
        ('{"größe" 1}'.encode(), "GW-JSON-SYNTAX", "line 1, column 10"),  # columns are signs, not bytes
        (b"{\xff}", "GW-JSON-SYNTAX", "line 1, column 2"),
        (b"[1]", "GW-JSON-VALUE", "$[0]"),
        (b'[{"number": "1", "number": "2"}]', "GW-JSON-NAME", "$[0]"),
        (b'[{"nmuber": "1"}]', "GW-JSON-NAME", "$[0]"),
        (b"[" * 100_000, "GW-JSON-LIMIT", "$"),
        (b'[{"number":' + b"[" * 100_000, "GW-JSON-LIMIT", "$"),
        (b'{"a":' * 100_000, "GW-JSON-LIMIT", "$"),
    ],
)
def test_a_bad_file_is_answered_and_never_breaks_the_reader(content: bytes, code: str, where: str) -> None:
    (reading,) = read(content)
    assert reading.invoice is None
    assert ids(reading.findings) == [code]
    assert reading.findings[0].where == where


def test_a_file_of_too_many_invoices_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("formats.erp.canonical_json.MAX_INVOICES", 1)
    assert ids(next(iter(read(b"[{},{}]"))).findings) == ["GW-JSON-LIMIT"]


@pytest.mark.parametrize(
    ("content", "is_json"),
    [(b'{"a":1}', True), (b"\xef\xbb\xbf [", True), (b"\n\t{", True), (b"<a/>", False), (b"a;b", False), (b"", False)],
)
def test_json_is_recognised_by_its_first_sign(content: bytes, is_json: bool) -> None:
    assert recognises(content) is is_json
    assert FORMAT.recognises(content) is is_json


def test_the_format_writes_what_the_model_writes() -> None:
    assert msgspec.json.decode(write(sample_invoice()).content)["number"] == sample_invoice().number
