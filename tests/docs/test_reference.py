"""The reference pages say what the code says: states, findings, settings, codes, fields."""

import ast
import re
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from pathlib import Path

import msgspec
import pytest

from channels.mail.settings import MailSettings
from channels.peppol.settings import PeppolSettings
from channels.post.settings import PostSettings
from channels.post.ticket import Terms
from channels.sdi.settings import SdiSettings
from formats.erp import language, sections
from gateway.intake.answers import Answer, DocumentSaid
from gateway.lifecycle import MAY_BECOME, DeliveryState, Headline, Legal, Owner, Payment, Processing, Response
from gateway.signals import SIGNALS
from gateway.wiring.letter_terms import TICKET_TERMS, LetterTerms
from gateway.wiring.packing.orders import MailOptions, PeppolOptions, SdiOptions
from gateway.wiring.senders import SenderSettings
from rules.condition import Condition
from rules.recipient import Recipient
from rules.routing import Rule
from tests.docs.pages import DOCS, ROOT, name_of, rows, section, spans, text_of
from tests.docs.rendered import TABLES, made_anew

SHAPES: dict[str, type[msgspec.Struct]] = {
    "mail": MailSettings,
    "peppol": PeppolSettings,
    "post": PostSettings,
    "sdi": SdiSettings,
}
ROOMS = ("formats", "rules", "channels", "gateway")


def firsts(table: list[tuple[str, ...]]) -> list[str]:
    """The first cell of each row; `a`, `b` in one cell are two."""
    return [one.strip("` ") for row in table for one in row[0].split(", ")]


@pytest.mark.parametrize("page", sorted(name_of(page) for page in DOCS.rglob("*.md")))
def test_tables_that_are_made_of_the_code_are_as_the_code_is(page: str) -> None:
    assert text_of(page) == made_anew(text_of(page)), "run: python -m tests.docs.rendered"


def test_every_table_that_can_be_made_stands_in_one_page() -> None:
    made = [
        name
        for page in DOCS.rglob("*.md")
        for name in re.findall(r"docs\.rendered: ([a-z ]+) -->", page.read_text("utf-8"))
    ]
    assert sorted(made) == sorted(TABLES), "every setting, command, operation, signal and error"


# --- states


@pytest.mark.parametrize(
    ("title", "states"),
    [
        ("Headline", Headline),
        ("Processing", Processing),
        ("Delivery", DeliveryState),
        ("Response", Response),
        ("Payment", Payment),
        ("Legal", Legal),
        ("Who has to act", Owner),
    ],
)
def test_every_state_is_explained_once(title: str, states: type[StrEnum]) -> None:
    listed = firsts(rows(section(text_of("docs/reference/states.md"), title)))
    assert sorted(listed) == sorted(one.value for one in states)


def test_what_a_delivery_may_become_is_what_the_table_of_the_code_lists() -> None:
    told = {
        row[0]: re.findall(r"\w+", row[2]) for row in rows(section(text_of("docs/reference/states.md"), "Delivery"))
    }
    assert {state: sorted(targets) for state, targets in told.items()} == {
        state.value: sorted(one.value for one in targets) for state, targets in MAY_BECOME.items()
    }


# --- findings


@cache
def house_ids() -> set[str]:
    """Every `GW-...` that is a text of its own in the code, and those of the envelope, which are put together."""
    found = {
        text for file in sources() for text in texts_in(file) if re.fullmatch(r"(?:GW|XSD)-[A-Z0-9-]*[A-Z0-9]", text)
    }
    header = (ROOT / "formats" / "peppol" / "header.py").read_text(encoding="utf-8")
    listed = re.search(r"House ids: (.*?)\.\n", header, re.DOTALL)
    assert listed
    return found | {f"GW-SBDH-{one}" for one in re.findall(r"-([A-Z-]+)", listed[1].removeprefix("GW-SBDH"))}


def sources() -> Iterator[Path]:
    """The modules of the four packages."""
    for room in ROOMS:
        yield from (ROOT / room).rglob("*.py")


def texts_in(file: Path) -> Iterator[str]:
    """The texts of a module that are no docstrings of more than one line."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_every_house_finding_is_listed_once() -> None:
    listed = firsts(rows(section(text_of("docs/reference/findings.md"), "House ids")))
    assert sorted(listed) == sorted(house_ids())


def test_the_codes_of_the_envelope_are_those_that_its_module_lists() -> None:
    calls = {"wrong", "_note", "_only", "_named"}
    codes = set()
    for name in ("header.py", "sbdh.py"):
        tree = ast.parse((ROOT / "formats" / "peppol" / name).read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            function = node.func if isinstance(node, ast.Call) else None
            if isinstance(node, ast.Call) and getattr(function, "attr", getattr(function, "id", "")) in calls:
                texts = [one.value for one in node.args if isinstance(one, ast.Constant)]
                codes |= {one for one in texts if isinstance(one, str) and re.fullmatch("[A-Z]+(-[A-Z]+)*", one)}
    assert codes
    assert {f"GW-SBDH-{one}" for one in codes} <= house_ids()


# --- settings and codes of channels


def channel_settings(channel: str) -> list[tuple[str, ...]]:
    """The rows of a channel's settings: those of the first table under the heading."""
    text = section(text_of(f"docs/howto/{channel}.md"), "Settings")
    return rows(text.partition("\n\n| ")[2].partition("\n\n")[0].replace("Setting |", "| Setting |", 1))


