"""What the strategies of `tests/strategies.py` are made of: the case an invoice is about, its texts and its parties.

All parties are invented; their identifiers are made up, with right check digits.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
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


def few(strategy: st.SearchStrategy[Drawn], least: int = 0, most: int = 2) -> st.SearchStrategy[tuple[Drawn, ...]]:
    """Some values, as the model holds them."""
    return st.lists(strategy, min_size=least, max_size=most).map(tuple)


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


@dataclass(frozen=True)
class Case:
    """What one invoice is about, decided first so that all its groups agree.

    text, long:  texts on one line, on several
    kinds:       the VAT categories and rates that it may use
    countries:   of all parties but the seller
    """

    text: st.SearchStrategy[str]
    long: st.SearchStrategy[str]
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


@st.composite
def cases(draw: st.DrawFn, letters: Letters, italy: bool) -> Case:
    """Which kinds of VAT meet in one invoice, and where its parties are."""
    drawn = st.text(letters.single, min_size=1, max_size=12)
    clean = drawn.map(lambda text: text.replace("#", "").strip()).filter(bool)  # '#' opens a subject code in UBL
    text = st.sampled_from(letters.texts) | clean
    together = draw(st.sampled_from((ITALIAN, ITALIAN, SPLIT) if italy else (RATED, RATED, RATED, UNRATED)))
    kinds = draw(st.lists(st.sampled_from(together), min_size=1, max_size=3, unique=True))
    return Case(
        text=text,
        long=text | st.tuples(text, text).map("\n".join),
        kinds=tuple(kinds),
        seller_country="IT" if italy else draw(st.sampled_from(SELLER_COUNTRIES)),
        countries=("IT",) if together is SPLIT else COUNTRIES,
        italy=italy,
    )


def addresses(case: Case, *countries: str) -> st.SearchStrategy[Address]:
    """A postal address; its country is the one term that must be there."""
    some = maybe(case.text)
    return st.builds(
        Address,
        line1=some,
        line2=some,
        line3=some,
        city=some,
        post_code=some,
        subdivision=some,
        country=st.sampled_from(countries or case.countries),
    )


def contacts(case: Case) -> st.SearchStrategy[Contact]:
    """A contact, perhaps with nothing in it."""
    email = st.just("office@party.example")
    return st.builds(Contact, name=maybe(case.text), telephone=maybe(st.just("+43 1 000")), email=maybe(email))


GLN = st.sampled_from(GLNS).map(lambda number: Identifier(number, "0088"))
OWN_NUMBER = st.sampled_from(("S-17", "4711")).map(Identifier)
LEGAL = st.sampled_from((Identifier("FN 000000 x"), Identifier("0123456749", "0208"), Identifier("123456782", "0002")))
ENDPOINT = GLN | st.just(Identifier("invoices@party.example", "EM"))


def sellers(case: Case) -> st.SearchStrategy[Seller]:
    """A seller that may charge what the case is about (BR-S-02, BR-O-02) and can be identified (BR-CO-26)."""
    regimes = st.builds(ItalianSeller, tax_regime=st.sampled_from(("RF01", "RF19")))
    return st.builds(
        Seller,
        name=case.text,
        trading_name=maybe(case.text),
        identifiers=few(GLN | OWN_NUMBER, least=0 if case.has_vat_ids else 1),
        legal_registration=maybe(LEGAL),
        vat_identifier=st.just(VAT_IDS[case.seller_country] if case.has_vat_ids else None),
        tax_registration=maybe(st.just("123/456")) if case.has_vat_ids else st.none(),
        legal_information=maybe(case.text),
        electronic_address=maybe(ENDPOINT),
        address=addresses(case, case.seller_country),
        contact=maybe(contacts(case)),
        italy=regimes if case.italy else st.none(),
    )


@st.composite
def buyers(draw: st.DrawFn, case: Case) -> Buyer:
    """A buyer, with a VAT identifier unless nothing is subject to VAT."""
    country = draw(st.sampled_from(case.countries))
    return draw(
        st.builds(
            Buyer,
            name=case.text,
            trading_name=maybe(case.text),
            identifier=maybe(GLN | OWN_NUMBER),
            legal_registration=maybe(LEGAL),
            vat_identifier=st.just(VAT_IDS.get(country, f"{country}000000018") if case.has_vat_ids else None),
            electronic_address=maybe(ENDPOINT),
            address=addresses(case, country),
            contact=maybe(contacts(case)),
        )
    )


def payees(case: Case) -> st.SearchStrategy[Payee]:
    """Somebody else who is paid; never by the name or number of the seller (BR-17)."""
    return st.builds(
        Payee,
        name=case.text.map(lambda name: f"{name} Factoring"),
        identifier=maybe(st.just(Identifier("F-1"))),
        legal_registration=maybe(LEGAL),
    )


def tax_representatives(case: Case) -> st.SearchStrategy[TaxRepresentative]:
    """Who answers for the seller's VAT."""
    return st.builds(
        TaxRepresentative, name=case.text, vat_identifier=st.just(VAT_IDS["IT"]), address=addresses(case, "IT")
    )


def deliveries(case: Case) -> st.SearchStrategy[Delivery | None]:
    """Delivery; within the EU (category K) with its date and country (BR-IC-11, BR-IC-12)."""
    must = "K" in case.categories
    delivery = st.builds(
        Delivery,
        name=maybe(case.text),
        location=maybe(GLN),
        date=DATES if must else maybe(DATES),
        period=maybe(PERIODS),
        address=addresses(case) if must else maybe(addresses(case)),
    )
    return delivery if must else maybe(delivery)
