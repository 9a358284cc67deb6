"""Which way an invoice goes, which ways come after it, and why."""

from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.en16931 import Address, Buyer, Invoice
from rules.condition import Condition
from rules.derived import recipient_from
from rules.recipient import Addresses, Preference, Recipient, Route, SdiAddress
from rules.routing import Decision, Rule, route
from rules.yaml_form import default_rules
from tests.rules.samples import ATELIER, EVERYWHERE, INVOICES, MAIL, OFFICE, PEPPOL, POST, RECIPIENTS, RULES, SDI
from tests.samples import sample_credit_note, sample_invoice, sample_italian_invoice

INVOICE = sample_invoice()
DOMESTIC = sample_italian_invoice()
CANTINA = recipient_from(DOMESTIC)


def having(recipient: Recipient, *channels: str, **changes: object) -> Recipient:
    """A recipient with these of its addresses alone."""
    addresses = Addresses(**{one: getattr(EVERYWHERE, one) for one in channels})
    return msgspec.structs.replace(recipient, addresses=addresses, **changes)


def preferring(recipient: Recipient, *routes: Route, blocked: tuple[str, ...] = ()) -> Recipient:
    """A recipient that asked for these ways, and never to be reached over those channels."""
    return msgspec.structs.replace(recipient, preference=Preference(routes=routes, blocked=blocked))


def rule(name: str, *ways: Route, position: int = 1, **changes: object) -> Rule:
    """A rule that always applies."""
    always = Rule(name=name, position=position, route=ways[0], fallback=ways[1:])
    return msgspec.structs.replace(always, **changes)


def channels(decision: Decision) -> list[str]:
    """The channels of a decision: its route, then its fallbacks."""
    ways = (decision.route, *decision.fallbacks) if decision.route else ()
    return [one.channel for one in ways]


# --- the rules that ship ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("invoice", "recipient", "tags", "ways"),
    [
        # abroad: by the best way that reaches the buyer
        (INVOICE, ATELIER, (), ["peppol", "mail", "post"]),
        (INVOICE, having(ATELIER, "mail", "post"), (), ["mail", "post"]),
        (INVOICE, having(ATELIER, "post"), (), ["post"]),
        (INVOICE, having(ATELIER, "peppol"), (), ["peppol"]),
        (INVOICE, having(ATELIER), (), []),
        (sample_credit_note(), ATELIER, (), ["peppol", "mail", "post"]),
        # an Italian seller and buyer: SDI, and a copy where SDI cannot deliver
        (DOMESTIC, having(CANTINA, "sdi", "mail", "post", "peppol"), (), ["sdi", "mail", "post"]),
        (DOMESTIC, having(CANTINA), (), ["sdi"]),
        (DOMESTIC, OFFICE, (), ["sdi"]),
        # a public body without its code is not sent a mail instead
        (DOMESTIC, having(OFFICE, "mail", "peppol"), (), []),
        # an Italian buyer of a seller elsewhere
        (sample_invoice(buyer=Buyer(address=Address(country="IT"))), having(CANTINA, "mail"), (), ["mail"]),
        # a health service to a private person
        (
            sample_italian_invoice(buyer=Buyer(name="Ada Rossini", address=Address(country="IT"))),
            having(CANTINA, "mail", "post"),
            ("health-service",),
            ["mail", "post"],
        ),
        (DOMESTIC, having(CANTINA, "mail", "post"), ("health-service",), ["sdi", "mail", "post"]),
    ],
)
def test_the_rules_that_ship_lead_everybody_somewhere(
    invoice: Invoice, recipient: Recipient, tags: tuple[str, ...], ways: list[str]
) -> None:
    decision = route(invoice, recipient, default_rules(), tags)
    assert channels(decision) == ways
    assert decision.because


def test_a_decision_says_which_rule_applied_to_which_fact() -> None:
    decision = route(DOMESTIC, msgspec.structs.replace(CANTINA, is_derived=False), default_rules())
    assert decision.rule == "Italian buyers, through SDI as FPR12"
    assert decision.because == (
        "Rule “Italian buyers, through SDI as FPR12” applies: buyer country is IT and seller country is IT "
        "(D.Lgs. 127/2015, art. 1)."
    )
    assert [(one.rule, one.why_not) for one in decision.considered] == [
        ("Italian public bodies, through SDI as FPA12", "buyer is not a public body"),
        ("Italian buyers, through SDI as FPR12", "e-mail is passed over: it has no e-mail address"),
    ]