@pytest.mark.parametrize("channel", SHAPES)
def test_every_setting_of_a_channel_is_explained_with_its_default(channel: str) -> None:
    told = {row[0]: row[1] for row in channel_settings(channel)}
    fields = {one.name: one for one in msgspec.structs.fields(SHAPES[channel])}
    assert list(told) == list(fields)
    for name, one in fields.items():
        if one.default is msgspec.NODEFAULT:
            assert told[name] == "", f"{name} has no default"
        elif one.default is None:
            assert told[name], f"{name}: say what is so without it"
        else:
            assert told[name] == str(one.default).lower().replace("true", "true"), name


def channel_codes(channel: str) -> set[str]:
    """Every code of failures and signals that a channel may give, as far as it stands in its modules as one text."""
    own = {text for file in (ROOT / "channels" / channel).glob("*.py") for text in texts_in(file)}
    shared = set(
        re.findall(r'f"\{(?:self\.)?channel\}(\.[a-z_]+)"', (ROOT / "channels" / "https.py").read_text("utf-8"))
    )
    uses_https = any(
        "channels.https import" in file.read_text("utf-8") for file in (ROOT / "channels" / channel).glob("*.py")
    )
    codes = {text for text in own if re.fullmatch(rf"{channel}\.[a-z_0-9]+", text)}
    return codes | ({f"{channel}{one}" for one in shared} if uses_https and channel in ("peppol", "sdi") else set())


@pytest.mark.parametrize("channel", SHAPES)
def test_every_code_of_a_channel_is_explained_on_its_page(channel: str) -> None:
    told = {one for one in spans(text_of(f"docs/howto/{channel}.md")) if one.startswith(f"{channel}.")}
    known = set(SIGNALS) | told
    assert channel_codes(channel) - known == set()


@pytest.mark.parametrize("channel", SHAPES)
def test_no_page_explains_a_code_that_nobody_gives(channel: str) -> None:
    told = {one for one in spans(text_of(f"docs/howto/{channel}.md")) if re.fullmatch(rf"{channel}\.[a-z_]+", one)}
    given = channel_codes(channel) | set(SIGNALS) | {f"{channel}.settings", f"{channel}.ca_file"}
    assert told - given == set()


def test_everything_that_can_be_ordered_of_a_letter_is_explained() -> None:
    text = section(text_of("docs/howto/post.md"), "Settings").partition("| Order |")[2]
    told = {row[0]: row[1] for row in rows(f"| Order |{text}")}
    assert list(told) == [one.name for one in msgspec.structs.fields(LetterTerms)]
    of_the_ticket = {one.name: str(one.default) for one in msgspec.structs.fields(Terms)}
    assert {name: told[name] for name in TICKET_TERMS} == {name: of_the_ticket[name] for name in TICKET_TERMS}


@pytest.mark.parametrize(
    ("channel", "options"), [("mail", MailOptions), ("peppol", PeppolOptions), ("sdi", SdiOptions)]
)
def test_every_option_of_a_way_is_explained(channel: str, options: type[msgspec.Struct]) -> None:
    told = {one.partition(":")[0] for one in spans(section(text_of(f"docs/howto/{channel}.md"), "Settings"))}
    assert {one.name for one in msgspec.structs.fields(options)} <= told


def test_every_setting_of_a_sender_is_explained() -> None:
    listed = firsts(rows(text_of("docs/reference/senders.md")))
    assert listed == [one.name for one in msgspec.structs.fields(SenderSettings)]


# --- fields of files and data


def test_the_answer_of_the_sftp_door_is_explained_field_by_field() -> None:
    listed = firsts(rows(section(text_of("docs/reference/files.md"), "`.ack.json`")))
    fields = [one.name for kind in (Answer, DocumentSaid) for one in msgspec.structs.fields(kind)]
    words = ["accepted", "partly", "refused", "duplicate"]
    assert sorted(listed) == sorted([*fields, *words])


@pytest.mark.parametrize(
    ("title", "known"),
    [
        ("Keys", language._KEYS),
        ("`source`", sections._SOURCE_KEYS),
        ("`columns`", sections._COLUMN_KEYS),
    ],
)
def test_every_key_of_a_mapping_file_is_explained(title: str, known: tuple[str, ...]) -> None:
    assert sorted(firsts(rows(section(text_of("docs/reference/mapping.md"), title)))) == sorted(known)


@pytest.mark.parametrize(
    ("title", "kind", "unsaid"),
    [
        ("A rule", Rule, {"position"}),  # the order of the file
        ("Conditions", Condition, set[str]()),
        ("Recipients", Recipient, {"is_derived"}),  # never written
    ],
)
def test_every_key_of_a_rule_book_is_explained(title: str, kind: type[msgspec.Struct], unsaid: set[str]) -> None:
    text = section(text_of("docs/howto/rules.md"), title).partition("\n### ")[0]
    listed = [one for one in firsts(rows(text)) if not re.match(r"[a-z]+:", one)]
    fields = {one.encode_name for one in msgspec.structs.fields(kind)}
    assert sorted(listed) == sorted(fields - unsaid)
