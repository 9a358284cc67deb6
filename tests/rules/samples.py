"""Recipients of sample invoices, and strategies of everything that rules are made of."""

from decimal import Decimal

import msgspec
from hypothesis import strategies as st

from formats.en16931 import Invoice
from rules.condition import Amount, Condition
from rules.recipient import (
    Addresses,
    Mailboxes,
    PeppolAddress,
    PostalAddress,
    Preference,
    Recipient,
    Route,
    SdiAddress,
)
from rules.routing import Rule
from tests.draws import buyers, cases, sellers
from tests.samples import sample_credit_note, sample_invoice, sample_italian_invoice
from tests.strategies import ANY_LETTER

MAIL = Route(channel="mail")
POST = Route(channel="post")
PEPPOL = Route(channel="peppol")
SDI = Route(channel="sdi")

EVERYWHERE = Addresses(
    peppol=PeppolAddress(participant="0088:4000000123453"),
    sdi=SdiAddress(code="ABC1234"),
    mail=Mailboxes(to=("compta@atelier.example",)),
    post=PostalAddress(line1="3 rue du Moulin", post_code="74000", city="Annecy", country="FR"),
)
ATELIER = Recipient(id="atelier", name="Atelier du Lac SARL", country="FR", addresses=EVERYWHERE)
OFFICE = Recipient(
    id="comune",
    name="Comune di Rivalta",
    country="IT",
    is_public_body=True,
    addresses=Addresses(sdi=SdiAddress(code="UFAB12"), mail=EVERYWHERE.mail),
)

TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co")), min_size=1, max_size=8) | st.sampled_from(
    ("NO", "yes", "0201", "1.50", "~", "null", "a: b", "# x", "'", '"', "- a", "{x}", " ", "&a", "*a", "!t", "%", "1e5")
)
CHANNELS = st.sampled_from(("peppol", "sdi", "mail", "post"))
COUNTRIES = st.sampled_from(("IT", "NO", "DE", "FR", "GR"))
ADDRESSES = st.sampled_from(("a@party.example", "b+c@party.example"))


def few(values: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, ...]]:
    """None to two texts."""
    return st.lists(values, max_size=2).map(tuple)


OPTIONS = st.dictionaries(TEXT, st.booleans() | st.integers(-9, 9_999) | TEXT | few(TEXT), max_size=2)
ROUTES = st.builds(Route, channel=CHANNELS, format=st.sampled_from(("", "pdf", "ubl")), options=OPTIONS)
LIMITS = st.none() | st.decimals(Decimal("-999999999.99"), Decimal("999999999.99"), places=2) | st.just(Decimal(5000))
AMOUNTS = st.builds(
    Amount,
    currency=st.sampled_from(("EUR", "SEK")),
    over=LIMITS,
    at_least=LIMITS,
    under=LIMITS,
    at_most=st.just(Decimal("100.00")),
)
FACTS = st.builds(
    Condition,
    recipient=few(TEXT),
    buyer_country=few(COUNTRIES),
    public_body=st.none() | st.booleans(),
    buyer_has_vat_identifier=st.none() | st.booleans(),
    seller=few(TEXT),
    seller_country=few(COUNTRIES),
    document=few(st.sampled_from(("invoice", "credit_note", "381", "80"))),
    amount=st.none() | AMOUNTS,
    tag=few(TEXT),
    can_receive=few(CHANNELS),
)
CONDITIONS = st.recursive(
    FACTS,
    lambda inner: st.builds(
        Condition,
        all_of=st.lists(inner, max_size=2).map(tuple),
        any_of=st.lists(inner, max_size=2).map(tuple),
        not_=st.none() | inner,
    ),
    max_leaves=4,
)
RULES = st.builds(
    Rule,
    name=TEXT,
    condition=CONDITIONS,
    route=ROUTES,
    fallback=st.lists(ROUTES, max_size=2).map(tuple),
    never=few(CHANNELS),
    binding=st.booleans(),
    enabled=st.booleans(),
    why=TEXT | st.just(""),
)
KEYS = st.sampled_from(
    ("vat:IT01234560157", "address:0088:4000000123453", "name:NO:fjord as", "mailbox:a@party.example", "customer:X:7")
)
RECIPIENTS = st.builds(
    Recipient,
    id=TEXT,
    name=TEXT,
    country=st.none() | COUNTRIES,
    identifiers=few(KEYS),
    is_public_body=st.booleans(),
    language=st.none() | st.sampled_from(("it", "no", "de-AT")),
    tags=few(TEXT),
    addresses=st.builds(
        Addresses,
        peppol=st.none() | st.builds(PeppolAddress, participant=st.just("0192:999999999"), document_types=few(TEXT)),
        sdi=st.none()
        | st.builds(
            SdiAddress,
            code=st.none() | st.sampled_from(("0000000", "UFAB12")),
            pec=st.none() | st.just("p@pec.example"),
        ),
        mail=st.none() | st.builds(Mailboxes, to=st.lists(ADDRESSES, min_size=1, max_size=2).map(tuple)),
        post=st.none() | st.builds(PostalAddress, line1=TEXT, city=TEXT, country=COUNTRIES, post_code=st.none() | TEXT),
        other=st.dictionaries(TEXT, st.dictionaries(TEXT, TEXT, max_size=2), max_size=1),
    ),
    preference=st.builds(Preference, routes=st.lists(ROUTES, max_size=2).map(tuple), blocked=few(CHANNELS)),
)


@st.composite
def traded(draw: st.DrawFn) -> Invoice:
    """An invoice or credit note, domestic in Italy or not, between any parties: what routing looks at varies."""
    case = draw(cases(ANY_LETTER, italy=draw(st.booleans())))
    sample = draw(st.sampled_from((sample_invoice(), sample_credit_note(), sample_italian_invoice())))
    return msgspec.structs.replace(sample, buyer=draw(buyers(case)), seller=draw(sellers(case)))


INVOICES = traded() | st.just(Invoice())