def test_a_recipient_derived_from_the_invoice_is_said_to_be_so() -> None:
    decision = route(INVOICE, recipient_from(INVOICE), default_rules())
    assert channels(decision) == ["peppol", "post"]
    assert decision.because.endswith("The recipient is not known here: its addresses come from the invoice.")


# --- order -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_the_first_rule_by_position_decides_whatever_the_order_given(order: tuple[int, int]) -> None:
    rules = [rule("first", MAIL, position=1), rule("second", POST, position=2)]
    decision = route(INVOICE, ATELIER, [rules[place - 1] for place in order])
    assert (decision.rule, channels(decision)) == ("first", ["mail"])


@pytest.mark.parametrize(
    ("rules", "considered"),
    [
        ([rule("off", MAIL, enabled=False)], []),
        (
            [rule("for Germans", MAIL, condition=Condition(buyer_country=("DE",)))],
            [("for Germans", "buyer country is FR, not DE")],
        ),
        ([rule("by SDI", SDI)], [("by SDI", "SDI is passed over: it is not in Italy and has no SDI code or PEC")]),
    ],
)
def test_a_rule_that_does_not_lead_there_is_passed_over_with_its_reason(
    rules: list[Rule], considered: list[tuple[str, str]]
) -> None:
    recipient = having(ATELIER, "mail", "post")
    decision = route(INVOICE, recipient, [*rules, rule("last", POST, position=9)])
    assert decision.rule == "last"
    assert [(one.rule, one.why_not) for one in decision.considered] == considered


def test_a_fallback_becomes_the_way_where_the_first_does_not_reach_the_recipient() -> None:
    decision = route(INVOICE, having(ATELIER, "mail", "post"), [rule("Peppol first", PEPPOL, MAIL, MAIL, POST)])
    assert (decision.rule, channels(decision)) == ("Peppol first", ["mail", "post"])


# --- preference ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("preferred", "ways", "name"),
    [
        # what it prefers, then what is left of the rule that applies
        ((POST,), ["post", "peppol", "mail"], ""),
        ((POST, MAIL), ["post", "mail", "peppol"], ""),
        # a preferred way that does not reach it
        ((SDI, MAIL), ["mail", "peppol", "post"], ""),
        ((SDI,), ["peppol", "mail", "post"], "usual"),
    ],
)
def test_what_a_recipient_prefers_goes_before_the_rules(preferred: Sequence[Route], ways: list[str], name: str) -> None:
    recipient = preferring(having(ATELIER, "peppol", "mail", "post"), *preferred)
    decision = route(INVOICE, recipient, [rule("usual", PEPPOL, MAIL, POST)])
    assert (channels(decision), decision.rule) == (ways, name)


def test_a_preference_keeps_its_own_format_and_options() -> None:
    wish = Route(channel="mail", format="ubl", options={"attach": True})
    decision = route(INVOICE, preferring(ATELIER, wish), [rule("usual", PEPPOL, MAIL)])
    assert decision.route == wish
    assert decision.because == "Atelier du Lac SARL prefers e-mail."
    assert decision.fallbacks == (PEPPOL,)


def test_a_preference_holds_where_there_are_no_rules() -> None:
    assert channels(route(INVOICE, preferring(ATELIER, MAIL), [])) == ["mail"]


def test_a_channel_that_a_recipient_does_not_want_is_never_used() -> None:
    decision = route(INVOICE, preferring(ATELIER, MAIL, blocked=("mail", "peppol")), default_rules())
    assert channels(decision) == ["post"]
    assert any("it does not want Peppol" in one.why_not for one in decision.considered)


# --- law and guards --------------------------------------------------------------------------------------------------


def test_law_goes_before_what_a_recipient_prefers_and_before_earlier_rules() -> None:
    law = rule("law", PEPPOL, binding=True, position=5)
    decision = route(INVOICE, preferring(ATELIER, MAIL), [rule("usual", POST), law])
    assert (decision.rule, channels(decision)) == ("law", ["peppol"])


