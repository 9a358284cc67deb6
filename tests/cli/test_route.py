"""`gateway route`: which way, and why; the same as the hops would decide."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from formats.en16931.json_form import encode
from tests.cli.conftest import Gateway
from tests.samples import sample_invoice

KEYS = ["number", "recipient", "valid", "channel", "format", "fallbacks", "rule", "because", "considered"]
BOOK = """
rules:
  - name: Big ones by post
    when: {amount: {over: 100, currency: EUR}}
    then: {channel: post}
    why: they want paper
  - name: All others by mail
    then: {channel: mail}
recipients:
  - id: atelier
    name: Atelier du Lac SARL
    identifiers: ["vat:FR11123456782"]
    addresses:
      mail: {to: factures@atelier.example}
"""


def test_by_the_rules_that_ship_an_invoice_goes_where_its_buyer_can_be_reached(
    gateway: Gateway, files: Mapping[str, Path]
) -> None:
    ran = gateway("route", files["ubl"], "--json")
    (way,) = ran.lines
    assert ran.code == 0
    assert list(way) == KEYS
    assert (way["number"], way["channel"], way["format"]) == ("2026-0042", "peppol", "peppol-bis-3")
    assert way["because"]
    assert way["valid"] is True
    assert all(set(one) == {"channel", "format"} for one in way["fallbacks"])
    assert all(set(one) == {"rule", "why_not"} for one in way["considered"])


def test_an_italian_invoice_goes_to_sdi_because_that_is_law(gateway: Gateway, files: Mapping[str, Path]) -> None:
    (way,) = gateway("route", files["fatturapa"], "--json").lines
    assert (way["channel"], way["format"]) == ("sdi", "fatturapa")


def test_the_rules_and_recipients_of_a_file_decide(gateway: Gateway, files: Mapping[str, Path]) -> None:
    book = files["ubl"].with_name("rules.yaml")
    book.write_text(BOOK, encoding="utf-8")
    (way,) = gateway("route", files["ubl"], "--rules", book, "--json").lines
    assert (way["channel"], way["rule"]) == ("post", "Big ones by post")
    assert "they want paper" in way["because"]
    first, second = gateway("route", files["csv"], "--rules", book, "--json").lines
    assert [first["number"], second["number"]] == ["A-1", "A-2"]


def test_a_known_recipient_adds_what_the_invoice_does_not_say(gateway: Gateway, files: Mapping[str, Path]) -> None:
    """As the hops do: what is kept about a buyer, completed by what its invoice states."""
    book = files["ubl"].with_name("rules.yaml")
    book.write_text(BOOK.replace("over: 100", "over: 1000"), encoding="utf-8")
    (way,) = gateway("route", files["ubl"], "--rules", book, "--json").lines
    assert (way["channel"], way["rule"]) == ("mail", "All others by mail")
    assert "not known here" not in way["because"]


def test_people_read_the_way_the_reason_and_what_was_asked_before(gateway: Gateway, files: Mapping[str, Path]) -> None:
    book = files["ubl"].with_name("rules.yaml")
    book.write_text(BOOK.replace("over: 100", "over: 1000"), encoding="utf-8")
    ran = gateway("route", files["ubl"], "--rules", book)
    assert ran.text.startswith("2026-0042: e-mail\n  Rule “All others by mail” applies")
    assert "Big ones by post" in ran.text


def test_an_invoice_that_breaks_rules_has_a_way_and_would_not_go(gateway: Gateway, tmp_path: Path) -> None:
    file = tmp_path / "wrong.json"
    file.write_bytes(encode(sample_invoice(buyer_reference=None)))
    ran = gateway("route", file)
    assert ran.code == 1
    assert "would not be sent" in ran.text


def test_where_no_rule_applies_it_says_so(gateway: Gateway, files: Mapping[str, Path]) -> None:
    book = files["ubl"].with_name("rules.yaml")
    book.write_text("rules:\n  - name: By SDI\n    then: {channel: sdi}\n", encoding="utf-8")
    ran = gateway("route", files["ubl"], "--rules", book, "--json")
    (way,) = ran.lines
    assert (ran.code, way["channel"], way["fallbacks"]) == (1, None, [])
    assert "No rule leads to Atelier du Lac SARL" in way["because"]


def test_what_cannot_be_read_goes_nowhere_and_the_others_are_routed(gateway: Gateway, tmp_path: Path) -> None:
    file = tmp_path / "mixed.json"
    file.write_bytes(b'[{"number": 1},' + encode(sample_invoice()) + b"]")
    ran = gateway("route", file, "--json")
    bad, good = ran.lines
    assert (ran.code, bad["channel"], good["channel"]) == (2, None, "peppol")
    assert bad["because"].startswith("It cannot be read: ")


@pytest.mark.parametrize(
    "content",
    [
        b"rules: [{name: x}]",
        b"\xff",
        b"rules: [",
        b"recipients: 7",
        b"rules: [{name: x, then: {channel: mail, options: {attach: csv}}}]",
    ],
)
def test_a_broken_rule_book_is_refused_with_its_fault(
    gateway: Gateway, files: Mapping[str, Path], content: bytes
) -> None:
    book = files["ubl"].with_name("rules.yaml")
    book.write_bytes(content)
    ran = gateway("route", files["ubl"], "--rules", book)
    assert (ran.code, ran.out) == (2, b"")
    assert "rule" in ran.err


def test_by_the_rules_of_a_tenant_as_they_are_kept(
    gateway: Gateway, files: Mapping[str, Path], gateway_database: str
) -> None:
    book = files["ubl"].with_name("rules.yaml")
    book.write_text(BOOK, encoding="utf-8")
    gateway("tenant", "add", "North", DATABASE_URL=gateway_database)
    gateway("rules", "import", book)
    ran = gateway("route", files["ubl"], "--tenant", "North", "--json")
    assert json.loads(ran.out)["rule"] == "Big ones by post"
    assert gateway("route", files["ubl"], "--tenant", "South").code == 2
