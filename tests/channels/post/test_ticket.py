"""The job ticket: what the print house reads is what the parcel says, the same at every attempt."""

import json
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.contract import Misconfigured, Parcel, Refused
from channels.post.address import address_lines
from channels.post.ticket import Batch, batch_of
from simulators.ticket import content_hash, read_ticket
from tests.channels.post.letters import ADDRESS, DETAILS, page, parcel


def batch(sent: Parcel, profile: str = "eletter-se", *, is_test: bool = False) -> Batch:
    return batch_of(sent, profile, is_test=is_test)


def ticket_of(sent: Parcel) -> dict[str, dict[str, object]]:
    data = json.loads(batch(sent).ticket)
    return {"batch": data["batch"], "piece": data["pieces"][0]}


def judge(made: Batch) -> None:
    """The house's own reader: shape, arithmetic, hashes."""
    with tempfile.TemporaryDirectory() as folder:
        for name, content in made.files.items():
            (Path(folder) / name).write_bytes(content)
        read_ticket(made.ticket, made.ticket_name, Path(folder))


def test_the_house_finds_no_fault() -> None:
    judge(batch(parcel()))


def test_the_ticket_says_what_the_parcel_says() -> None:
    sent = parcel(kind="credit_note", registered="true", proof_of_delivery="true", speed="priority", colour="colour")
    said = ticket_of(sent)
    assert (said["piece"]["key"], said["batch"]["id"]) == (sent.key, f"B-{sent.key}")
    assert said["piece"]["document"] == "INV-2026-7"
    assert said["piece"]["kind"] == "credit_note"
    assert said["piece"]["to"] == {
        "lines": ["Exempel AB", "Provgatan 1", "11122 Stockholm"],
        "name": "Exempel AB",
        "street": "Provgatan 1",
        "postcode": "11122",
        "town": "Stockholm",
        "country": "SE",
        "window": "se-right",
    }
    assert said["piece"]["return_to"] == {
        "lines": ["Nordlicht Handels GmbH", "Postfach 1", "99999 Musterstadt"],
        "handling": "return_to_sender",
    }
    assert said["piece"]["service"] == {"speed": "priority", "registered": True, "proof_of_delivery": True}
    assert (said["batch"]["sender"], said["batch"]["profile"]) == ("nordlicht", "eletter-se")
    assert said["batch"]["totals"] == {
        "pieces": 1,
        "pages": 2,
        "sheets": 1,
        "bytes": len(page()),
        "amount_hash": "1190.00",
    }


@pytest.mark.parametrize(
    ("details", "sheets", "grams"),
    [
        ({"pages": "1"}, 1, 12),  # 80 g: 4.99 g a sheet, and 7 g of C5
        ({"pages": "3"}, 2, 17),
        ({"pages": "3", "sides": "simplex"}, 3, 22),
        ({"pages": "3", "address_sheet": "true"}, 3, 22),
        ({"pages": "6", "paper": "90"}, 3, 24),  # 5.61 g a sheet
        ({"pages": "1", "envelope": "C4"}, 1, 25),
        ({"pages": "1", "envelope": "B5 padded"}, 1, 12),  # unknown: as C5
    ],
)
def test_sheets_and_grams_follow_from_the_pages(details: dict[str, str], sheets: int, grams: int) -> None:
    said = ticket_of(parcel(**details))["piece"]
    assert (said["sheets"], said["grams_estimated"]) == (sheets, grams)


@pytest.mark.parametrize(
    ("details", "days"),
    [
        ({}, ("2026-11-20", "2026-11-24")),
        ({"post_not_before": "2026-12-01"}, ("2026-12-01", "2026-12-05")),
        ({"post_not_before": "2026-12-01", "post_not_after": "2026-12-02"}, ("2026-12-01", "2026-12-02")),
    ],
)
def test_a_letter_has_days_to_be_posted_on(details: dict[str, str], days: tuple[str, str]) -> None:
    said = ticket_of(parcel(**details))["batch"]
    assert (said["post_not_before"], said["post_not_after"]) == days


def test_every_attempt_makes_the_same_ticket_and_another_letter_another_content() -> None:
    sent = parcel()
    assert batch(sent) == batch(replace(sent))
    # The installation's own words may change between two attempts: it is the same letter still.
    again = batch(sent, "another-profile", is_test=True)
    assert again.content_sha256 == batch(sent).content_sha256
    for other in (
        replace(sent, content=page() + b"\n"),
        replace(sent, address=ADDRESS | {"line1": "Provgatan 2"}),
        replace(sent, details=DETAILS | {"registered": "true"}),
    ):
        assert batch(other).content_sha256 != batch(sent).content_sha256


