"""Tables of the documentation that are made of the code: `python -m tests.docs.rendered` writes them anew.

A table stands in a page between `<!-- made by tests.docs.rendered: NAME -->` and `<!-- end -->`.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Final

import typer
from fastapi.routing import APIRoute
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from typer.core import TyperArgument, TyperGroup, TyperOption

from formats.fatturapa.checks import READABILITY, SDI_CONTROLS
from formats.fatturapa.schema import SCHEMA_CHECKS
from formats.fatturapa.sdi_sending import SENDING_CONTROLS
from gateway import errors, registry
from gateway.api import artefacts, checks, documents, parties, submissions
from gateway.api.problems import TITLES, status_of
from gateway.cli import app
from gateway.errors import GatewayError, SenderMustCorrect, TryAgain, WeMustRepair
from gateway.lifecycle import Owner
from gateway.settings import Settings
from gateway.signals import SIGNALS, Effect
from tests.docs.pages import DOCS

_MADE: Final = re.compile(r"(<!-- made by tests\.docs\.rendered: ([a-z ]+) -->\n).*?(<!-- end -->)", re.DOTALL)
_FAMILIES: Final[Mapping[str, type[GatewayError]]] = {
    "sender": SenderMustCorrect,
    "later": TryAgain,
    "ours": WeMustRepair,
}


def made_anew(text: str) -> str:
    """The page with every table of this kind as the code is now."""
    return _MADE.sub(lambda found: f"{found[1]}{TABLES[found[2]]()}{found[3]}", text)


def _table(head: Sequence[str], body: Iterable[Sequence[str]]) -> str:
    rows = [head, ["---"] * len(head), *body]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |\n" for row in rows)


def _signals(channel: str) -> str:
    head = ("Signal", "What the timeline says", "Delivery", "Buyer's answer", "For tax", "Who acts", "Next step")
    found = {name: effect for name, effect in SIGNALS.items() if name.startswith(f"{channel}.")}
    return _table(head, (_signal(name, effect) for name, effect in found.items()))


def _signal(name: str, effect: Effect) -> tuple[str, ...]:
    return (
        f"`{name}`",
        _said(effect.sentence),
        f"`{effect.delivery.value}`" if effect.delivery else "",
        f"`{effect.response.value}`" if effect.response else "",
        f"`{effect.legal.value}`" if effect.legal else "",
        effect.owner.value if effect.owner is not Owner.NOBODY else "",
        " ".join(filter(None, (_said(effect.action), f"Within {_days(effect.days)}." if effect.days else ""))),
    )


def _said(sentence: str) -> str:
    """A sentence with a sign for the other side's own words."""
    return re.sub(r"\{(?:text|code)\}", "…", sentence).replace("….", "…")


