"""A parcel for post: the page laid out for the envelope's window, and the terms of its job ticket."""

from collections.abc import Callable
from dataclasses import dataclass

from channels.contract import Parcel
from channels.post.address import address_lines
from formats.contract import Format
from formats.en16931 import Buyer, Invoice, Seller
from formats.pdf.pages import page_count
from formats.pdf.view import wording_of
from gateway.pipeline.house import Extra, Packed, Packing
from gateway.wiring.letter_terms import USUAL_WINDOW, LetterTerms, check_terms, of_the_ticket, over
from gateway.wiring.packing.leaving import Leaving
from gateway.wiring.packing.orders import LETTER, ordered
from gateway.wiring.packing.page import page_of, page_options
from gateway.wiring.senders import settings_of
from rules.recipient import address_terms


@dataclass(frozen=True, slots=True)
class PostPacker:
    """Packs for post. given: what the operator orders of every letter (`channels.post.packing`)."""

    formats: Callable[[str], Format]
    given: LetterTerms

    def __call__(self, packing: Packing) -> Packed:
        """The letter with its ticket's terms. Raises SettingWrong where something was ordered that nobody prints."""
        target = self.formats(packing.route.format)
        own = over(settings_of(packing.sender).post, self.given)
        orders = over(ordered(packing.route, LetterTerms), own)
        check_terms(orders, LETTER)
        address = address_terms(packing.recipient, "post") or {}
        lines = address_lines(address, _posted_in(orders, packing))
        page = page_of(target, packing, {"window": orders.window or USUAL_WINDOW, "address": lines})
        if not page.may_leave:
            return Packed(None, target.name, page.report)
        details = _details(packing, orders, page, lines)
        parcel = Parcel(packing.key, page.content, target.media_type, f"{packing.key}.pdf", address, details)
        shown = Extra("page", f"{packing.public_id}.pdf", target.media_type, page.content)
        return Packed(parcel, target.name, page.report, page.not_carried, (shown,))


def _details(packing: Packing, orders: LetterTerms, page: Leaving, lines: tuple[str, ...]) -> dict[str, str]:
    """The terms of the ticket, as finished strings."""
    invoice, totals = packing.invoice, packing.invoice.totals
    return {
        "document": invoice.number or packing.public_id,
        "kind": "credit_note" if invoice.is_credit_note else "invoice",
        "language": wording_of(invoice, page_options(packing)).language,
        "pages": str(page_count(page.content)),
        "sender": orders.sender or packing.sender.name,
        "return_lines": "\n".join(orders.return_lines or _issuer_lines(_issuer(invoice))),
        "created_at": packing.now.isoformat(),
        "window": orders.window or USUAL_WINDOW,
        "posted_in": _posted_in(orders, packing),
        "to_lines": "\n".join(lines),
        "amount": f"{totals.due:f}" if totals and totals.due is not None else "",
        **of_the_ticket(orders),
    }


def _posted_in(orders: LetterTerms, packing: Packing) -> str:
    """Where it is posted: as ordered, else in the country of who issues it."""
    issuer = _issuer(packing.invoice)
    return orders.posted_in or (issuer.address.country if issuer and issuer.address else None) or ""


def _issuer(invoice: Invoice) -> Seller | Buyer | None:
    return invoice.buyer if invoice.is_self_billed else invoice.seller


def _issuer_lines(issuer: Seller | Buyer | None) -> tuple[str, ...]:
    """Where returned letters go when nobody says: to who issues the invoice."""
    if issuer is None or issuer.address is None:
        return (issuer.name or "",) if issuer else ()
    address = issuer.address
    terms = {
        "name": issuer.name,
        "line1": address.line1,
        "line2": address.line2,
        "line3": address.line3,
        "post_code": address.post_code,
        "city": address.city,
        "subdivision": address.subdivision,
        "country": address.country,
    }
    return address_lines({name: text for name, text in terms.items() if text}, "")
