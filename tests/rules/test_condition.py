"""When a rule applies: each fact, their combinations, what is not known, and how it reads."""

from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.en16931 import Address, Buyer, Invoice, Seller, Totals
from rules.answers import answer, describe
from rules.condition import Amount, Condition
from rules.facts import FACTS, Situation
from rules.recipient import Recipient
from tests.rules.samples import ATELIER, CONDITIONS, INVOICES, OFFICE, RECIPIENTS
from tests.samples import sample_credit_note, sample_invoice

INVOICE = sample_invoice()  # 100.44 EUR, from Graz (AT) to Annecy (FR)
HERE = Situation(INVOICE, ATELIER, frozenset({"urgent"}))
FRENCH, GERMAN = Condition(buyer_country=("FR",)), Condition(buyer_country=("DE",))
NO_COUNTRY = Situation(sample_invoice(buyer=Buyer(name="?")), Recipient(id="x", name="?"))


def euros(**limits: str) -> Condition:
    """A condition on the amount in EUR."""
    decimals = {name: Decimal(limit) for name, limit in limits.items()}
    return Condition(amount=Amount(currency="EUR", **decimals))


@pytest.mark.parametrize(
    ("condition", "holds", "because"),
    [
        (Condition(), True, "it applies to every invoice"),
        (Condition(recipient=("somebody", "atelier")), True, "recipient is atelier"),
        (Condition(recipient=("name:FR:atelier du lac sarl",)), True, "recipient is atelier"),
        (Condition(recipient=("somebody",)), False, "recipient is atelier, not somebody"),
        (Condition(buyer_country=("DE", "FR")), True, "buyer country is FR"),
        (Condition(buyer_country=("DE", "AT")), False, "buyer country is FR, not DE or AT"),
        (Condition(public_body=False), True, "buyer is not a public body"),
        (Condition(public_body=True), False, "buyer is not a public body"),
        (Condition(buyer_has_vat_identifier=True), True, "buyer has a VAT identifier"),
        (Condition(buyer_has_vat_identifier=False), False, "buyer has a VAT identifier"),
        # the seller by VAT identifier, by name, by identifier
        (Condition(seller=("at u12345675",)), True, "seller is Nordlicht Werkzeuge GmbH"),
        (Condition(seller=("NORDLICHT Werkzeuge GmbH",)), True, "seller is Nordlicht Werkzeuge GmbH"),
        (Condition(seller=("9876543210982",)), True, "seller is Nordlicht Werkzeuge GmbH"),
        (Condition(seller=("Another",)), False, "seller is Nordlicht Werkzeuge GmbH, not Another"),
        (Condition(seller_country=("AT",)), True, "seller country is AT"),
        (Condition(seller_country=("IT",)), False, "seller country is AT, not IT"),
        (Condition(document=("invoice",)), True, "document is an invoice (380)"),
        (Condition(document=("381", "380")), True, "document is an invoice (380)"),
        (Condition(document=("credit_note",)), False, "document is an invoice (380), not a credit note"),
        (euros(over="100.43"), True, "amount is 100.44 EUR, over 100.43 EUR"),
        (euros(over="100.44"), False, "amount is 100.44 EUR, not over 100.44 EUR"),
        (euros(at_least="100.44"), True, "amount is 100.44 EUR, at least 100.44 EUR"),
        (euros(at_least="100.45"), False, "amount is 100.44 EUR, not at least 100.45 EUR"),
        (euros(under="100.45"), True, "amount is 100.44 EUR, under 100.45 EUR"),
        (euros(under="100.44"), False, "amount is 100.44 EUR, not under 100.44 EUR"),
        (euros(at_most="100.44"), True, "amount is 100.44 EUR, at most 100.44 EUR"),
        (euros(at_most="100.43"), False, "amount is 100.44 EUR, not at most 100.43 EUR"),
        (euros(over="50", under="5000"), True, "amount is 100.44 EUR, over 50 and under 5,000 EUR"),
        (Condition(tag=("urgent", "vip")), True, "tagged urgent"),
        (Condition(tag=("vip", "paper")), False, "not tagged vip or paper"),
        (Condition(can_receive=("peppol",)), True, "buyer can receive Peppol"),
        (Condition(can_receive=("sdi", "mail")), True, "buyer can receive SDI"),
        # all of several, in one condition or nested
        (Condition(buyer_country=("FR",), tag=("urgent",)), True, "buyer country is FR and tagged urgent"),
        (Condition(buyer_country=("FR",), tag=("vip",)), False, "not tagged vip"),
        (Condition(all_of=(FRENCH, Condition(tag=("urgent",)))), True, "buyer country is FR and tagged urgent"),
        (Condition(all_of=(FRENCH, GERMAN)), False, "buyer country is FR, not DE"),
        (Condition(any_of=(GERMAN, FRENCH)), True, "buyer country is FR"),
        (Condition(any_of=(GERMAN, Condition(tag=("vip",)))), False, "buyer country is FR, not DE; not tagged vip"),
        (Condition(not_=GERMAN), True, "buyer country is FR, not DE"),
        (Condition(not_=FRENCH), False, "buyer country is FR"),
    ],
)
def test_a_condition_is_answered_with_the_fact_that_decides(condition: Condition, holds: bool, because: str) -> None:
    found = answer(condition, HERE)
    assert (found.holds, found.because) == (holds, because)


