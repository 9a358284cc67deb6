"""A parcel for post: the page shows what the ticket says, and the ticket says what the page shows."""

import io
import json

import pypdf
import pytest
from msgspec.structs import replace

from channels.post.ticket import batch_of
from formats.en16931 import Invoice
from gateway.errors import SettingWrong
from gateway.pipeline.house import Packed
from gateway.wiring.letter_terms import LetterTerms
from gateway.wiring.packing.post import PostPacker
from rules.derived import recipient_from
from rules.recipient import Addresses, PostalAddress, Recipient
from tests.clocks import NOON
from tests.pdf.printing import placed_on_first_page, words_of
from tests.samples import BUYER, SELLER, sample_credit_note, sample_invoice, sample_line
from tests.wiring.packets import KEY, PUBLIC_ID, format_named, packing, reasons

ELSEWHERE = PostalAddress(
    name="Atelier du Lac, Comptabilité", line1="BP 12", city="Annecy", post_code="74001", country="FR"
)
NOTHING = LetterTerms()


def recipient(address: PostalAddress = ELSEWHERE, language: str | None = None) -> Recipient:
    return replace(recipient_from(sample_invoice()), language=language, addresses=Addresses(post=address))


def pack(invoice: Invoice, given: LetterTerms = NOTHING, **how: object) -> Packed:
    packer = PostPacker(format_named, given)
    return packer(packing(invoice, "post", **{"recipient": recipient(), **how}))  # type: ignore[arg-type]  # by name


def ticket(packed: Packed) -> dict[str, dict[str, object]]:
    """The job ticket that the channel makes of the parcel: it takes all of its terms."""
    assert packed.parcel is not None, packed.report.fatal
    read = json.loads(batch_of(packed.parcel, "standard", is_test=False).ticket)
    return {"batch": read["batch"], "piece": read["pieces"][0]}


def test_the_channel_takes_every_term_and_the_letter_goes_as_one_pdf() -> None:
    packed = pack(sample_invoice())
    said = ticket(packed)
    assert said["piece"]["document"] == "2026-0042"
    assert said["piece"]["kind"] == "invoice"
    assert said["batch"]["created_at"] == NOON.isoformat().replace("+00:00", "Z")
    assert said["batch"]["totals"]["amount_hash"] == "100.44"  # type: ignore[index]  # a table
    assert packed.parcel is not None
    assert (packed.parcel.key, packed.parcel.file_name) == (KEY, f"{KEY}.pdf")
    assert [(one.role, one.file_name) for one in packed.extras] == [("page", f"{PUBLIC_ID}.pdf")]


def test_a_credit_note_is_said_to_be_one() -> None:
    assert ticket(pack(sample_credit_note()))["piece"]["kind"] == "credit_note"


@pytest.mark.parametrize("window", ["de-din5008-a", "de-din5008-b", "se-right", "uk-c5"])
def test_the_lines_of_the_ticket_stand_in_the_window_of_the_page(window: str) -> None:
    packed = pack(sample_invoice(), LetterTerms(window=window))
    assert packed.parcel is not None
    said = ticket(packed)["piece"]["to"]
    assert said["window"] == window  # type: ignore[index]  # a table
    lines = said["lines"]  # type: ignore[index]  # a table
    assert lines == ["Atelier du Lac, Comptabilité", "BP 12", "74001 Annecy", "FRANKREICH"]
    on_page = " ".join(one.text for one in placed_on_first_page(packed.parcel.content))
    assert all(str(line) in words_of(packed.parcel.content) for line in lines)
    assert on_page.index("BP 12") < on_page.index("74001 Annecy")


def test_inside_the_country_of_posting_the_country_is_left_out() -> None:
    packed = pack(sample_invoice(), LetterTerms(posted_in="FR"))
    assert ticket(packed)["piece"]["to"]["lines"] == [  # type: ignore[index]  # a table
        "Atelier du Lac, Comptabilité",
        "BP 12",
        "74001 Annecy",
    ]


@pytest.mark.parametrize(
    "invoice",
    [
        sample_invoice(),
        sample_invoice(lines=tuple(sample_line(str(at)) for at in range(1, 61))),
        # Texts of an invoice stand readable in the file; none of them is a page.
        sample_invoice(number="/Type /Page /Count 99"),
    ],
    ids=["one page", "several", "a number that looks like PDF"],
)
def test_the_ticket_counts_the_pages_that_there_are(invoice: Invoice) -> None:
    packed = pack(invoice)
    assert packed.parcel is not None
    pages = len(pypdf.PdfReader(io.BytesIO(packed.parcel.content)).pages)
    assert ticket(packed)["piece"]["file"]["pages"] == pages  # type: ignore[index]  # a table
    assert pages > 1 or len(invoice.lines) < 60


