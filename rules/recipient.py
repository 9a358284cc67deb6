"""Who receives: a buyer's addresses on each channel, what can be sent there, and what it prefers.

An address says how to reach somebody; an *obstacle* says in words why a channel cannot be used for a document. Both
are asked by channel name, so that a channel of a plug-in is known by its name as well (`Addresses.other`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Annotated, Final

import msgspec

from rules.identity import name_key, normalised

Option = str | int | bool | tuple[str, ...]
Country = Annotated[str, msgspec.Meta(pattern="^[A-Z]{2}$")]
MailAddress = Annotated[str, msgspec.Meta(pattern=r"^[^@\s<>,;]+@[^@\s<>,;]+$")]

# What a channel sends when nobody says otherwise, and what people call it.
USUAL_FORMATS: Final[Mapping[str, str]] = {"peppol": "peppol-bis-3", "sdi": "fatturapa", "mail": "pdf", "post": "pdf"}
CHANNEL_WORDS: Final[Mapping[str, str]] = {"peppol": "Peppol", "sdi": "SDI", "mail": "e-mail", "post": "post"}
NO_SDI_CODE: Final = "0000000"


class Plain(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A value with a plain form (YAML, JSON): frozen, by keyword, strict about names."""


class PeppolAddress(Plain, frozen=True, kw_only=True):
    """A participant of the Peppol network.

    participant:     scheme (EAS code list) and value: `0088:4000000123453`
    document_types:  what it is registered for, as full Peppol document type ids; empty where nobody has asked yet
    """

    participant: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4}:\S+$")]
    document_types: tuple[str, ...] = ()


class SdiAddress(Plain, frozen=True, kw_only=True):
    """How SDI routes to an Italian buyer (Allegato A 1.9.1: CodiceDestinatario, PECDestinatario).

    code:  7 characters of an accredited channel, or the 6 of a public office in the IPA register
    pec:   certified mail address; used where there is no code
    """

    code: Annotated[str, msgspec.Meta(pattern="^[0-9A-Za-z]{6,7}$")] | None = None
    pec: MailAddress | None = None


class Mailboxes(Plain, frozen=True, kw_only=True):
    """Where invoices may be mailed: one message to all of them."""

    to: Annotated[tuple[MailAddress, ...], msgspec.Meta(min_length=1)]


class PostalAddress(Plain, frozen=True, kw_only=True):
    """Where a letter goes. name: who stands on the envelope, where it is not the recipient's own name."""

    line1: str
    city: str
    country: Country
    post_code: str | None = None
    line2: str | None = None
    line3: str | None = None
    subdivision: str | None = None
    name: str | None = None


class Addresses(Plain, frozen=True, kw_only=True):
    """A recipient's address on each channel that reaches it. other: those of further channels, by channel name."""

    peppol: PeppolAddress | None = None
    sdi: SdiAddress | None = None
    mail: Mailboxes | None = None
    post: PostalAddress | None = None
    other: Mapping[str, Mapping[str, str]] = {}


class Route(Plain, frozen=True, kw_only=True):
    """A way: a channel, the format sent over it, and options that the format and the channel document."""

    channel: str
    format: str = ""
    options: Mapping[str, Option] = {}

    def __post_init__(self) -> None:
        if not self.format:
            if self.channel not in USUAL_FORMATS:
                raise ValueError(f"say the format: the channel `{self.channel}` has no usual one")
            msgspec.structs.force_setattr(self, "format", USUAL_FORMATS[self.channel])


# What is wrong with a way, in words, "" where nothing is: formats and channels know, and rules don't know them.
Trouble = Callable[[Route], str]


class Preference(Plain, frozen=True, kw_only=True):
    """What a recipient asked for. routes: in this order, before any rule that is not law; blocked: channels, never."""

    routes: tuple[Route, ...] = ()
    blocked: tuple[str, ...] = ()