def test_where_law_names_a_way_that_is_closed_nothing_is_sent_another_way() -> None:
    decision = route(DOMESTIC, having(OFFICE, "mail", "post", is_derived=False), default_rules())
    assert decision.route is None
    assert decision.rule == "Italian public bodies, through SDI as FPA12"
    assert decision.because == (
        "Rule “Italian public bodies, through SDI as FPA12” applies: buyer country is IT and buyer is a public body "
        "and seller country is IT (DM 55/2013). It is law, so the invoice must go by SDI, but Comune di Rivalta "
        "cannot be reached that way: it lacks the IPA code of its office. "
        "Complete the recipient, then route the invoice again."
    )


def test_a_recipient_cannot_refuse_what_is_law() -> None:
    decision = route(DOMESTIC, preferring(OFFICE, MAIL, blocked=("sdi",)), default_rules())
    assert decision.route is None
    assert "it does not want SDI" in decision.because


def test_a_guard_closes_its_channel_to_rules_preferences_and_law() -> None:
    guard = Rule(
        name="never by mail", never=("mail",), condition=Condition(tag=("secret",)), why="contract 7", position=9
    )
    wish = preferring(ATELIER, MAIL)
    usual = rule("usual", MAIL, POST)
    law = rule("law", MAIL, POST, binding=True)
    for rules in ([usual, guard], [law, guard]):
        decision = route(INVOICE, wish, rules, ("secret",))
        assert channels(decision) == ["post"]
        assert any(
            one.why_not == "e-mail is passed over: rule “never by mail” closes it (contract 7)"
            for one in decision.considered
        )
        assert channels(route(INVOICE, wish, rules)) == ["mail", "post"]


def test_a_guard_that_leaves_no_way_to_the_law_stops_the_invoice() -> None:
    guard = Rule(name="guard", never=("mail",))
    decision = route(INVOICE, ATELIER, [guard, rule("law", MAIL, binding=True), rule("usual", POST, position=3)])
    assert decision.route is None
    assert "rule “guard” closes it" in decision.because


# --- nowhere ---------------------------------------------------------------------------------------------------------


def test_where_nothing_leads_there_the_decision_says_what_is_missing_and_what_to_do() -> None:
    decision = route(INVOICE, having(ATELIER), [rule("by mail", MAIL)])
    assert decision == Decision(
        route=None,
        because="No rule leads to Atelier du Lac SARL: by mail: e-mail is passed over: it has no e-mail address. "
        "Add an address to the recipient, or a rule that fits, then route the invoice again.",
        considered=decision.considered,
    )
    assert "there are no rules" in route(INVOICE, ATELIER, []).because


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({}, "say the way"),
        ({"never": ("sdi",), "fallback": (MAIL,)}, "belong to a way"),
        ({"never": ("sdi",), "binding": True}, "belong to a way"),
    ],
)
def test_a_rule_that_leads_nowhere_cannot_be_made(wrong: dict[str, object], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        msgspec.convert({"name": "x"} | wrong, Rule)


# --- for any invoice, recipient and rules ----------------------------------------------------------------------------


@given(
    INVOICES,
    RECIPIENTS,
    st.lists(RULES | st.sampled_from(default_rules()), max_size=5),
    st.sets(st.sampled_from(("a", "health-service"))),
)
def test_a_decision_only_names_ways_that_reach_the_recipient_and_always_says_why(
    invoice: Invoice, recipient: Recipient, rules: list[Rule], tags: set[str]
) -> None:
    decision = route(invoice, recipient, rules, tags)
    assert decision.because
    assert decision.route or not decision.fallbacks
    for way in (decision.route, *decision.fallbacks):
        if way is not None:
            assert way.channel not in recipient.preference.blocked
            asked = [*recipient.preference.routes, *(one for rule in rules for one in rule.ways)]
            assert way in asked


def test_an_sdi_code_of_the_wrong_kind_stops_an_italian_invoice() -> None:
    wrong = msgspec.structs.replace(CANTINA, addresses=Addresses(sdi=SdiAddress(code="UFAB12"), mail=EVERYWHERE.mail))
    decision = route(DOMESTIC, wrong, default_rules())
    assert decision.route is None
    assert "its SDI code has 6 characters" in decision.because
