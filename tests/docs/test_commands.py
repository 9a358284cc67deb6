"""Every command that the documentation tells people to type exists, with its options."""

import re
import shlex

import pytest
import typer
from typer.core import TyperGroup

from gateway.cli import app
from tests.docs.pages import ROOT, commands, name_of, pages, text_of

PAGES = [name_of(page) for page in pages()]
CLI = typer.main.get_command(app)


def targets() -> set[str]:
    """The targets of the Makefile."""
    return set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


@pytest.mark.parametrize("page", PAGES)
def test_every_make_target_exists(page: str) -> None:
    for call in commands(text_of(page), "make"):
        target = call.split()[0]
        assert target in targets(), f"{page}: make {call}"


@pytest.mark.parametrize("page", PAGES)
def test_every_gateway_command_exists_with_its_options(page: str) -> None:
    for call in commands(text_of(page), "gateway"):
        assert (said := wrong_with(call)) == "", f"{page}: gateway {call}: {said}"


def wrong_with(call: str) -> str:
    """What is wrong with a call of the command line, "" where nothing is."""
    words = shlex.split(call.partition(" # ")[0])
    command = CLI
    while isinstance(command, TyperGroup) and words and not words[0].startswith("-"):
        name, *words = words
        if name.isupper():  # `gateway COMMAND --help`
            return ""
        if name.startswith("-"):  # `gateway --version`
            words = [name, *words]
            break
        if name not in command.commands:
            return f"there is no command {name}"
        command = command.commands[name]
    known = {option for one in command.params for option in (*one.opts, *one.secondary_opts)} | {"--help"}
    options = (word.partition("=")[0] for word in words if word.startswith("-"))
    return ", ".join(f"there is no option {one}" for one in options if one not in known)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ("check --json invoice.xml", ""),  # as it is
        ("chek invoice.xml", "there is no command chek"),  # misspelt
        ("key add NAME --weeks 3", "there is no option --weeks"),  # an option of nothing
        ("db downgrade", "there is no command downgrade"),  # below a command that has others
    ],
)
def test_a_wrong_command_would_be_found(call: str, said: str) -> None:
    assert wrong_with(call) == said


def test_a_command_is_found_wherever_it_stands_in_a_line_of_code() -> None:
    block = "```sh\nexport A=b && X=y gateway db \\\n  upgrade | less\n$ .venv/bin/gateway doctor\n```\n"
    text = f"Run `gateway log`, or\n\n{block}"
    assert sorted(commands(text, "gateway")) == ["db upgrade", "doctor", "log"]


def test_the_readme_promises_two_commands() -> None:
    promised = [line.strip() for line in text_of("README.md").splitlines() if line.startswith("    make ")]
    assert promised == ["make demo", "make test"]
    assert {"demo", "test"} <= targets()


def test_the_readme_shows_the_last_line_of_the_demo() -> None:
    shown = re.search(r"^    (DEMO OK .*)$", text_of("README.md"), re.MULTILINE)
    assert shown
    counts = {name: int(count) for name, count in re.findall(r"(\w+)=(\d+)", shown[1])}
    assert list(counts) == ["documents", "peppol", "sdi", "mail", "post", "delivered", "action_needed"]
    assert counts["delivered"] + counts["action_needed"] == counts["documents"]
    listed = re.findall(r"^\| \S+ \| \S+\.(?:csv|xml|json) \|", text_of("examples/erp/README.md"), re.MULTILINE)
    assert counts["documents"] == len(listed)
