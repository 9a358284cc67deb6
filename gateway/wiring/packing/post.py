"""A parcel for post: the page laid out for the envelope's window, and the terms of its job ticket.

settings, under `channels.post.packing` (a route's options and a sender's settings win over them):

    window          id of the envelope's window (`formats/pdf/windows.csv`)
    sender          whose letter it is, in the print house's words; the sender's own name where it is not set
    return_lines    lines of the return address; the seller's address where they are not set
    posted_in       country of posting
    envelope, sides, colour, paper, speed, handling     as the ticket has them
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from channels.contract import Parcel
from channels.post.address import address_lines
from formats.contract import Format
from formats.en16931 import Seller
from gateway.pipeline.house import Extra, Packed, Packing
from gateway.wiring.packing.page import language_of, page_of
from rules.recipient import address_terms

_USUAL_WINDOW: Final = "de-din5008-b"
_OF_THE_TICKET: Final = ("envelope", "sides", "colour", "paper", "speed", "handling", "perforation")
_PAGE: Final = re.compile(rb"/Type\s*/Page\b")


@dataclass(frozen=True, slots=True)
class PostPacker:
    """Packs for post. is_test: letters say that they are a test (the ticket does, and the house prints nothing)."""

    formats: Callable[[str], Format]
    given: Mapping[str, object]
    is_test: bool

    def __call__(self, packing: Packing) -> Packed:
        """The letter with its ticket's terms."""
        page_format = self.formats(packing.route.format)
        wanted: dict[str, object] = dict(self.given)
        wanted |= packing.sender.settings
        wanted |= packing.route.options
        address = address_terms(packing.recipient, "post") or {}
        posted_in = str(wanted.get("posted_in") or _country(packing.invoice.seller))
        window, lines = str(wanted.get("window") or _USUAL_WINDOW), address_lines(address, posted_in)
        page = page_of(page_format, packing, window=window, address=lines)
        if not page.content:
            return Packed(None, page_format.name, page.report)
        totals = packing.invoice.totals
        details: dict[str, str] = {
            "document": packing.invoice.number or packing.public_id,
            "kind": "credit_note" if packing.invoice.is_credit_note else "invoice",
            "language": language_of(packing) or "en",
            "pages": str(len(_PAGE.findall(page.content))),
            "sender": str(wanted.get("sender") or packing.sender.name),
            "return_lines": _return_lines(wanted.get("return_lines"), packing.invoice.seller),
            "created_at": packing.now.isoformat(),
            "window": window,
            "posted_in": posted_in,
            "to_lines": "\n".join(lines),
            "amount": f"{totals.due:f}" if totals and totals.due is not None else "",
            **{name: str(wanted[name]) for name in _OF_THE_TICKET if name in wanted},
        }
        parcel = Parcel(packing.key, page.content, page_format.media_type, f"{packing.key}.pdf", address, details)
        shown = Extra("page", f"{packing.public_id}.pdf", page_format.media_type, page.content)
        return Packed(parcel, page_format.name, page.report, page.not_carried, (shown,))


def _country(seller: Seller | None) -> str:
    return (seller.address.country if seller and seller.address else None) or ""


def _return_lines(stated: object, seller: Seller | None) -> str:
    """Where returned letters go: as set, or to the seller."""
    if isinstance(stated, list | tuple):
        return "\n".join(map(str, stated))
    address = seller.address if seller else None
    if seller is None or address is None:
        return str(stated or "")
    terms = {
        "name": seller.name,
        "line1": address.line1,
        "line2": address.line2,
        "line3": address.line3,
        "post_code": address.post_code,
        "city": address.city,
        "subdivision": address.subdivision,
        "country": address.country,
    }
    return "\n".join(address_lines({name: text for name, text in terms.items() if text}, ""))