@pytest.mark.parametrize(
    ("condition", "situation", "because"),
    [
        (FRENCH, NO_COUNTRY, "buyer country is not known"),
        (Condition(seller_country=("AT",)), Situation(Invoice(), ATELIER), "seller country is not known"),
        (Condition(seller=("x",)), Situation(Invoice(), ATELIER), "seller is not known"),
        (Condition(document=("invoice",)), Situation(Invoice(), ATELIER), "document type is not known"),
        (euros(over="1"), Situation(Invoice(), ATELIER), "amount is not known"),
        (
            euros(over="1"),
            Situation(sample_invoice(totals=Totals(with_vat=Decimal("NaN"))), ATELIER),
            "amount is not known",
        ),
        # amounts of two currencies do not compare
        (
            Condition(amount=Amount(currency="SEK", over=Decimal(1))),
            HERE,
            "amount is in EUR, the rule speaks of SEK",
        ),
    ],
)
def test_what_is_not_known_makes_no_rule_apply_straight_or_negated(
    condition: Condition, situation: Situation, because: str
) -> None:
    for one in (condition, Condition(not_=condition), Condition(all_of=(condition,)), Condition(any_of=(condition,))):
        found = answer(one, situation)
        assert (found.holds, found.because) == (None, because)


def test_one_known_fact_may_decide_where_another_is_not_known() -> None:
    known, unknown = Condition(recipient=("x",)), FRENCH
    assert answer(Condition(any_of=(unknown, known)), NO_COUNTRY).holds is True
    assert answer(Condition(all_of=(unknown, Condition(not_=known))), NO_COUNTRY).holds is False


def test_the_country_kept_for_a_recipient_stands_in_for_one_that_the_invoice_leaves_out() -> None:
    invoice = sample_invoice(buyer=Buyer(name="Atelier"))
    assert answer(FRENCH, Situation(invoice, ATELIER)).holds is True
    stated = sample_invoice(buyer=Buyer(address=Address(country="DE")))
    assert answer(FRENCH, Situation(stated, ATELIER)).holds is False


def test_a_credit_note_is_known_by_its_type_code() -> None:
    situation = Situation(sample_credit_note(), ATELIER)
    assert answer(Condition(document=("credit_note",)), situation).because == "document is a credit note (381)"


def test_a_nameless_seller_is_called_by_its_number_or_nameless() -> None:
    seller = Seller(vat_identifier="ATU12345675")
    assert answer(Condition(seller=("x",)), Situation(sample_invoice(seller=seller), ATELIER)).because.startswith(
        "seller is ATU12345675"
    )
    assert answer(Condition(seller=("x",)), Situation(sample_invoice(seller=Seller()), ATELIER)).because.startswith(
        "seller is nameless"
    )


def test_an_unreachable_channel_is_named_with_its_obstacle() -> None:
    found = answer(Condition(can_receive=("peppol", "post")), Situation(INVOICE, OFFICE))
    assert found.holds is False
    assert found.because == (
        "buyer cannot receive Peppol: it has no Peppol address; buyer cannot receive post: it has no postal address"
    )


@pytest.mark.parametrize(
    ("condition", "clause"),
    [
        (Condition(), "always"),
        (
            Condition(buyer_country=("IT",), amount=Amount(currency="EUR", over=Decimal(5000))),
            "buyer country is IT and amount is over 5,000 EUR",
        ),
        (
            Condition(public_body=False, document=("credit_note", "384")),
            "buyer is not a public body and document is a credit note or 384",
        ),
        (
            Condition(any_of=(FRENCH, Condition(tag=("a",), public_body=True))),
            "(buyer country is FR or (buyer is a public body and tagged a))",
        ),
        (Condition(not_=Condition(can_receive=("peppol", "mail"))), "not (buyer can receive Peppol or e-mail)"),
        (
            Condition(recipient=("r",), seller=("s",), seller_country=("AT",), buyer_has_vat_identifier=False),
            "recipient is r and buyer has no VAT identifier and seller is s and seller country is AT",
        ),
    ],
)
def test_a_condition_reads_as_a_clause(condition: Condition, clause: str) -> None:
    assert describe(condition) == clause


def test_every_field_of_a_condition_is_a_fact_or_a_combination() -> None:
    fields = {one.name for one in msgspec.structs.fields(Condition)}
    assert fields == {fact.field for fact in FACTS} | {"all_of", "any_of", "not_"}


@pytest.mark.parametrize(
    "limit", [{}, {"over": Decimal("NaN")}, {"over": Decimal("Infinity")}, {"at_most": Decimal("1E+99")}]
)
def test_an_amount_without_a_usual_limit_is_refused(limit: dict[str, Decimal]) -> None:
    with pytest.raises(ValueError, match="name a limit"):
        Amount(currency="EUR", **limit)


@given(CONDITIONS, INVOICES, RECIPIENTS, st.sets(st.sampled_from(("a", "NO"))))
def test_any_condition_is_answered_for_any_invoice(
    condition: Condition, invoice: Invoice, recipient: Recipient, tags: set[str]
) -> None:
    situation = Situation(invoice, recipient, frozenset(tags))
    found, opposite = answer(condition, situation), answer(Condition(not_=condition), situation)
    assert found.because
    assert describe(condition)
    assert opposite.holds is (None if found.holds is None else not found.holds)
