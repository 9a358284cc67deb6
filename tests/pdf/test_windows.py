"""A page for the post: the window shows the address, all of it and nothing else."""

import msgspec
import pytest

from formats.contract import CannotWrite
from formats.en16931 import Address, Contact, Invoice
from formats.pdf.view import sheet_of
from formats.pdf.windows import windows
from formats.pdf.writer import write
from tests.pdf.printing import Placed, placed_on_first_page, printed
from tests.samples import sample_invoice

SLACK = 5  # millimetres that a sheet slides in its envelope
LAST_LETTER = 2  # millimetres that a base line may be below what it shows


def for_post(lines: int = 1) -> Invoice:
    """The sample invoice with an address of so many lines more."""
    invoice = sample_invoice()
    assert invoice.buyer is not None
    address = Address(
        line1="3 rue du Moulin",
        line2="Bâtiment B" if lines > 1 else None,
        post_code="74000",
        city="Annecy",
        country="FR",
    )
    contact = Contact(name="Mme Durand") if lines > 2 else None
    return msgspec.structs.replace(
        invoice, buyer=msgspec.structs.replace(invoice.buyer, address=address, contact=contact)
    )


def stands_in_the_window(piece: Placed, name: str, slack: float = 0) -> bool:
    """Whether a piece of text begins in the window, or where the window may come to be."""
    window = windows()[name]
    left, top = float(window.left), float(window.top)
    return (
        left - slack <= piece.left <= left + float(window.width) + slack
        and top - slack <= piece.base <= top + float(window.height) + slack + LAST_LETTER
    )


@pytest.mark.parametrize("name", list(windows()))
def test_the_whole_address_stands_in_the_window(name: str) -> None:
    lines = 3 if windows()[name].lines >= 6 else 1
    pieces = placed_on_first_page(printed(for_post(lines), {"window": name}))
    seen = " ".join(piece.text for piece in pieces if stands_in_the_window(piece, name))
    for line in sheet_of(for_post(lines)).address:
        assert line.split(" ")[0] in seen, line
    assert "FRANKREICH" in seen


@pytest.mark.parametrize("name", list(windows()))
def test_nothing_else_stands_there_even_if_the_sheet_slides(name: str) -> None:
    sheet = sheet_of(for_post())
    pieces = placed_on_first_page(printed(for_post(), {"window": name}))
    allowed = " ".join((*sheet.address, sheet.return_line))
    strangers = [one for one in pieces if stands_in_the_window(one, name, SLACK) and one.text not in allowed]
    assert strangers == []


@pytest.mark.parametrize("name", list(windows()))
def test_the_text_of_the_letter_begins_below_the_window(name: str) -> None:
    window = windows()[name]
    assert window.top + window.height + SLACK <= window.body_top
    heads = [one for one in placed_on_first_page(printed(for_post(), {"window": name})) if one.text == "Désignation"]
    assert heads
    assert heads[0].base >= float(window.body_top)


@pytest.mark.parametrize("name", [one for one in windows() if windows()[one].return_line])
def test_a_german_or_swiss_window_shows_the_sender_above_the_recipient(name: str) -> None:
    pieces = placed_on_first_page(printed(for_post(), {"window": name}))
    sender = next(one for one in pieces if one.text.startswith("Nordlicht Werkzeuge GmbH ·"))
    recipient = next(one for one in pieces if one.text == "Atelier du Lac SARL")
    assert stands_in_the_window(sender, name)
    assert sender.base < recipient.base


def test_an_address_that_the_window_cannot_show_is_refused() -> None:
    with pytest.raises(CannotWrite, match="GW-PDF-ADDRESS"):
        write(for_post(lines=3), {"window": "no-any"})


@pytest.mark.parametrize("name", list(windows()))
def test_margins_stay_free_for_every_print_house(name: str) -> None:
    pieces = placed_on_first_page(printed(for_post(), {"window": name}))
    assert min(one.left for one in pieces) >= 18
    assert min(one.base for one in pieces) >= 12
    assert max(one.base for one in pieces) <= 297 - 15
