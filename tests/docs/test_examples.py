"""What a page shows can be used as it stands there: settings, mappings, rules, answers, exports, code."""

import configparser
import json
import re
import tomllib
from collections.abc import Iterator, Mapping

import msgspec
import pytest

from channels.settings import Secret, read_settings
from formats.erp.language import load_mapping
from formats.erp.mapping import Mapping as CsvMapping
from gateway.api.problems import Problem
from gateway.cli.files import FINDING
from gateway.errors import SenderMustCorrect, TryAgain, WeMustRepair
from gateway.intake.answers import Answer
from gateway.registry import formats_at_hand
from gateway.settings import Settings
from gateway.wiring.judging import judge
from gateway.wiring.senders import SenderSettings
from gateway.wiring.shaping import shaped
from rules.yaml_form import read_rule_book
from tests.docs.pages import ROOT, Block, blocks, name_of, pages, text_of
from tests.docs.test_reference import SHAPES, sources

FAMILIES = (SenderMustCorrect, TryAgain, WeMustRepair)


def shown(*languages: str) -> list[object]:
    """Every block of these languages, named by its page and line."""
    found = ((name_of(page), block) for page in pages() for block in blocks(page.read_text(encoding="utf-8")))
    return [
        pytest.param(undented(block), id=f"{page}:{block.line}") for page, block in found if block.language in languages
    ]


def undented(block: Block) -> str:
    """The text of a block without the margin of the list that it stands in."""
    lines = block.text.splitlines()
    margin = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return "".join(f"{line[margin:]}\n" for line in lines)


def test_every_block_of_code_is_of_a_kind_that_is_tried() -> None:
    known = {"toml", "yaml", "json", "csv", "python", "sh", "ini", "sql", "", "nginx", "caddyfile", "haproxy"}
    used = {block.language for page in pages() for block in blocks(page.read_text(encoding="utf-8"))}
    assert used <= known


@pytest.mark.parametrize("text", shown("toml"))
def test_settings_are_taken(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    given = tomllib.loads(text)
    if "project" in given:  # a piece of pyproject.toml, for who adds a format
        assert list(given["project"]) == ["entry-points"]
        return
    monkeypatch.setenv("GATEWAY_SETTINGS", "none-of-this-machine.toml")
    settings = Settings(**given)
    for channel, table in settings.channels.items():
        plain = {name: value for name, value in table.items() if name != "packing"}
        read_settings(channel, with_secrets(channel, plain), SHAPES[channel])


def with_secrets(channel: str, table: Mapping[str, object]) -> Mapping[str, object]:
    """The settings with a made-up secret in place of each file that holds one."""
    kinds = {one.name: one.type for one in msgspec.structs.fields(SHAPES[channel])}
    secret = {name for name, kind in kinds.items() if Secret in (kind, *getattr(kind, "__args__", ()))}
    files = {name for name in table if name.removesuffix("_file") in secret and name.endswith("_file")}
    return {name.removesuffix("_file") if name in files else name: value for name, value in table.items()}


@pytest.mark.parametrize("text", shown("yaml"))
def test_mappings_and_rule_books_are_taken(text: str) -> None:
    if text.startswith("mapping:"):
        loaded = load_mapping(text)
        assert isinstance(loaded, CsvMapping), loaded
    else:
        book = read_rule_book(text)
        assert book.rules or book.recipients


@pytest.mark.parametrize("text", shown("json"))
def test_answers_are_of_their_form(text: str) -> None:
    given = json.loads(text)
    if "answer_version" in given:
        said = msgspec.json.decode(text, type=Answer)
        assert json.loads(msgspec.json.encode(said)) == given, "no field is missing, none is invented"
    elif "code" in given:
        assert Problem.model_validate(given).model_dump(mode="json") == given
        assert given["code"] in {one.code for family in FAMILIES for one in family.__subclasses__()}
    elif set(given) <= {one.name for one in msgspec.structs.fields(SenderSettings)}:
        assert isinstance(shaped(given, SenderSettings, "a sender"), SenderSettings)
    else:
        assert list(given) == ["file", "format", "profile", "number", "valid", "findings"], "a line of `check --json`"
        assert all(list(one) == list(FINDING) for one in given["findings"])


@pytest.mark.parametrize("text", shown("csv"))
def test_exports_are_valid(text: str) -> None:
    (judged,) = judge(formats_at_hand(), text.encode(), "shown.csv")
    assert judged.is_valid, judged.findings


@pytest.mark.parametrize("text", shown("python"))
def test_code_stands_in_the_code(text: str) -> None:
    assert any(text in file.read_text(encoding="utf-8") for file in sources())


@pytest.mark.parametrize("text", shown("ini"))
def test_unit_files_can_be_read_and_start_the_gateway(text: str) -> None:
    unit = configparser.ConfigParser(strict=True, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment, method-assign]  # how configparser is told to keep capitals
    unit.read_string(text)
    assert unit["Service"]["ExecStart"] in ("/opt/gateway/bin/gateway serve", "/opt/gateway/bin/gateway work")
    assert unit["Install"]["WantedBy"] == "multi-user.target"


def addresses() -> Iterator[object]:
    """Every address of the API that a page names."""
    for page in pages():
        for path in sorted(set(re.findall(r"/v1/[a-z0-9{}/.]+[a-z0-9}]", page.read_text(encoding="utf-8")))):
            yield pytest.param(path.rstrip("/"), id=f"{name_of(page)}:{path}")


@pytest.mark.parametrize("path", list(addresses()))
def test_addresses_of_the_api_exist(path: str) -> None:
    from gateway.api import artefacts, checks, documents, parties, submissions  # noqa: PLC0415 - FastAPI takes a moment

    routers = (artefacts, checks, documents, parties, submissions)
    known = {
        re.sub(r"\{.*?\}", "{}", str(getattr(route, "path", ""))) for one in routers for route in one.router.routes
    }
    known |= {"/v1/openapi.json"}
    assert re.sub(r"\{.*?\}", "{}", path) in known | {one.rpartition("/")[0] for one in known}


def test_the_version_of_the_changelog_is_that_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    newest = re.search(r"^## \[([0-9.]+)\]", text_of("CHANGELOG.md"), re.MULTILINE)
    assert newest
    assert newest[1] == project["version"]
    assert f"einvoice_gateway-{project['version']}-py3" in text_of("docs/quickstart.md")