any_text = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60).filter(
    lambda text: any(sign.isprintable() and not sign.isspace() for sign in text)
)


@given(name=any_text, street=any_text, city=any_text, code=any_text, document=any_text)
def test_whatever_the_texts_are_the_house_finds_no_fault(
    name: str, street: str, city: str, code: str, document: str
) -> None:
    address = {"name": name, "line1": street, "city": city, "post_code": code, "country": "SE"}
    made = batch(parcel(address, document=document))
    judge(made)
    assert made.content_sha256 == content_hash(json.loads(made.ticket)["pieces"])


def test_lines_of_the_page_are_taken_as_they_stand_there() -> None:
    said = ticket_of(parcel(to_lines="Exempel AB\nAtt. Ekonomi\n\nProvgatan 1\n111 22 Stockholm\n"))["piece"]
    assert said["to"]["lines"] == ["Exempel AB", "Att. Ekonomi", "Provgatan 1", "111 22 Stockholm"]  # type: ignore[index]  # JSON


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"pages": "0"}, "pages"),
        ({"pages": "two"}, "pages"),
        ({"kind": "letter"}, "kind"),
        ({"created_at": "2026-11-20T14:05:00"}, "created_at"),  # without an offset it is no moment
        ({"expires_at": "tomorrow"}, "expires_at"),
        ({"registered": "maybe"}, "registered"),
        ({"speeed": "bulk"}, "speeed"),
        ({"sender": " "}, "sender"),
        ({"amount": "1.190,00"}, "amount"),
    ],
)
def test_a_wrong_detail_is_named(wrong: dict[str, str], named: str) -> None:
    with pytest.raises(Misconfigured, match=named):
        batch(parcel(**wrong))


def test_a_missing_detail_is_named() -> None:
    sent = parcel()
    with pytest.raises(Misconfigured, match="window"):
        batch(replace(sent, details={term: text for term, text in DETAILS.items() if term != "window"}))


def test_a_letter_is_a_pdf() -> None:
    with pytest.raises(Misconfigured, match="PDF"):
        batch(replace(parcel(), media_type="text/html"))


@pytest.mark.parametrize("term", ["name", "line1", "city", "country"])
def test_an_address_without_its_parts_is_refused_and_shown(term: str) -> None:
    with pytest.raises(Refused, match="the address has no") as caught:
        batch(parcel(ADDRESS | {term: "\n"}))
    assert caught.value.signal == "post.rejected.address"
    assert "11122" in caught.value.addresses[0].address


@pytest.mark.parametrize(
    ("address", "posted_in", "lines"),
    [
        # town line by country, and the country in the language of those who sort the letter
        ({"city": "Stockholm", "post_code": "111 22", "country": "SE"}, "SE", ["111 22 Stockholm"]),
        ({"city": "Stockholm", "post_code": "111 22", "country": "SE"}, "DE", ["111 22 Stockholm", "SCHWEDEN"]),
        ({"city": "Milano", "post_code": "20121", "subdivision": "MI", "country": "IT"}, "IT", ["20121 Milano (MI)"]),
        ({"city": "Leeds", "post_code": "LS1 1AA", "country": "GB"}, "GB", ["Leeds", "LS1 1AA"]),
        (
            {"city": "Springfield", "subdivision": "IL", "post_code": "62701", "country": "US"},
            "FR",
            ["Springfield, IL 62701", "ÉTATS-UNIS"],
        ),
        ({"city": "Wellington", "post_code": "6011", "country": "NZ"}, "NZ", ["Wellington 6011"]),
        ({"city": "Hong Kong", "country": "HK"}, "SE", ["Hong Kong", "HONGKONG SAR"]),
        (
            {"city": "Oslo", "post_code": "0150", "subdivision": "Oslo fylke", "country": "NO"},
            "NO",
            ["0150 Oslo", "Oslo fylke"],
        ),
        ({"city": "Oslo", "post_code": "0150", "country": "NO"}, "", ["0150 Oslo", "NORWAY"]),  # nobody says from where
        ({"city": "Nowhere", "country": "XQ"}, "SE", ["Nowhere", "XQ"]),
    ],
)
def test_lines_of_an_address_stand_as_its_post_reads_them(
    address: dict[str, str], posted_in: str, lines: list[str]
) -> None:
    written = address_lines({"name": "A\u2028B", "line1": "C\r\n1", "line3": "D"} | address, posted_in)
    assert list(written) == ["A B", "C 1", "D", *lines]