class Recipient(Plain, frozen=True, kw_only=True):
    """Somebody who receives invoices.

    id:          the tenant's own name for it; "" where it was derived
    identifiers: keys of `rules.identity` that recognise it in an invoice
    language:    of texts for it, BCP 47 (`it`, `de-AT`); None: that of the sender
    is_derived:  nobody entered it: it was made of what one invoice says
    """

    id: str
    name: str
    country: Country | None = None
    identifiers: tuple[str, ...] = ()
    is_public_body: bool = False
    language: str | None = None
    tags: tuple[str, ...] = ()
    addresses: Addresses = Addresses()
    preference: Preference = Preference()
    is_derived: bool = False

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "identifiers", tuple(map(normalised, self.identifiers)))

    @property
    def keys(self) -> tuple[str, ...]:
        """All keys that recognise it, its name and country last."""
        named = name_key(self.name, self.country)
        return self.identifiers if not named or named in self.identifiers else (*self.identifiers, named)

    @property
    def named_ways(self) -> Iterator[tuple[str, Route]]:
        """The ways that it prefers, each with its place in the recipient."""
        for place, way in enumerate(self.preference.routes):
            yield f"preference.routes[{place}]", way


def address_terms(recipient: Recipient, channel: str) -> Mapping[str, str] | None:
    """A recipient's address on a channel as plain terms, None where it has none there.

    peppol  receiver                       mail   to (comma between addresses)
    sdi     code, pec                      post   name, line1, line2, line3, post_code, city, subdivision, country
    """
    match channel:
        case "peppol" if recipient.addresses.peppol:
            return {"receiver": recipient.addresses.peppol.participant}
        case "sdi":
            return _sdi_terms(recipient)
        case "mail" if recipient.addresses.mail:
            return {"to": ", ".join(recipient.addresses.mail.to)}
        case "post" if recipient.addresses.post:
            return _postal_terms(recipient.name, recipient.addresses.post)
        case _:
            return recipient.addresses.other.get(channel)


def _postal_terms(name: str, address: PostalAddress) -> Mapping[str, str]:
    stated: dict[str, str | None] = msgspec.structs.asdict(address) | {"name": address.name or name}
    return {term: text for term, text in stated.items() if text}


def _sdi_terms(recipient: Recipient) -> Mapping[str, str] | None:
    """A private Italian buyer is always reached: without code or PEC its invoice waits in the tax portal."""
    address = recipient.addresses.sdi or SdiAddress()
    if address.code:
        return {"code": address.code}
    if recipient.is_public_body:
        return None
    if address.pec:
        return {"code": NO_SDI_CODE, "pec": address.pec}
    return {"code": NO_SDI_CODE} if recipient.country == "IT" else None


def obstacle(recipient: Recipient, channel: str, is_credit_note: bool) -> str:
    """Why a document cannot go to this recipient over this channel, "" where it can: `it has no e-mail address`."""
    if channel == "peppol":
        return _peppol_obstacle(recipient.addresses.peppol, is_credit_note)
    if channel == "sdi":
        return _sdi_obstacle(recipient)
    if address_terms(recipient, channel) is None:
        kind = {"mail": "e-mail", "post": "postal"}.get(channel, channel)
        return f"it has no {kind} address"
    return ""


def _peppol_obstacle(address: PeppolAddress | None, is_credit_note: bool) -> str:
    if address is None:
        return "it has no Peppol address"
    root = "CreditNote" if is_credit_note else "Invoice"
    if address.document_types and not any(f"::{root}##" in one for one in address.document_types):
        return f"it is on Peppol, but not registered for {'credit notes' if is_credit_note else 'invoices'}"
    return ""


def _sdi_obstacle(recipient: Recipient) -> str:
    """A code of 6 characters goes with FPA12, one of 7 with FPR12: SDI refuses other pairs (control 00427)."""
    terms = _sdi_terms(recipient)
    if terms is None:
        office = recipient.is_public_body
        return "it lacks the IPA code of its office" if office else "it is not in Italy and has no SDI code or PEC"
    if recipient.is_public_body != (len(terms["code"]) == 6):
        held, due = ("7", "a public body's has 6") if recipient.is_public_body else ("6", "only a public body's has 6")
        return f"its SDI code has {held} characters, {due}"
    return ""


def channel_words(channels: Iterable[str]) -> str:
    """Channels as people call them: `Peppol, then e-mail`."""
    return ", then ".join(CHANNEL_WORDS.get(one, one) for one in channels)
