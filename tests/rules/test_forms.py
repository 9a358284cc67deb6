"""Rules, recipients and decisions as JSON and as YAML: what is written is read, and what is wrong is named."""

import json
import typing

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.condition import Amount, Condition
from rules.exact_yaml import read_yaml
from rules.identity import KINDS
from rules.plain_form import _STRUCTS, FREE, LISTS, WrongForm, from_plain, to_plain
from rules.recipient import Mailboxes, Recipient, Route
from rules.routing import Decision, Rule, route
from rules.yaml_form import RuleBook, default_rules, read_rule_book, write_rule_book
from tests.rules.samples import ATELIER, OFFICE, RECIPIENTS, RULES
from tests.samples import sample_invoice


@given(RULES | RECIPIENTS)
def test_what_is_written_as_json_is_read(value: Rule | Recipient) -> None:
    assert from_plain(type(value), json.loads(json.dumps(to_plain(value)))) == value
    assert from_plain(type(value), to_plain(value)) == value


def test_a_decision_can_be_kept_as_json() -> None:
    decision = route(sample_invoice(), ATELIER, default_rules())
    assert from_plain(Decision, json.loads(json.dumps(to_plain(decision)))) == decision


def numbered(rules: list[Rule]) -> tuple[Rule, ...]:
    return tuple(msgspec.structs.replace(rule, position=place) for place, rule in enumerate(rules, 1))


@given(
    st.lists(RULES, max_size=3, unique_by=lambda one: one.name).map(numbered),
    st.lists(RECIPIENTS, max_size=2, unique_by=lambda one: one.id).map(tuple),
)
def test_what_is_written_as_yaml_is_read(rules: tuple[Rule, ...], recipients: tuple[Recipient, ...]) -> None:
    book = RuleBook(rules, recipients)
    written = write_rule_book(book)
    assert read_rule_book(written) == book if rules or recipients else written == "{}\n"


def test_rules_are_written_in_the_order_of_their_positions() -> None:
    rules = tuple(msgspec.structs.replace(rule, position=100 - rule.position) for rule in default_rules())
    again = read_rule_book(write_rule_book(RuleBook(rules))).rules
    assert [rule.name for rule in again] == [rule.name for rule in reversed(default_rules())]
    assert [rule.position for rule in again] == list(range(1, len(rules) + 1))


def test_a_rule_is_written_as_a_person_would() -> None:
    rule = Rule(
        name="Large invoices to Norway",
        condition=Condition(buyer_country=("NO",), amount=from_plain(Amount, {"over": "5000", "currency": "NOK"})),
        route=Route(channel="mail", options={"attach": True}),
    )
    assert write_rule_book(RuleBook((rule,))) == (
        "rules:\n"
        "- name: Large invoices to Norway\n"
        "  when:\n"
        "    buyer_country: NO\n"
        "    amount:\n"
        "      currency: NOK\n"
        "      over: 5000\n"
        "  then:\n"
        "    channel: mail\n"
        "    format: pdf\n"
        "    options:\n"
        "      attach: true\n"
    )


def test_the_rules_that_ship_are_guards_law_and_three_ways() -> None:
    rules = default_rules()
    assert [rule.position for rule in rules] == [1, 2, 3, 4, 5, 6]
    assert [rule.route.channel if rule.route else rule.never for rule in rules] == [
        ("sdi",), "sdi", "sdi", "peppol", "mail", "post",
    ]  # fmt: skip
    assert [rule.name for rule in rules if rule.binding] == [rules[1].name, rules[2].name]


def test_a_single_text_stands_for_a_list_exactly_where_lists_of_texts_are() -> None:
    fields = [(struct, one) for struct in _STRUCTS for one in msgspec.structs.fields(struct)]
    lists = {one.encode_name for _, one in fields if one.type == tuple[str, ...] or is_list_of_annotated_text(one.type)}
    assert lists == LISTS
    mappings = {
        one.encode_name
        for _, one in fields
        if typing.get_origin(one.type) is typing.get_origin(typing.Mapping[str, str])
    }
    assert mappings == FREE


