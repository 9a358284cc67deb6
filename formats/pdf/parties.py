"""Who sells and who buys, as a letter says it: addresses, register numbers, the small print at the foot."""

from collections.abc import Iterator, Mapping
from typing import Final

from babel import Locale
from babel.languages import get_official_languages

from formats.en16931 import Address, Identifier, Invoice, ItalianSeller, Seller
from formats.pdf.inert import one_line
from formats.pdf.sheet import Entry
from formats.pdf.wording import Wording, chosen

# How the registers behind identifier schemes (ISO 6523 ICD) are called where they are kept.
REGISTERS: Final[Mapping[str, str]] = {
    "0002": "SIREN",
    "0007": "Org.nr",
    "0009": "SIRET",
    "0037": "OVT",
    "0060": "DUNS",
    "0088": "GLN",
    "0096": "P-nr.",
    "0106": "KvK",
    "0135": "SIA",
    "0142": "SECETI",
    "0183": "UID",
    "0184": "CVR",
    "0188": "Corporate number",
    "0190": "OIN",
    "0191": "Registrikood",
    "0192": "Org.nr.",
    "0195": "UEN",
    "0196": "Kennitala",
    "0198": "SE-nr.",
    "0199": "LEI",
    "0204": "Leitweg-ID",
    "0208": "KBO/BCE",
    "0209": "GS1",
    "0210": "Codice fiscale",
    "0211": "Partita IVA",
    "0212": "Y-tunnus",
    "0213": "ALV-tunnus",
    "0216": "OVT",
}
# Countries that write the post code behind the town, or on a line of its own.
_CODE_BELOW: Final = frozenset({"GB", "GG", "JE", "IM", "IE", "MT"})
_CODE_BEHIND: Final = frozenset({"US", "CA", "AU", "NZ", "IN"})


def address_lines(address: Address | None, *, from_country: str | None = None) -> Iterator[str]:
    """An address in lines, the country last and in capitals where the letter leaves the sender's country.

    The country is named in the language of the country where the letter is posted, whose sorters read it.
    """
    if address is None:
        return
    for line in (address.line1, address.line2, address.line3):
        if text := one_line(line):
            yield text
    yield from _town(address)
    if address.country and address.country != from_country:
        yield chosen("", from_country).country(address.country).upper()


def _town(address: Address) -> Iterator[str]:
    code, city, region = one_line(address.post_code), one_line(address.city), one_line(address.subdivision)
    country = address.country or ""
    lines: tuple[str, ...]
    if country in _CODE_BELOW:
        lines = (city, region, code)
    elif country in _CODE_BEHIND:
        lines = (" ".join(filter(None, (f"{city}," if city and region else city, region, code))),)
    elif country == "IT":
        lines = (" ".join(filter(None, (code, city, f"({region})" if len(region) == 2 else region))),)
    else:
        lines = (" ".join(filter(None, (code, city))), region)
    yield from filter(None, lines)


def recipient(invoice: Invoice, words: Wording) -> tuple[str, ...]:
    """The recipient as a letter addresses it: name, person to ask, street, town, country."""
    buyer, seller = invoice.buyer, invoice.seller
    if buyer is None:
        return ()
    from_country = seller.address.country if seller and seller.address else None
    lines = [one_line(buyer.name)]
    if buyer.trading_name and buyer.trading_name != buyer.name:
        lines.append(one_line(buyer.trading_name))
    if buyer.contact and buyer.contact.name:
        lines.append(f"{words.say('facts', 'attention')} {one_line(buyer.contact.name)}")
    lines.extend(address_lines(buyer.address, from_country=from_country))
    return tuple(filter(None, lines))


def sender(invoice: Invoice) -> tuple[str, ...]:
    """The seller's name, then its address in short lines."""
    seller = invoice.seller
    if seller is None:
        return ()
    name = one_line(seller.trading_name or seller.name)
    legal = one_line(seller.name) if seller.trading_name and seller.trading_name != seller.name else ""
    home = seller.address.country if seller.address else None
    return tuple(filter(None, (name, legal, *address_lines(seller.address, from_country=home))))


