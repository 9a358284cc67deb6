"""What identifies who receives (a buyer, mostly): keys that a known recipient and an invoice share.

    address:0088:4000000123453          electronic address (BT-49)
    vat:FR11123456782                   VAT identifier (BT-48)
    registration:0007:5599001122        legal registration (BT-47), of a scheme or of a country
    identifier:0060:123456789           identifier (BT-46) of a scheme
    customer:ATU12345675:10-4711        identifier (BT-46) without scheme: the number that this seller gave its customer
                                        (of a self-billed invoice BT-29: the number that this buyer gave its supplier)
    mailbox:rechnung@example.com        electronic address of the schemes EM and 0202: people share mailboxes
    name:FR:atelier du lac sarl         name (BT-44) and country (BT-55)

Some values are stated and identify nobody: 0000000 or XXXXXXX for "no SDI code", OO99999999999 for "a foreigner
without a VAT number", and an SDI code (scheme 0205), which all customers of one provider share.
"""

import re
import unicodedata
from typing import Final

from formats.en16931 import Buyer, Identifier, Seller

KINDS: Final = ("address", "vat", "registration", "identifier", "customer", "mailbox", "name")
_MAILBOX_SCHEMES: Final = frozenset({"em", "0202"})
_SHARED_SCHEMES: Final = frozenset({"0205"})
_COUNTRY_PREFIX: Final = re.compile(r"[A-Z]{2}")


def matching_keys(buyer: Buyer, seller: Seller | None = None) -> tuple[str, ...]:
    """The keys that identify this buyer, strongest first.

    seller: whose customer number an identifier without scheme is; without it such an identifier is left out
    """
    country = (buyer.address and buyer.address.country) or ""
    keys = (
        _address_key(buyer.electronic_address),
        _vat_key(buyer.vat_identifier, country),
        _scheme_key("registration", buyer.legal_registration, country),
        _scheme_key("identifier", buyer.identifier, ""),
        _customer_key(buyer.identifier, seller),
        _mailbox_key(buyer.electronic_address),
        _name_key(buyer.name, country),
    )
    return tuple(key for key in keys if key)


def supplier_keys(seller: Seller, buyer: Buyer | None = None) -> tuple[str, ...]:
    """The keys that identify a seller who receives, as of a self-billed invoice; strongest first.

    buyer: whose supplier number an identifier (BT-29) without scheme is; without it such an identifier is left out
    """
    country = (seller.address and seller.address.country) or ""
    keys = (
        _address_key(seller.electronic_address),
        _vat_key(seller.vat_identifier, country),
        _scheme_key("registration", seller.legal_registration, country),
        *(_scheme_key("identifier", one, "") for one in seller.identifiers),
        *(_numbered_by(buyer.vat_identifier if buyer else None, one) for one in seller.identifiers),
        _mailbox_key(seller.electronic_address),
        _name_key(seller.name, country),
    )
    return tuple(key for key in keys if key)


def name_key(name: str, country: str | None) -> str:
    """The weakest key: a name in a country, "" where one of both is missing."""
    return _name_key(name, country or "")


def normalised(key: str) -> str:
    """A key as a person wrote it, in the spelling in which keys are compared. Raises ValueError where it is none."""
    kind, _, rest = key.strip().partition(":")
    scheme, _, value = rest.partition(":")
    made = {
        "address": lambda: _address_key(Identifier(value, scheme)),
        "vat": lambda: _vat_key(rest, ""),
        "registration": lambda: _scheme_key("registration", Identifier(value, scheme), ""),
        "identifier": lambda: _scheme_key("identifier", Identifier(value, scheme), ""),
        "customer": lambda: _joined("customer", _compact(scheme), value.strip()),
        "mailbox": lambda: _mailbox_key(Identifier(rest, "EM")),
        "name": lambda: _name_key(value, scheme),
    }.get(kind)
    if made is None:
        raise ValueError(f"`{key}` begins with none of {', '.join(KINDS)}, followed by a colon")
    if not (spelled := made()):
        raise ValueError(f"`{key}` identifies nobody: it is incomplete, or a value that many share")
    return spelled


def _address_key(address: Identifier | None) -> str:
    if address is None or not address.scheme:
        return ""
    scheme = _compact(address.scheme).lower()
    if scheme in _MAILBOX_SCHEMES or scheme in _SHARED_SCHEMES:
        return ""
    value = re.sub(r"\s", "", address.value).casefold()
    return _joined("address", scheme, value)


def _mailbox_key(address: Identifier | None) -> str:
    if address is None or _compact(address.scheme).lower() not in _MAILBOX_SCHEMES:
        return ""
    return _joined("mailbox", address.value.strip().casefold())


def _vat_key(stated: str | None, country: str) -> str:
    value = _compact(stated)
    prefix = {"GR": "EL"}.get(_compact(country), _compact(country))
    if not _COUNTRY_PREFIX.match(value):
        value = f"{prefix}{value}" if value and prefix else ""
    return "" if _says_nothing(value[2:]) else _joined("vat", value)


def _scheme_key(kind: str, stated: Identifier | None, country: str) -> str:
    if stated is None:
        return ""
    value = _compact(stated.value)
    return "" if _says_nothing(value) else _joined(kind, _compact(stated.scheme or country), value)


def _customer_key(stated: Identifier | None, seller: Seller | None) -> str:
    return _numbered_by((seller.vat_identifier or seller.tax_registration) if seller else None, stated)


def _numbered_by(whose: str | None, stated: Identifier | None) -> str:
    """A number without scheme means something to the one who gave it alone."""
    if stated is None or stated.scheme:
        return ""
    return _joined("customer", _compact(whose), stated.value.strip())


def _name_key(name: str | None, country: str) -> str:
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name or "").casefold())
    return _joined("name", _compact(country), " ".join(re.findall(r"\w+", folded)))


def _joined(kind: str, *parts: str) -> str:
    return ":".join((kind, *parts)) if all(parts) else ""


def _compact(value: str | None) -> str:
    """Letters and digits alone, in capitals: people write identifiers with blanks, dots and dashes."""
    return re.sub(r"[^0-9A-Z]", "", (value or "").upper())


def _says_nothing(value: str) -> bool:
    """Whether a value is a filler: one character repeated, such as 0000000 or 99999999999."""
    return len(value) > 1 and len(set(value)) == 1
