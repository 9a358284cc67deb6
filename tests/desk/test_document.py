"""One document: the verdict first, then what stands behind it."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import html

from gateway.store.log import Whole
from tests.desk.conftest import BusyTown
from tests.desk.house import A_PDF, Town, Visitor, desk_app, serving
from tests.desk.stories import to_country
from tests.pipeline.house import TENANT

CORRECTED = "A corrected file with the same number takes its place."


@pytest.fixture(scope="module")
def mira(busy: BusyTown) -> Iterator[Visitor]:
    with busy.town.mira() as visitor:
        yield visitor


def page_of(mira: Visitor, busy: BusyTown, story: str, **query: str) -> html.HtmlElement:
    answer = mira.get(f"documents/{busy.ids[story]}", **query)
    assert answer.status_code == 200
    return html.fromstring(answer.content)


def words(element: html.HtmlElement, path: str) -> list[str]:
    """The texts of what a path selects, without the space around them."""
    return [" ".join(one.text_content().split()) for one in element.cssselect(path)]


def steps(page: html.HtmlElement) -> dict[str, str]:
    """The three answers below the verdict."""
    return {
        one.cssselect("dt")[0].text_content(): " | ".join(
            part for part in (" ".join(text.split()) for text in one.cssselect("dd")[0].itertext()) if part
        )
        for one in page.cssselect(".answer-steps > div")
    }


@pytest.mark.parametrize(
    ("story", "headline", "sentence", "step", "who", "third"),
    [
        (
            "delivered",
            "Delivered",
            "The buyer's provider confirmed that it reached the buyer.",
            "Nothing to do | Payment is expected by 6 December 2026.",
            "Nobody",
            ("Proof", "4 documents | See what proves it"),
        ),
        (
            "turned away",
            "Action needed",
            "SDI refused this invoice: Codice destinatario non valido. For the tax office it has not been issued.",
            f"Correct it and send it again with the same number and date. | {CORRECTED}",
            "Billing clerk | Officine Pratoverde S.r.l.",
            ("By when", "Tuesday 17 November | 5 days left"),
        ),
        (
            "bounced",
            "Action needed",
            "The buyer's mail server refused every address: No such mailbox.",
            "Correct the mail address, or choose another way.",
            "Master data | Nordlicht Werkzeuge GmbH",
            ("By when", "No legal date | New today"),
        ),
        (
            "unknown",
            "Action needed",
            "We do not know whether it arrived. It was not sent again.",
            "Ask the other side, or send the same file again.",
            "Gateway operator",
            ("By when", "Friday 13 November | 1 day left"),
        ),
        (
            "handed over",
            "In progress",
            "The buyer's access point has taken it. We wait for the confirmation.",
            "Wait for the buyer's provider | It goes on by itself.",
            "The buyer's provider",
            ("By when", "Friday 13 November | 1 day left"),
        ),
        (
            "refused",
            "Refused",
            "The public office refused it: Importo non corretto.",
            "Issue a credit note or a new invoice.",
            "Billing clerk | Officine Pratoverde S.r.l.",
            ("By when", "No legal date | New today"),
        ),
    ],
)
def test_the_verdict_says_what_is_wrong_who_acts_what_to_do_and_until_when(
    mira: Visitor,
    busy: BusyTown,
    story: str,
    headline: str,
    sentence: str,
    step: str,
    who: str,
    third: tuple[str, str],
) -> None:
    page = page_of(mira, busy, story)
    assert words(page, ".answer .badge") == [headline]
    assert words(page, ".answer-say > p") == [sentence]
    assert steps(page) == {"Next step": step, "Who": who, third[0]: third[1]}


def facts(page: html.HtmlElement) -> dict[str, str]:
    return {words(one, ".key")[0]: words(one, ".said")[0] for one in page.cssselect(".facts > li")}


@pytest.mark.parametrize(
    ("story", "said"),
    [
        ("delivered", ("Ready", "Delivered", "None", "Not due", "Issued")),
        ("accepted", ("Ready", "Delivered", "Accepted", "Not due", "Issued")),
        ("turned away", ("Ready", "Turned away", "None", "Not due", "Not issued")),
        ("issued, not delivered", ("Ready", "Not deliverable", "None", "Not due", "Issued, not delivered")),
        ("invalid", ("Has errors", "Not started", "None", "Not due", "Not issued yet")),
        ("duplicate", ("Duplicate", "Not started", "None", "Not due", "Not issued")),
        ("held", ("On hold", "Stopped", "None", "Not due", "Not issued yet")),
    ],
)
def test_the_five_facts(mira: Visitor, busy: BusyTown, story: str, said: tuple[str, ...]) -> None:
    names = ("Processing", "Delivery", "Buyer's answer", "Payment", "For tax")
    assert facts(page_of(mira, busy, story)) == dict(zip(names, said, strict=True))


def test_a_fact_tells_since_when_with_an_exact_time(mira: Visitor, busy: BusyTown) -> None:
    whole = busy.town.whole(busy.ids["delivered"])
    moment = next(one.at for one in whole.events if one.after == "delivered")
    (delivery,) = [
        one for one in page_of(mira, busy, "delivered").cssselect(".facts > li") if "Delivery" in one.text_content()
    ]
    (time,) = delivery.cssselect("time")
    assert time.get("datetime") == moment.isoformat()
    assert time.text == f"{moment:%H:%M:%S}"


def test_the_timeline_is_newest_first_and_can_be_turned(mira: Visitor, busy: BusyTown) -> None:
    newest = words(page_of(mira, busy, "turned away"), ".moment h4")
    assert newest == [
        "Payment is due",
        "The last day to act",
        "SDI turned it away",
        "Handed over: SDI",
        "SDI chosen",
        "Read and checked",
        "Received",
    ]
    assert words(page_of(mira, busy, "turned away", order="old"), ".moment h4") == newest[::-1]


def test_every_event_has_its_exact_time_its_file_and_the_words_of_the_other_side(mira: Visitor, busy: BusyTown) -> None:
    page = page_of(mira, busy, "turned away")
    said = next(one for one in page.cssselect(".moment") if "SDI turned it away" in one.text_content())
    whole = busy.town.whole(busy.ids["turned away"])
    assert said.cssselect("time")[0].get("datetime") == whole.events[-1].at.isoformat()
    assert said.cssselect("a.tag")[0].get("href", "").endswith(f"/text/{whole.events[-1].evidence}")
    assert words(said, ".tag.fact") == ["code 00311"]
    (raw,) = said.cssselect("details pre")
    assert "<Text>Codice destinatario non valido</Text>" in raw.text_content()


@pytest.mark.parametrize(
    ("story", "expected"),
    [
        ("mailed", ["Payment is due", "It counts as delivered"]),
        ("posted", ["Payment is due", "It counts as delivered"]),
        ("handed over", ["Payment is due", "The buyer's provider has answered"]),
        ("retry", ["Payment is due", "We try again"]),
        ("delivered", ["Payment is due"]),
        ("duplicate", []),
        ("refused", []),
    ],
)
def test_the_future_is_on_the_timeline_where_a_clock_runs(
    mira: Visitor, busy: BusyTown, story: str, expected: list[str]
) -> None:
    assert words(page_of(mira, busy, story), ".moment.next h4") == expected


def test_each_address_of_a_mail_has_a_row(mira: Visitor, busy: BusyTown) -> None:
    (row,) = words(page_of(mira, busy, "bounced"), ".address")
    assert row == "buchhaltung@uhrwerk.example not taken: 550 5.1.1 No such mailbox"


def test_the_ways_that_were_taken_are_there_with_their_keys(mira: Visitor, busy: BusyTown) -> None:
    page = page_of(mira, busy, "fallback")
    ways = [(words(one, ".way")[0], words(one, ".said")[0]) for one in page.cssselect(".delivery")]
    assert ways == [("E-mail", "Handed over"), ("Peppol", "Next way started")]
    keys = [one.key for one in busy.town.whole(busy.ids["fallback"]).deliveries]
    assert all(key in page.cssselect("#deliveries")[0].text_content() for key in keys)


def test_sent_once_is_only_said_where_one_attempt_was_made(mira: Visitor, busy: BusyTown) -> None:
    assert "sent once" in words(page_of(mira, busy, "delivered"), ".tag.fact")
    assert "sent once" not in words(page_of(mira, busy, "retry"), ".tag.fact")


def test_a_finding_says_what_is_wrong_where_in_the_file_what_to_do_and_its_rule_last(
    mira: Visitor, busy: BusyTown
) -> None:
    page = page_of(mira, busy, "invalid")
    first = page.cssselect(".findings > li")[0]
    texts = words(first, "p")
    assert texts[0] == "The net amounts of the lines add up to 59.70. The sum of the lines is stated as: 99.99."
    assert texts[1].startswith("What to do: ")
    assert texts[2].startswith("In your file: line ")
    assert texts[-1] == "Term BT-106, rule BR-CO-10"
    (link,) = first.cssselect("a")
    href = link.get("href") or ""
    lines = html.fromstring(mira.client.get(href).content)
    (lit,) = lines.cssselect(".line.lit")
    assert "99.99" in lit.text_content()
    assert lit.get("id") == href.partition("#")[2]


def test_what_proves_a_delivery_is_shown_with_its_hash_and_checked_now(mira: Visitor, busy: BusyTown) -> None:
    page = page_of(mira, busy, "delivered")
    rows = [words(one, "td") for one in page.cssselect("#proof tbody tr")]
    assert [row[0] for row in rows] == [
        "The buyer has it",
        "The buyer's provider has it",
        "What we sent",
        "What the sender gave us",
    ]
    assert {row[3] for row in rows} == {"unchanged"}


def test_what_is_not_delivered_claims_no_proof(mira: Visitor, busy: BusyTown) -> None:
    for story in ("handed over", "turned away", "unknown", "invalid"):
        assert not page_of(mira, busy, story).cssselect("#proof")


def test_the_answer_of_a_public_office_is_proof_too(mira: Visitor, busy: BusyTown) -> None:
    rows = [words(one, "td") for one in page_of(mira, busy, "accepted").cssselect("#proof tbody tr")]
    assert rows[0][0] == "The buyer's answer"


def test_a_duplicate_leads_to_its_original(mira: Visitor, busy: BusyTown) -> None:
    page = page_of(mira, busy, "duplicate")
    (button,) = page.cssselect(".answer-do a.main")
    assert button.get("href") == f"/desk/documents/{busy.ids['delivered']}"


def test_a_document_that_was_replaced_leads_to_its_successor(quiet: Town) -> None:
    invoice = to_country("IT", "Cantina Rivalta S.p.A.", "7")
    old = quiet.send(invoice)
    quiet.hear(old, "sdi.NS", "Codice destinatario non valido", "00311")
    new = quiet.send(to_country("IT", "Cantina Rivalta S.p.A.", "7", buyer_reference="corrected"), "corrected.xml")
    with quiet.mira() as mira:
        page = html.fromstring(mira.get(f"documents/{old.public_id}").content)
    assert words(page, ".answer .badge") == ["Cancelled"]
    (button,) = page.cssselect(".answer-do a.main")
    assert button.get("href") == f"/desk/documents/{new.public_id}"


def test_a_file_that_nobody_can_read_is_shown_with_its_name_and_the_way_out(mira: Visitor, busy: BusyTown) -> None:
    page = page_of(mira, busy, "unreadable")
    assert "From the file scan-0042.ps" in page.cssselect(".page-head")[0].text_content()
    assert words(page, ".findings .message") == ["The gateway does not know the format of scan-0042.ps."]
    assert not page.cssselect('a[href$="page.pdf"]')


def test_identifiers_and_amounts_are_those_of_the_invoice(mira: Visitor, busy: BusyTown) -> None:
    page = page_of(mira, busy, "delivered")
    pairs = dict(zip(words(page, ".margin dt"), words(page, ".margin dd"), strict=True))
    assert pairs["Buyer, address"] == "0088:4000000123453"
    assert pairs["Without VAT"] == "€5,970.00"
    assert pairs["VAT 20 %, category S"] == "€1,194.00"
    assert pairs["To pay"] == "€7,164.00"


def test_a_credit_note_is_called_so(mira: Visitor, busy: BusyTown) -> None:
    assert words(page_of(mira, busy, "credit note"), "h1") == ["Credit note NW-26-C003"]


def test_a_part_that_the_archive_does_not_give_is_missed_in_words_and_the_rest_stays(
    quiet: Town, tmp_path: Path
) -> None:
    document = quiet.send(to_country("FR", "Atelier du Lac SARL", "1"))
    quiet.hear(document, "peppol.mls.AP")
    for one in quiet.whole(document.public_id).artefacts:
        if one.role in ("canonical", "sealed"):
            (kept,) = tmp_path.rglob(f"*{one.sha256[-40:]}*")
            kept.unlink()
    with quiet.mira() as mira:
        answer = mira.get(f"documents/{document.public_id}")
        page = html.fromstring(answer.content)
    assert answer.status_code == 200
    assert re.search(r"give the operator this number: <code>e-\w{8}</code>", answer.text)
    assert words(page, ".answer .badge") == ["Delivered"]
    assert ["What we sent", "could not be read"] in [words(one, "td")[::3] for one in page.cssselect("#proof tbody tr")]
    assert "Amounts" not in words(page, ".margin h2")


def test_the_page_a_person_reads_is_the_one_that_was_sent(mira: Visitor, busy: BusyTown) -> None:
    answer = mira.get(f"documents/{busy.ids['mailed']}/page.pdf")
    assert answer.content == A_PDF
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith('inline; filename="NW-26-10491.pdf"')
    assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")


def test_a_document_that_went_without_a_page_gets_one_from_the_canonical_invoice(busy: BusyTown) -> None:
    asked: list[str | None] = []

    def draw(invoice: object) -> bytes:
        asked.append(getattr(invoice, "number", None))
        return b"%PDF-1.7 drawn"

    with serving(desk_app(busy.town.house, page=draw)) as origin:
        elsewhere = Town(busy.town.house, busy.town.channels, busy.town.let_pass, origin)
        with elsewhere.mira() as mira:
            assert mira.get(f"documents/{busy.ids['delivered']}/page.pdf").content == b"%PDF-1.7 drawn"
            assert mira.get(f"documents/{busy.ids['unreadable']}/page.pdf").status_code == 404
    assert asked == ["NW-26-10482"]


def artefact_of(whole: Whole, role: str) -> str:
    return next(one.sha256 for one in whole.artefacts if one.role == role)


def test_raw_bytes_are_saved_exactly_and_never_shown(mira: Visitor, busy: BusyTown) -> None:
    public_id = busy.ids["delivered"]
    sha256 = artefact_of(busy.town.whole(public_id), "source")
    answer = mira.get(f"documents/{public_id}/raw/{sha256}")
    assert hashlib.sha256(answer.content).hexdigest() == sha256
    assert answer.content == busy.town.house.archive.get(TENANT, sha256)
    assert answer.headers["content-disposition"].startswith("attachment; filename=")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("sandbox; ")


def test_a_file_is_only_found_at_its_own_document(mira: Visitor, busy: BusyTown) -> None:
    sha256 = artefact_of(busy.town.whole(busy.ids["delivered"]), "canonical")
    for kind in ("raw", "text"):
        assert mira.get(f"documents/{busy.ids['bounced']}/{kind}/{sha256}").status_code == 404
        assert mira.get(f"documents/{busy.ids['delivered']}/{kind}/{'0' * 64}").status_code == 404
        assert mira.get(f"documents/{busy.ids['delivered']}/{kind}/../../etc").status_code == 404
