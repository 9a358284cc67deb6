"""`--help` teaches: every command says what it does, what it takes, and shows an example that works."""

import re
import shlex
from collections.abc import Iterator

import pytest
import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from gateway.cli import app
from tests.cli.conftest import Gateway, process


def commands(group: TyperGroup, words: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], TyperCommand]]:
    """Every command with its words."""
    for name, one in group.commands.items():
        if isinstance(one, TyperGroup):
            yield from commands(one, (*words, name))
        else:
            assert isinstance(one, TyperCommand)
            yield (*words, name), one


ROOT = typer.main.get_command(app)
assert isinstance(ROOT, TyperGroup)
ALL = list(commands(ROOT))
NAMES = [" ".join(words) for words, _ in ALL]
CONTRACT = {"check", "convert", "route", "schema", "submit", "log", "status", "resend"} | {
    "serve",
    "work",
    "up",
    "db upgrade",
    "doctor",
}


def test_every_command_that_others_rely_on_is_there() -> None:
    assert set(NAMES) >= CONTRACT


@pytest.mark.parametrize(("words", "command"), ALL, ids=NAMES)
def test_every_command_says_what_it_does_with_an_example(
    gateway: Gateway, words: tuple[str, ...], command: TyperCommand
) -> None:
    ran = gateway(*words, "--help")
    assert ran.code == 0
    assert command.help
    assert command.help.partition("\n")[0].endswith(".")
    assert "Example: gateway" in ran.text or re.search(r"Example: \S+=\S+", ran.text)


@pytest.mark.parametrize(("words", "command"), ALL, ids=NAMES)
def test_an_example_is_a_call_of_its_own_command_with_options_that_it_has(
    words: tuple[str, ...], command: TyperCommand
) -> None:
    example = re.search(r"`(?:[A-Z_]+=\S+ )*gateway (.+)`", command.epilog or "")
    assert example
    typed = shlex.split(re.split(r" [>|]", example[1])[0])
    assert tuple(typed[: len(words)]) == words
    known = {option for one in command.params for option in one.opts}
    assert {word for word in typed if word.startswith("-")} <= known


@pytest.mark.parametrize(("words", "command"), ALL, ids=NAMES)
def test_every_argument_and_option_says_what_it_is(words: tuple[str, ...], command: TyperCommand) -> None:
    for one in command.params:
        assert isinstance(one, TyperArgument | TyperOption)
        assert one.help, f"{' '.join(words)} {one.name}"


@pytest.mark.parametrize("words", [[], ["key"], ["db"]])
def test_without_a_command_those_that_there_are_are_shown(gateway: Gateway, words: list[str]) -> None:
    ran = gateway(*words)
    assert "Usage: gateway" in ran.text + ran.err


@pytest.mark.parametrize(
    "words", [["chek"], ["check"], ["check", "--jsn", "x"], ["log", "--limit", "0"], ["log", "--from", "x"]]
)
def test_a_call_that_is_none_is_answered_with_the_way_to_the_help(gateway: Gateway, words: list[str]) -> None:
    ran = gateway(*words)
    assert (ran.code, ran.out) == (2, b"")
    assert "--help" in ran.err


def test_the_version_is_shown(gateway: Gateway) -> None:
    assert re.fullmatch(r"einvoice-gateway \d+\.\d+\.\d+\n", gateway("--version").text)


def test_a_terminal_that_lacks_letters_stops_nothing() -> None:
    ran = process("check", "--help", PYTHONIOENCODING="ascii")
    assert ran.code == 0
    assert ran.out.isascii()