def _days(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"


def _errors(family: str) -> str:
    leaves = [one for one in _FAMILIES[family].__subclasses__() if one.__module__ == errors.__name__]
    return _table(("Code", "HTTP", "Message"), (_error(leaf) for leaf in leaves))


def _error(leaf: type[GatewayError]) -> tuple[str, ...]:
    message = re.sub(
        r"\{(\w+)[^}]*\}", lambda field: f"*{field[1].replace('_', ' ')}*", " ".join((leaf.__doc__ or "").split())
    )
    # What the status hangs on is the kind of error alone, so one without fields will do.
    return f"`{leaf.code}`", str(status_of(leaf.__new__(leaf))), message


def _check_sets() -> str:
    """Every check set that a profile or a format applies, with the ids of its checks; the same ids stand once."""
    sets = [
        (one.name, one.version, sorted(one.ids))
        for profile in registry.load().profiles.values()
        for one in profile.rules
    ]
    of_files = (READABILITY, SCHEMA_CHECKS, SDI_CONTROLS, SENDING_CONTROLS)
    sets += [(one.name, one.version, sorted(one.ids)) for one in of_files]
    found: dict[tuple[str, str, str], list[str]] = {}
    for name, version, ids in sets:
        names = found.setdefault((version, str(len(ids)), ", ".join(_in_ranges(ids))), [])
        names += [f"`{name}`"] if f"`{name}`" not in names else []
    body = sorted((", ".join(names), *rest) for rest, names in found.items())
    return _table(("Check set", "Version", "Checks", "Ids"), body)


def _in_ranges(ids: Iterable[str]) -> Iterator[str]:
    """Ids with a run of consecutive numbers written as one: `BR-01 to BR-16, BR-18`."""
    ordered = sorted((*_parted(one), one) for one in ids)
    for _, run in groupby(enumerate(ordered), key=lambda pair: (pair[1][0], pair[1][1] - pair[0])):
        names = [name for _, (_, _, name) in run]
        yield names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"


def _parted(identifier: str) -> tuple[str, int]:
    """What stands before the number at the end, and the number; one without such a number is a kind of its own."""
    found = re.fullmatch(r"(.*?)(\d+)", identifier)
    return (found[1], int(found[2])) if found else (identifier, 0)


def _settings(name: str) -> str:
    """One table of the settings file: what may stand in it, what is so without it."""
    top = Settings.model_fields
    nested = top[name].annotation if name else None
    shape = nested if isinstance(nested, type) and issubclass(nested, BaseModel) else Settings
    fields = {field: one for field, one in shape.model_fields.items() if name or not one.default_factory}
    head = ("Setting", "Default", "In the environment", "What it is")
    return _table(head, (_setting(name, field, one) for field, one in fields.items()))


def _setting(table: str, name: str, field: FieldInfo) -> tuple[str, ...]:
    variable = field.validation_alias or f"GATEWAY_{table}__{name}".replace("_" * 3, "_").upper()
    default = "" if field.default is None else f"`{_toml(field.default)}`"
    return f"`{name}`", default, f"`{variable}`", field.description or ""


def _toml(value: object) -> str:
    """A value as it stands in a TOML file."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | Path):
        return f'"{value}"'
    assert isinstance(value, int | float)
    return f"{int(value):_}" if value == int(value) and value > 9_999 else f"{value:g}"


def _command(words: str) -> str:
    """What one command takes: its arguments and options."""
    command = typer.main.get_command(app)
    for word in words.split():
        assert isinstance(command, TyperGroup)
        command = command.commands[word]
    taken = (_taken(one) for one in command.params if isinstance(one, TyperArgument | TyperOption))
    return f"{' '.join((command.help or '').split())}\n\n" + _table(("", "What it is"), taken)


def _taken(parameter: TyperArgument | TyperOption) -> tuple[str, str]:
    if isinstance(parameter, TyperArgument):
        name = (parameter.name or "").upper() + ("..." if parameter.nargs != 1 else "")
    else:
        name = ", ".join((*parameter.opts, *parameter.secondary_opts))
    default = parameter.default
    usual = f" Without it: {default}." if isinstance(default, str | int) and default and default is not True else ""
    needed = " Needed." if parameter.required else ""
    return f"`{name}`", f"{parameter.help or ''}{usual}{needed}"


def _operations() -> str:
    """The operations of the API."""
    routes = [one for room in (submissions, documents, artefacts, parties, checks) for one in room.router.routes]
    body = (
        (f"`{' '.join(sorted(one.methods or ()))} {one.path_format}`", one.summary or "")
        for one in routes
        if isinstance(one, APIRoute)
    )
    return _table(("Operation", "What it does"), body)


def _problems() -> str:
    return _table(("Status", "Title"), ((str(status), title) for status, title in sorted(TITLES.items())))


SETTINGS_TABLES: Final = tuple(
    name
    for name, one in Settings.model_fields.items()
    if isinstance(one.annotation, type) and issubclass(one.annotation, BaseModel)
)
COMMANDS: Final = tuple(
    f"{name} {below}" if below else name
    for name, one in typer.main.get_command(app).commands.items()  # type: ignore[attr-defined]  # it is a group
    for below in (one.commands if isinstance(one, TyperGroup) else ("",))
)
TABLES: Final[Mapping[str, Callable[[], str]]] = {
    **{f"{channel} signals": partial(_signals, channel) for channel in ("peppol", "sdi", "mail", "post", "gateway")},
    "check sets": _check_sets,
    "settings": partial(_settings, ""),
    **{f"settings {name}": partial(_settings, name) for name in SETTINGS_TABLES},
    **{f"command {name}": partial(_command, name) for name in COMMANDS},
    "operations": _operations,
    "problems": _problems,
    **{f"{family} errors": partial(_errors, family) for family in _FAMILIES},
}


def main() -> None:
    """Write every table of every page anew."""
    for page in sorted(DOCS.rglob("*.md")):
        text = page.read_text(encoding="utf-8")
        page.write_text(made_anew(text), encoding="utf-8")


if __name__ == "__main__":
    main()
