"""What the strategies of `tests/strategies.py` are made of: the case an invoice is about, its texts and its parties.

All parties are invented; their identifiers are made up, with right check digits.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Final, TypeVar

from hypothesis import strategies as st

from formats.en16931 import (
    Address,
    Buyer,
    Contact,
    Delivery,
    Identifier,
    ItalianSeller,
    Payee,
    Period,
    Seller,
    TaxRepresentative,
)
from tests.sums import Kind

Drawn = TypeVar("Drawn")


@dataclass(frozen=True)
class Letters:
    """What texts are made of: single letters, and whole texts that have broken software before."""

    single: st.SearchStrategy[str]
    texts: tuple[str, ...]


LATIN_TEXTS = (
    "Größe & Söhne",
    "5 < 6 > 4",
    "]]>",
    "\"double\" 'single'",
    "<!-- a -->",
    "&amp;",
    "a\u00a0b",
    "two  blanks",
    "0",
    "-",
    "N/A",
    "=1+1",
    "a;b,c",
    "{{ x }}",
    "%s %n \\n",
)
OTHER_TEXTS = (
    "Ελλάδα",
    "Україна",
    "日本語の請求書",
    "חשבונית",
    "فاتورة",
    "e\u0301a\u0308",
    "🧾",
    "zero\u200bwidth",
    "line\u2028separator",
    "“quoted” – 7 €",
)
UNFIT: Final = ("Cc", "Cs", "Cn", "Co")  # control characters, surrogates, unassigned, private: not for a tax document
LATIN = Letters(st.characters(max_codepoint=0xFF, exclude_categories=UNFIT), LATIN_TEXTS)
ANY_LETTER = Letters(st.characters(exclude_categories=UNFIT), LATIN_TEXTS + OTHER_TEXTS)

VAT_IDS = {
    "AT": "ATU12345675", "BE": "BE0123456749", "FR": "FR11123456782", "ES": "ESB12345674", "PT": "PT512345678",
    "LU": "LU12345613", "CZ": "CZ12345679", "FI": "FI12345671", "PL": "PL1234567802", "IT": "IT01234560157",
}  # fmt: skip
SELLER_COUNTRIES = ("AT", "BE", "FR", "ES", "PT", "LU", "CZ", "FI", "PL")
COUNTRIES = (*VAT_IDS, "US", "JP", "CH", "XI")
GLNS = ("9876543210982", "4000000123453", "1234567890128")
IBANS = ("AT611904300234573201", "BE71096123456769", "NL91ABNA0417164300", "FR1420041010050500013M02606")

# VAT category and rate; those in one row may stand together in one invoice (EN 16931-1 section 6.4.3).
RATED: tuple[Kind, ...] = (
    *(("S", Decimal(rate)) for rate in ("25", "21", "20", "10", "5.5")),
    *((category, Decimal(0)) for category in ("Z", "E", "AE", "K", "G")),
    *((category, Decimal(rate)) for category, rate in (("L", "7"), ("L", "0"), ("M", "4"))),
)
UNRATED: tuple[Kind, ...] = (("O", None),)
ITALIAN: tuple[Kind, ...] = (
    *(("S", Decimal(rate)) for rate in ("22", "10", "4")),
    *((category, Decimal(0)) for category in ("E", "AE", "K", "G")),
)
SPLIT: tuple[Kind, ...] = (("B", Decimal(22)), ("B", Decimal(10)), ("E", Decimal(0)))
REASONS: Mapping[str | None, tuple[str | None, str | None]] = {
    "E": ("Exempt under article 132", "VATEX-EU-132-1I"),
    "AE": ("Reverse charge", "VATEX-EU-AE"),
    "K": ("Intra-Community supply", "VATEX-EU-IC"),
    "G": ("Export outside the EU", None),
    "O": (None, "VATEX-EU-O"),
}


def maybe(strategy: st.SearchStrategy[Drawn]) -> st.SearchStrategy[Drawn | None]:
    """The value or nothing."""
    return st.none() | strategy


def few(
    strategy: st.SearchStrategy[Drawn], least: int = 0, most: int = 2, unique: bool = False
) -> st.SearchStrategy[tuple[Drawn, ...]]:
    """Some values, as the model holds them."""
    return st.lists(strategy, min_size=least, max_size=most, unique=unique).map(tuple)


def money(low: str = "0.01", high: str = "99999.99", places: int = 2) -> st.SearchStrategy[Decimal]:
    """Amounts, prices and quantities."""
    return st.decimals(Decimal(low), Decimal(high), places=places, allow_nan=False, allow_infinity=False)


DATES = st.dates(datetime.date(2020, 1, 1), datetime.date(2039, 12, 31))
PERIODS = st.tuples(DATES, DATES, st.integers(0, 2)).map(
    lambda drawn: Period(
        start=None if drawn[2] == 1 else min(drawn[:2]),
        end=None if drawn[2] == 2 else max(drawn[:2]),
    )
)


@dataclass(frozen=True, eq=False)
class Words:
    """Texts out of some letters: on one line, on several, and the same or none."""

    text: st.SearchStrategy[str]
    long: st.SearchStrategy[str]
    some: st.SearchStrategy[str | None]
    some_long: st.SearchStrategy[str | None]


@cache  # a strategy is expensive to make and cheap to draw from, so all that depend on nothing else are made once
def words_of(letters: Letters) -> Words:
    """The texts that these letters make."""
    drawn = st.text(letters.single, min_size=1, max_size=12)
    clean = drawn.map(lambda text: text.replace("#", "").strip()).filter(bool)  # '#' opens a subject code in UBL
    text = st.sampled_from(letters.texts) | clean
    long = text | st.tuples(text, text).map("\n".join)
    return Words(text, long, maybe(text), maybe(long))


@dataclass(frozen=True)
class Case:
    """What one invoice is about, decided first so that all its groups agree.

    kinds:       the VAT categories and rates that it may use
    countries:   of all parties but the seller
    """

    words: Words
    kinds: tuple[Kind, ...]
    seller_country: str
    countries: tuple[str, ...]
    italy: bool

    @property
    def categories(self) -> set[str | None]:
        """The VAT categories it uses."""
        return {category for category, _ in self.kinds}

    @property
    def has_vat_ids(self) -> bool:
        """Whether seller and buyer state their VAT identifiers: never where nothing is subject to VAT (BR-O-02)."""
        return "O" not in self.categories


@cache
@st.composite
def cases(draw: st.DrawFn, letters: Letters, italy: bool) -> Case:
    """Which kinds of VAT meet in one invoice, and where its parties are."""
    together = draw(st.sampled_from((ITALIAN, ITALIAN, SPLIT) if italy else (RATED, RATED, RATED, UNRATED)))
    return Case(
        words=words_of(letters),
        kinds=draw(few(st.sampled_from(together), least=1, most=3, unique=True)),
        seller_country="IT" if italy else draw(st.sampled_from(SELLER_COUNTRIES)),
        countries=("IT",) if together is SPLIT else COUNTRIES,
        italy=italy,
    )


@cache
def addresses(words: Words, countries: tuple[str, ...]) -> st.SearchStrategy[Address]:
    """A postal address; its country is the one term that must be there."""
    return st.builds(
        Address,
        line1=words.some,
        line2=words.some,
        line3=words.some,
        city=words.some,
        post_code=words.some,
        subdivision=words.some,
        country=st.sampled_from(countries),
    )


@cache
def contacts(words: Words) -> st.SearchStrategy[Contact | None]:
    """A contact, perhaps with nothing in it, or none."""
    email = maybe(st.just("office@party.example"))
    return maybe(st.builds(Contact, name=words.some, telephone=maybe(st.just("+43 1 000")), email=email))


GLN = st.sampled_from(GLNS).map(lambda number: Identifier(number, "0088"))
NUMBER = GLN | st.sampled_from(("S-17", "4711")).map(Identifier)
LEGAL = maybe(
    st.sampled_from((Identifier("FN 000000 x"), Identifier("0123456749", "0208"), Identifier("123456782", "0002")))
)
ENDPOINT = maybe(GLN | st.just(Identifier("invoices@party.example", "EM")))


def sellers(case: Case) -> st.SearchStrategy[Seller]:
    """A seller that may charge what the case is about (BR-S-02, BR-O-02) and can be identified (BR-CO-26)."""
    return _sellers(case.words, case.seller_country, case.has_vat_ids)


@cache
def _sellers(words: Words, country: str, has_vat_id: bool) -> st.SearchStrategy[Seller]:
    regimes = st.builds(ItalianSeller, tax_regime=st.sampled_from(("RF01", "RF19")))
    return st.builds(
        Seller,
        name=words.text,
        trading_name=words.some,
        identifiers=few(NUMBER, least=0 if has_vat_id else 1),
        legal_registration=LEGAL,
        vat_identifier=st.just(VAT_IDS[country] if has_vat_id else None),
        tax_registration=maybe(st.just("123/456")) if has_vat_id else st.none(),
        legal_information=words.some,
        electronic_address=ENDPOINT,
        address=addresses(words, (country,)),
        contact=contacts(words),
        italy=regimes if country == "IT" else st.none(),
    )


def buyers(case: Case) -> st.SearchStrategy[Buyer]:
    """A buyer, with a VAT identifier unless nothing is subject to VAT."""
    return st.sampled_from(case.countries).flatmap(lambda country: _buyers(case.words, country, case.has_vat_ids))


@cache
def _buyers(words: Words, country: str, has_vat_id: bool) -> st.SearchStrategy[Buyer]:
    return st.builds(
        Buyer,
        name=words.text,
        trading_name=words.some,
        identifier=maybe(NUMBER),
        legal_registration=LEGAL,
        vat_identifier=st.just(VAT_IDS.get(country, f"{country}000000018") if has_vat_id else None),
        electronic_address=ENDPOINT,
        address=addresses(words, (country,)),
        contact=contacts(words),
    )


@cache
def payees(words: Words) -> st.SearchStrategy[Payee | None]:
    """Somebody else who is paid; never by the name or number of the seller (BR-17)."""
    name = words.text.map(lambda text: f"{text} Factoring")
    return maybe(st.builds(Payee, name=name, identifier=maybe(st.just(Identifier("F-1"))), legal_registration=LEGAL))


@cache
def tax_representatives(words: Words) -> st.SearchStrategy[TaxRepresentative | None]:
    """Who answers for the seller's VAT."""
    number = st.just(VAT_IDS["IT"])
    return maybe(
        st.builds(TaxRepresentative, name=words.text, vat_identifier=number, address=addresses(words, ("IT",)))
    )


def deliveries(case: Case) -> st.SearchStrategy[Delivery | None]:
    """Delivery; within the EU (category K) it must state its date and country (BR-IC-11, BR-IC-12)."""
    return _deliveries(case.words, case.countries, "K" in case.categories)


@cache
def _deliveries(words: Words, countries: tuple[str, ...], must: bool) -> st.SearchStrategy[Delivery | None]:
    where = addresses(words, countries)
    delivery = st.builds(
        Delivery,
        name=words.some,
        location=maybe(GLN),
        date=DATES if must else maybe(DATES),
        period=maybe(PERIODS),
        address=where if must else maybe(where),
    )
    return delivery if must else maybe(delivery)