def test_a_self_billed_invoice_is_the_buyers_letter_and_goes_to_the_seller() -> None:
    invoice = sample_invoice(type_code="389")
    packed = pack(invoice, recipient=recipient_from(invoice))
    assert packed.parcel is not None
    details = packed.parcel.details
    assert (packed.parcel.address["name"], details["return_lines"].split("\n")[0]) == (SELLER.name, BUYER.name)
    assert details["to_lines"].split("\n")[0] == SELLER.name
    assert BUYER.address is not None
    assert details["posted_in"] == BUYER.address.country


@pytest.mark.parametrize(("own", "expected"), [("it", "it"), ("de-AT", "de"), (None, "fr")])
def test_ticket_and_page_speak_one_language(own: str | None, expected: str) -> None:
    packed = pack(sample_invoice(), recipient=recipient(language=own))
    assert packed.parcel is not None
    assert ticket(packed)["piece"]["language"] == expected
    assert {"it": "Fattura", "de": "Rechnung", "fr": "Facture"}[expected] in words_of(packed.parcel.content)


def test_a_letter_that_comes_back_goes_to_the_seller_unless_somebody_says_where() -> None:
    seller = ticket(pack(sample_invoice()))["piece"]["return_to"]["lines"]  # type: ignore[index]  # a table
    assert seller == ["Nordlicht Werkzeuge GmbH", "Amselweg 7", "8010 Graz", "AUSTRIA"]
    given = LetterTerms(return_lines=("Nordlicht", "Postfach 1", "8010 Graz"))
    said = ticket(pack(sample_invoice(), given))["piece"]["return_to"]["lines"]  # type: ignore[index]  # a table
    assert said == ["Nordlicht", "Postfach 1", "8010 Graz"]


def test_the_rule_wins_over_the_sender_and_the_sender_over_the_operator() -> None:
    packed = pack(
        sample_invoice(),
        LetterTerms(paper=100, colour="colour", speed="bulk", sender="operator"),
        settings={"post": {"colour": "grey", "speed": "economy", "sender": "nordlicht"}},
        options={"speed": "priority"},
    )
    said = ticket(packed)
    assert said["batch"]["sender"] == "nordlicht"
    assert said["piece"]["print"]["paper"] == "100"  # type: ignore[index]  # a table
    assert said["piece"]["print"]["colour"] == "grey"  # type: ignore[index]  # a table
    assert said["piece"]["service"]["speed"] == "priority"  # type: ignore[index]  # a table


def test_the_letter_is_the_senders_where_nobody_says_whose() -> None:
    assert ticket(pack(sample_invoice()))["batch"]["sender"] == "ERP North"


@pytest.mark.parametrize(
    ("how", "words"),
    [
        # A window that no envelope has.
        ({"options": {"window": "de-din5008-c"}}, "there is no window `de-din5008-c`; there are .*de-din5008-b"),
        # A term that no ticket knows.
        ({"options": {"sides": "both"}}, r"'both'.*\$\.sides"),
        ({"settings": {"post": {"paper": 20}}}, r"paper"),
        # A name that nobody knows.
        ({"options": {"windw": "de-din5008-b"}}, "may hold window"),
        # A format that makes no pages.
        ({"format_name": "ubl"}, "nobody reads `ubl` over post.*format: pdf"),
    ],
)
def test_what_nobody_prints_holds_the_letter_and_says_what_there_is(how: dict[str, object], words: str) -> None:
    with pytest.raises(SettingWrong, match=words):
        pack(sample_invoice(), NOTHING, **how)


def test_an_address_that_is_taller_than_the_window_is_a_finding() -> None:
    tall = replace(ELSEWHERE, line2="Bâtiment B", line3="Porte 4 au fond de la cour")
    packed = pack(sample_invoice(), LetterTerms(window="uk-c5"), recipient=recipient(tall))
    assert reasons(packed) == ["GW-PDF-ADDRESS"]


def test_a_seller_without_address_still_has_a_name_for_returns() -> None:
    bare = sample_invoice(seller=replace(SELLER, address=None))
    assert ticket(pack(bare))["piece"]["return_to"]["lines"] == [  # type: ignore[index]  # a table
        "Nordlicht Werkzeuge GmbH"
    ]