def return_line(invoice: Invoice) -> str:
    """The seller's address in one line, above the recipient's in the window."""
    seller = invoice.seller
    if seller is None:
        return ""
    home = seller.address.country if seller.address else None
    return " · ".join(filter(None, (one_line(seller.name), *address_lines(seller.address, from_country=home))))


def named(identifier: Identifier, words: Wording, otherwise: str) -> str:
    """An identifier with the name of its register: `Org.nr 5599990016`."""
    register = REGISTERS.get(identifier.scheme or "")
    value = one_line(identifier.value)
    return f"{register} {value}" if register else words.say("party", otherwise, value=value)


def footer(invoice: Invoice, words: Wording) -> tuple[tuple[str, ...], ...]:
    """The small print about the seller in columns: who it is, its registers, how to reach it."""
    seller = invoice.seller
    if seller is None:
        return ()
    columns = (tuple(_identity(seller)), tuple(_registers(seller, words, invoice)), tuple(_reach(seller, words)))
    return tuple(column for column in columns if column)


def _identity(seller: Seller) -> Iterator[str]:
    yield one_line(seller.name)
    address = seller.address
    yield from address_lines(address, from_country=address.country if address else None)
    if address and address.country:
        country = address.country
        spoken = get_official_languages(country, de_facto=True)[:1] or ("en",)
        yield Locale.parse(spoken[0]).territories.get(country, country)


def _registers(seller: Seller, words: Wording, invoice: Invoice) -> Iterator[str]:
    if seller.vat_identifier:
        yield words.say("party", "vat", value=one_line(seller.vat_identifier))
    if seller.tax_registration:
        yield _tax(one_line(seller.tax_registration), words)
    if seller.legal_registration:
        yield named(seller.legal_registration, words, "registration")
    for identifier in seller.identifiers:
        if identifier.scheme in REGISTERS and identifier != seller.legal_registration:
            yield named(identifier, words, "registration")
    if seller.italy:
        yield from _italian_registers(seller.italy, words, invoice.currency or "EUR")
    if seller.legal_information:
        yield one_line(seller.legal_information)


def _italian_registers(italy: ItalianSeller, words: Wording, currency: str) -> Iterator[str]:
    """Business register and share capital, which an Italian company states on its papers (art. 2250 c.c.)."""
    if italy.rea_number:
        yield words.say("party", "register", office=one_line(italy.rea_office), number=one_line(italy.rea_number))
    if italy.share_capital is not None:
        yield words.say("party", "share_capital", amount=words.money_of(italy.share_capital, currency))


def _tax(value: str, words: Wording) -> str:
    """A tax number with its label; a sentence such as `Godkänd för F-skatt` needs none."""
    return words.say("party", "tax", value=value) if any(sign.isdigit() for sign in value) else value


def _reach(seller: Seller, words: Wording) -> Iterator[str]:
    contact = seller.contact
    if contact and contact.name:
        yield one_line(contact.name)
    if contact and contact.telephone:
        yield words.say("party", "phone", value=one_line(contact.telephone))
    if contact and contact.email:
        yield one_line(contact.email)


def deliver_to(invoice: Invoice, words: Wording) -> tuple[Entry, ...]:
    """Where the goods went, if that is not where the invoice goes."""
    delivery, buyer = invoice.delivery, invoice.buyer.address if invoice.buyer else None
    if delivery is None:
        return ()
    place = delivery.address
    lines = [one_line(delivery.name)] if delivery.name else []
    if place and place != buyer:
        lines.extend(address_lines(place, from_country=place.country))
        if place.country and (lines or place.country != (buyer.country if buyer else None)):
            lines.append(words.country(place.country))
    if delivery.location:
        lines.append(named(delivery.location, words, "registration"))
    return (Entry(words.say("party", "deliver_to"), ", ".join(lines)),) if lines else ()