def is_list_of_annotated_text(kind: object) -> bool:
    """Whether it is a tuple of texts of a pattern, perhaps with a least length."""
    if typing.get_origin(kind) is typing.Annotated:
        kind = typing.get_args(kind)[0]
    inner = typing.get_args(kind)[:1]
    return typing.get_origin(kind) is tuple and typing.get_args(*inner)[:1] == (str,)


def test_recipients_are_written_with_their_addresses() -> None:
    book = read_rule_book(write_rule_book(RuleBook(recipients=(ATELIER, OFFICE))))
    assert book.recipients == (ATELIER, OFFICE)
    assert "to: compta@atelier.example\n" in write_rule_book(book)


def test_the_texts_inside_lists_may_stand_alone_too() -> None:
    anywhere = from_plain(Condition, {"any_of": ({"tag": "a"}, {"tag": ["b", "c"]})})
    assert anywhere.any_of == (Condition(tag=("a",)), Condition(tag=("b", "c")))


def test_a_list_may_be_written_as_its_only_member() -> None:
    assert from_plain(Mailboxes, {"to": "a@x.example"}) == from_plain(Mailboxes, {"to": ["a@x.example"]})
    assert from_plain(Route, {"channel": "mail", "options": {"to": "x"}}).options == {"to": "x"}


# --- what is wrong ---------------------------------------------------------------------------------------------------

RULE = "rules:\n- name: x\n  "


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            RULE + "when: {tagg: a}\n  never: sdi",
            "rules[0].when (line 3): there is no `tagg` here; did you mean `tag`?",
        ),
        (RULE + "when: {zzz: a}\n  never: sdi", "rules[0].when (line 3): there is no `zzz` here"),
        (
            RULE + "when: {tag: 0201}\n  never: sdi",
            "rules[0].when.tag (line 3): a number stands here, but it must be a list",
        ),
        (
            RULE + "when: {tag: [0201]}\n  never: sdi",
            "rules[0].when.tag[0] (line 3): a number stands here, but it must be text: put it in quotes",
        ),
        (
            RULE + "when: {public_body: yes}\n  never: sdi",
            "rules[0].when.public_body (line 3): text stands here, but it must be true or false",
        ),
        (
            RULE + "when: {buyer_country: Italy}\n  never: sdi",
            "rules[0].when.buyer_country[0] (line 3): it must be a country code of two capitals, such as IT",
        ),
        (
            RULE + "when:\n    amount:\n      over: 5.000,00\n      currency: EUR\n  never: sdi",
            "rules[0].when.amount.over (line 5): it must be a number, such as 5000 or 99.50",
        ),
        (RULE + "when: {amount: {over: 1}}\n  never: sdi", "rules[0].when.amount (line 3): `currency` is missing"),
        (
            RULE + "when: {document: bill}\n  never: sdi",
            "rules[0].when.document[0] (line 3): it must be invoice, credit_note or a type code such as 381",
        ),
        (RULE + "then: {channel: fax}", "rules[0].then (line 3): say the format: the channel `fax` has no usual one"),
        (
            RULE + "then: {channel: mail, options: 5}",
            "rules[0].then.options (line 3): a number stands here, but it must be names with values",
        ),
        ("rules:\n- never: sdi", "rules[0] (line 2): `name` is missing"),
        (
            "rules:\n- name: x\n  never: sdi\n- name: x\n  never: sdi",
            "rules (line 1): the name `x` is given more than once",
        ),
        ("rules: 5", "rules (line 1): a list must stand here"),
        ("rulez: []", "rulez (line 1): there is no `rulez` here; a file has `rules` and `recipients`"),
        (
            "recipients:\n- id: a\n  name: b\n  addresses:\n    mail:\n      to: a b",
            "recipients[0].addresses.mail.to[0] (line 6): it must be one e-mail address",
        ),
        (
            "recipients:\n- id: a\n  name: b\n  addresses: {mail: {to: []}}",
            "recipients[0].addresses.mail.to (line 4): it must not be empty",
        ),
        (
            "recipients:\n- id: a\n  name: b\n  identifiers: IT01234560157",
            "recipients[0] (line 2): `IT01234560157` begins with none of " + ", ".join(KINDS) + ", followed by a colon",
        ),
        (
            "recipients:\n- id: a\n  name: b\n  addresses: {sdi: {code: AB}}",
            "recipients[0].addresses.sdi.code (line 4): it must be an SDI code of 6 or 7 letters and digits",
        ),
        # YAML that means something else than it looks like
        ("- a", "line 1: the file must have `rules:` or `recipients:` in it"),
        ("", "line 1: the file must have `rules:` or `recipients:` in it"),
        ("rules: [", "line 1: this is not YAML: expected the node content, but found '<stream end>'"),
        ("rules:\n\t- x", "line 2: this is not YAML: found character '\\t' that cannot start any token"),
        ("rules: \x00", "this is not YAML: unacceptable character #x0000: special characters are not allowed"),
        ("a: 1\na: 2", "line 2: `a` stands here twice"),
        ("? [a]\n: 1", "line 1: a name must be text"),
        ("a: &x 1", "line 1: anchors (&) and aliases (*) are not read: write the value out, or put it in quotes"),
        ("a:\n  b: *x", "line 2: anchors (&) and aliases (*) are not read: write the value out, or put it in quotes"),
        (
            "a: !!python/object/apply:os.system [ls]",
            "line 1: tags (!) are not read: remove it, or put the value in quotes",
        ),
        ("%YAML 1.1\n---\na: NO", "line 2: YAML 1.2 without tags is read: remove the line that begins with %"),
        ("a: 1\n---\nb: 1", "line 2: a second document begins here: put all in one"),
        ("[" * 2_000, "line 1: this is nested more than 40 levels deep"),
        ("#" * 5_000_001, "the file has more than 5,000,000 characters: split it"),
    ],
)
def test_a_fault_names_its_place_its_line_and_the_way_out(text: str, fault: str) -> None:
    with pytest.raises(WrongForm) as refused:
        read_rule_book(text)
    assert str(refused.value) == fault


