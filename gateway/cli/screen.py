"""What a person sees in a terminal: tables, colours where there is one, errors with the way out on standard error."""

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

_STYLES = {
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


def out() -> Console:
    """Standard output."""
    return Console(highlight=False, soft_wrap=True)


def fail(message: str, code: str = "") -> None:
    """Say on standard error what went wrong and what to do."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    console.print(Text.assemble(("Error: ", "bold red"), message, (f"  [{code}]" if code else "", "dim")))


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """A table; words that the desk colours are coloured here as well."""
    made = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        made.add_column(column, overflow="fold")
    for row in rows:
        # Text, not markup: what an invoice says is never read as an instruction to the terminal.
        made.add_row(*(Text(_plain(cell), style=_STYLES.get(cell, "")) for cell in row))
    return made


def _plain(cell: str) -> str:
    """The cell without control characters: foreign text must not move the cursor."""
    return "".join(letter if letter.isprintable() else " " for letter in cell)
