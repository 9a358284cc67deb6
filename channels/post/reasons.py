"""The words of status files: events and reasons, what they are called here, and what they say to a person."""

from collections.abc import Mapping
from typing import Final

# Event -> signal of the lifecycle table. `rejected` and `delivered` need a second look, see `status`.
SIGNALS: Final[Mapping[str, str]] = {
    "batch_received": "post.accepted",
    "batch_refused": "post.batch_refused",
    "accepted": "post.accepted",
    "rejected": "post.rejected",
    "on_hold": "post.on_hold",
    "printed": "post.printed",
    "inserted": "post.inserted",
    "spoiled": "post.spoiled",
    "posted": "post.posted",
    "tracked": "post.tracked",
    "delivered": "post.delivered",
    "forwarded": "post.forwarded",
    "returned": "post.returned",
    "destroyed": "post.destroyed",
    "cancelled": "post.cancelled",
    "cancel_refused": "post.cancel_refused",
}

# One list of reasons for all houses.
REASONS: Final[Mapping[str, str]] = {
    "address_incomplete": "the address is incomplete",
    "address_unknown": "the address does not exist, or nobody knows the addressee there",
    "moved_no_forwarding": "the addressee has moved and left no new address",
    "moved_new_address": "the addressee has moved",
    "refused": "the addressee refused the letter",
    "unclaimed": "nobody fetched the letter",
    "deceased": "the addressee has died",
    "company_dissolved": "the company does not exist any more",
    "box_closed": "the post office box is closed",
    "no_access": "the letterbox could not be reached",
    "insufficient_postage": "there was not enough postage on the letter",
    "country_suspended": "no post goes to this country at the moment",
    "damaged": "the letter was damaged",
    "layout_address_zone": "the address does not stand where the envelope's window is",
    "layout_margin": "something stands in a margin that must be empty",
    "fonts": "a font is missing in the PDF",
    "too_many_pages": "there are too many pages",
    "too_big": "the PDF is too big",
    "not_a4": "a page is not A4",
    "unreadable": "the PDF can't be read",
    "duplicate": "the letter was printed before, and is not printed again",
    "expired": "the time in which it might be printed is over",
    "no_credit": "our account at the print house has no credit",
    "other": "",
}

# Reasons that master data mends, and no change of the page.
ABOUT_THE_ADDRESS: Final = frozenset(
    {
        "address_incomplete",
        "address_unknown",
        "moved_no_forwarding",
        "moved_new_address",
        "refused",
        "unclaimed",
        "deceased",
        "company_dissolved",
        "box_closed",
        "no_access",
        "country_suspended",
    }
)
