"""A recipient nobody entered, made of what one invoice says about who receives: a clear state, not a failure.

Who receives is the buyer (BG-7); of a self-billed invoice, which the buyer issues, it is the seller (BG-4). SDI alone
delivers to the buyer in any case: CodiceDestinatario is the CessionarioCommittente's, whoever issues.

The scheme of the electronic address (BT-49, EAS code list) says which network it belongs to: 0201 is an office in
the Italian IPA register, 0202 a PEC, 0205 an SDI code, EM a mailbox, and any other number a Peppol participant.
(0201 and 0205 are on the Peppol list too, but Italian invoices reach both through SDI alone.)
"""

import re
from typing import Final

import msgspec

from formats.en16931 import Address, Buyer, Contact, Identifier, Invoice, ItalianInvoice, Seller
from rules.identity import matching_keys, supplier_keys
from rules.recipient import (
    NO_SDI_CODE,
    Addresses,
    Mailboxes,
    PeppolAddress,
    PostalAddress,
    Recipient,
    SdiAddress,
)

_SDI_CODE: Final = re.compile(r"[0-9A-Za-z]{6,7}")
_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_MAIL_ADDRESS: Final = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+")
_PEPPOL_SCHEME: Final = re.compile(r"[0-9]{4}")
_SDI_SCHEMES: Final = frozenset({"0201", "0202", "0205"})


def receiving_keys(invoice: Invoice) -> tuple[str, ...]:
    """The keys that identify who receives an invoice, strongest first."""
    buyer, seller = invoice.buyer, invoice.seller
    if invoice.is_self_billed:
        return supplier_keys(seller, buyer) if seller else ()
    return matching_keys(buyer, seller) if buyer else ()


def recipient_from(invoice: Invoice) -> Recipient:
    """Who receives an invoice as a recipient, with every address that the invoice itself states."""
    buyer = invoice.buyer or Buyer()
    party = (invoice.seller or Seller()) if invoice.is_self_billed else buyer
    sdi = _sdi(buyer.electronic_address, invoice.italy or ItalianInvoice())
    country = party.address and party.address.country
    return Recipient(
        id="",
        name=party.name or party.trading_name or "",
        country=country if country and _COUNTRY.fullmatch(country) else None,
        identifiers=receiving_keys(invoice),
        is_public_body=sdi is not None and len(sdi.code or "") == 6,
        addresses=Addresses(
            peppol=_peppol(party.electronic_address),
            sdi=sdi,
            mail=_mail(party.electronic_address, party.contact),
            post=_post(party.address),
        ),
        is_derived=True,
    )


def completed(recipient: Recipient, invoice: Invoice) -> Recipient:
    """A known recipient, with what this invoice states where nothing was entered: addresses, country, public body.

    What was entered wins; a channel that the invoice must not open is one to block in the recipient's preference.
    """
    stated = recipient_from(invoice)
    known = msgspec.structs.asdict(recipient.addresses)
    missing = {
        channel: address
        for channel, address in msgspec.structs.asdict(stated.addresses).items()
        if address and not known[channel]
    }
    if invoice.is_self_billed:
        # What was entered is the seller's.
        missing["sdi"] = stated.addresses.sdi
    return msgspec.structs.replace(
        recipient,
        country=recipient.country or stated.country,
        is_public_body=recipient.is_public_body or stated.is_public_body,
        addresses=msgspec.structs.replace(recipient.addresses, **missing),
    )


def _peppol(stated: Identifier | None) -> PeppolAddress | None:
    if stated is None or not stated.scheme or stated.scheme in _SDI_SCHEMES:
        return None
    value = stated.value.strip()
    if not _PEPPOL_SCHEME.fullmatch(stated.scheme) or not value or re.search(r"\s", value):
        return None
    return PeppolAddress(participant=f"{stated.scheme}:{value}")


def _sdi(stated: Identifier | None, italy: ItalianInvoice) -> SdiAddress | None:
    """The Italian terms of the invoice (IT-5, IT-6) win over its electronic address, which may be Peppol's."""
    codes = [italy.recipient_code, stated.value if stated and stated.scheme in {"0201", "0205"} else None]
    pecs = [italy.recipient_pec, stated.value if stated and stated.scheme == "0202" else None]
    code = next((one for one in codes if one and _SDI_CODE.fullmatch(one) and one != NO_SDI_CODE), None)
    pec = next((one for one in pecs if one and _MAIL_ADDRESS.fullmatch(one)), None)
    return SdiAddress(code=code, pec=pec) if code or pec else None


def _mail(stated: Identifier | None, contact: Contact | None) -> Mailboxes | None:
    """The mailbox for invoices where the electronic address (BT-49, BT-34) is one, else the contact's (BT-58)."""
    own = stated.value if stated and stated.scheme == "EM" else contact and contact.email
    return Mailboxes(to=(own.strip(),)) if own and _MAIL_ADDRESS.fullmatch(own.strip()) else None


def _post(stated: Address | None) -> PostalAddress | None:
    """BG-8 or BG-5, where it has what a letter needs: a street or box, a town and a country."""
    if stated is None or not stated.line1 or not stated.city or not _COUNTRY.fullmatch(stated.country or ""):
        return None
    return PostalAddress(
        line1=stated.line1,
        line2=stated.line2,
        line3=stated.line3,
        city=stated.city,
        post_code=stated.post_code,
        subdivision=stated.subdivision,
        country=stated.country or "",
    )
