"""What is said in a terminal: lines and tables for people, JSON for machines, errors with the way out.

Whatever an invoice says is shown as text: no control character of it reaches the terminal, none of it is read as
markup. What draws tables is loaded when there is one.
"""

import io
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import typer

if TYPE_CHECKING:
    from rich.console import Console

_STYLES: Final = {
    "Delivered": "green",
    "Accepted": "green",
    "Paid": "green",
    "Action needed": "bold red",
    "Refused": "red",
    "In progress": "cyan",
    "Cancelled": "dim",
    "fatal": "bold red",
    "warning": "yellow",
    "information": "cyan",
}
# A table that goes to a file or another program is as wide as what it says.
_NO_TERMINAL: Final = 10_000


def prepare() -> None:
    """See that a terminal that lacks a letter shows something for it, and stops nothing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def say(text: str, *, colour: str | None = None, bold: bool = False, dim: bool = False) -> None:
    """One line for people. colour: where there is a terminal that has it."""
    typer.secho(plain(text), fg=colour, bold=bold or None, dim=dim or None)


def complain(message: str, code: str = "") -> None:
    """Say on standard error what went wrong and what to do."""
    typer.echo(typer.style("Error: ", fg="red", bold=True) + plain(message) + (f"  [{code}]" if code else ""), err=True)


def remark(message: str) -> None:
    """Say on standard error what is worth knowing and stops nothing."""
    typer.echo(typer.style("Note: ", fg="yellow") + plain(message), err=True)


def line(data: Mapping[str, object]) -> None:
    """One JSON object on a line of its own, for machines: in ASCII, so that nothing but its end looks like one."""
    typer.echo(json.dumps(data))


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table; words that the desk colours are coloured here as well."""
    from rich.table import Table
    from rich.text import Text

    made = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        made.add_column(column, overflow="fold")
    for row in rows:
        # Text, not markup: what an invoice says is never an instruction.
        made.add_row(*(Text(plain(cell), style=_STYLES.get(cell, "")) for cell in row))
    _console().print(made)


def _console() -> "Console":
    from rich.console import Console

    return Console(highlight=False, width=None if sys.stdout.isatty() else _NO_TERMINAL)


def plain(text: str) -> str:
    """The text on one line and without control characters: foreign text must not move the cursor, nor turn around."""
    return "".join(letter if letter.isprintable() or letter == "\xa0" else " " for letter in text)