def test_all_faults_of_a_file_are_told_at_once() -> None:
    text = "rules:\n- name: a\n- name: b\n  never: sdi\n- name: b\n  never: 7\nrecipients:\n- id: a"
    with pytest.raises(WrongForm) as refused:
        read_rule_book(text)
    assert [(fault.path, fault.line) for fault in refused.value.faults] == [
        ("rules[0]", 2),
        ("rules[2].never", 6),
        ("recipients[0]", 8),
    ]


@pytest.mark.parametrize("plain", [None, 5, "x", [], {1: 2}, {"name": "x", "never": [None]}])
def test_what_is_no_rule_is_refused(plain: object) -> None:
    with pytest.raises(WrongForm):
        from_plain(Rule, plain)


def test_an_option_is_a_simple_value() -> None:
    with pytest.raises(WrongForm, match="nothing stands here, but it must be true or false, a number, text or a list"):
        from_plain(Route, {"channel": "mail", "options": {"subject": None}})


def test_a_bottomless_condition_is_refused() -> None:
    plain: dict[str, object] = {}
    for _ in range(10_000):
        plain = {"not": plain}
    with pytest.raises(WrongForm, match="nested more than 40 levels"):
        from_plain(Condition, plain)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("NO", "'NO'"),  # Norway
        ("yes", "'yes'"),
        ("on", "'on'"),
        ("010", "10"),
        ("0o17", "'0o17'"),
        ("0x1F", "'0x1F'"),
        ("12:30", "'12:30'"),
        ("1_000", "'1_000'"),
        ("1.50", "Decimal('1.50')"),
        ("-3", "-3"),
        ("true", "True"),
        ("'true'", "'true'"),
        ("~", "None"),
        (".inf", "'.inf'"),
        ("2026-01-02", "'2026-01-02'"),
        ("9" * 5_000, repr("9" * 5_000)),
    ],
)
def test_a_scalar_is_read_as_exactly_what_it_says(text: str, value: str) -> None:
    plain, _ = read_yaml(f"a: {text}")
    assert isinstance(plain, dict)
    assert repr(plain["a"]) == value
