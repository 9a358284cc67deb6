"""Checking over the API: a verdict a document, and nothing kept."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from formats.peppol.rules import PEPPOL
from formats.ubl.checks import EN16931
from gateway.store.records import Sender
from tests.api.conftest import Api, as_ubl
from tests.samples import sample_invoice

CSV = (
    "Invoice number;Invoice date;Currency;Seller name;Buyer name;Item name;Quantity;Unit price;VAT rate\n"
    "A-1;2026-03-02;EUR;Nordlicht;Atelier;Drill;1;10.00;20\n"
    "A-2;2026-03-02;EUR;Nordlicht;Atelier;Drill;1;10,0,0;20\n"
)


def test_a_good_invoice_is_valid_by_the_rules_it_claims(calm: Api) -> None:
    (verdict,) = calm.ask("POST", "/v1/check", content=as_ubl()).json()
    sets = verdict.pop("rule_sets")
    assert [(one["name"], one["version"], one["rules"]) for one in sets] == [
        ("UBL 2.1 XSD", "2.1", 1),
        ("en16931", EN16931.version, len(EN16931.ids)),
        ("peppol-bis-3", PEPPOL.version, len(PEPPOL.ids)),
    ]
    assert verdict == {
        "position": 1,
        "number": "2026-0042",
        "format": "ubl",
        "profile": "peppol-bis-3",
        "valid": True,
        "findings": [],
        "proposal": None,
    }


def test_the_rules_that_are_asked_for_are_applied_whatever_is_claimed(calm: Api) -> None:
    content = as_ubl(buyer_reference=None)
    (claimed,) = calm.ask("POST", "/v1/check", content=content).json()
    (ordered,) = calm.ask("POST", "/v1/check?profile=en16931", content=content).json()
    assert (claimed["profile"], claimed["valid"]) == ("peppol-bis-3", False)
    assert [one["id"] for one in claimed["findings"]] == ["PEPPOL-EN16931-R003"]
    assert (ordered["profile"], ordered["valid"]) == ("en16931", True)


def test_sums_that_fail_by_rounding_get_a_proposal_where_it_is_asked_for(calm: Api) -> None:
    totals = sample_invoice().totals
    assert totals is not None
    content = as_ubl(totals=replace(totals, with_vat=Decimal("100.45")))
    (silent,) = calm.ask("POST", "/v1/check", content=content).json()
    (asked,) = calm.ask("POST", "/v1/check?propose=true", content=content).json()
    assert (silent["valid"], silent["proposal"]) == (False, None)
    proposal = asked.pop("proposal")
    assert asked == {name: value for name, value in silent.items() if name != "proposal"}
    assert (proposal["possible"], proposal["makes_valid"], proposal["amount_due"]) == (True, True, "100.44")
    assert [(one["path"], one["before"], one["after"]) for one in proposal["changes"]] == [
        ("BG-22/BT-112", "100.45", "100.44")
    ]
    wrong = as_ubl(totals=replace(totals, vat=Decimal(1)))
    (verdict,) = calm.ask("POST", "/v1/check?propose=true", content=wrong).json()
    assert (verdict["proposal"]["possible"], verdict["proposal"]["changes"]) == (False, [])
    assert "more than rounding explains" in verdict["proposal"]["reason"]


def test_each_invoice_of_a_file_has_a_verdict_of_its_own(calm: Api) -> None:
    verdicts = calm.ask("POST", "/v1/check", content=CSV.encode()).json()
    assert [(one["position"], one["number"]) for one in verdicts][:1] == [(1, "A-1")]
    assert verdicts[-1]["valid"] is False
    assert any("10,0,0" in one["message"] for one in verdicts[-1]["findings"])


@pytest.mark.parametrize("content", [b"", b"no invoice", b"<Invoice", b"\x00\x01", b"{}", b"[]", b"<!DOCTYPE x><x/>"])
def test_what_is_no_invoice_is_not_valid_and_says_why(calm: Api, content: bytes) -> None:
    answer = calm.ask("POST", "/v1/check?file_name=odd.bin", content=content)
    assert answer.status_code == 200
    (verdict,) = answer.json()
    assert verdict["valid"] is False
    assert verdict["findings"][0]["message"]


def test_a_file_is_read_with_the_mapping_of_its_sender(fresh: Api) -> None:
    """As a submission with the same key would be."""
    asked: list[object] = []

    def options_of(sender: Sender) -> dict[str, object]:
        asked.append(sender.id)
        return {}

    object.__setattr__(fresh.small.house, "read_options", options_of)
    fresh.ask("POST", "/v1/check", content=as_ubl())
    assert asked == [fresh.sender]


def test_nothing_of_it_is_kept(api: Api) -> None:
    api.ask("POST", "/v1/check", content=as_ubl())
    assert api.get("/v1/submissions").json()["submissions"] == []
    assert api.get("/v1/events").json()["events"] == []
    assert api.archived() == []
