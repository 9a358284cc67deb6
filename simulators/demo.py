"""`make demo`: the example exports go over four channels, and the log shows the proof.

Ends with `DEMO OK documents=N peppol=N sdi=N mail=N post=N delivered=N action_needed=N` and exit 0, or says what is
missing and exits 1.
"""

import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from simulators.stage import EXAMPLES, DidNotStart, Stage, documents, proof_of, stage, submit, upload

DOCUMENTS = 14
LONGEST = 150.0
FINAL = frozenset({"Delivered", "Accepted", "Refused", "Action needed", "Cancelled", "Paid"})
DONE = frozenset({"Delivered", "Accepted"})
BY_API = "other-companies.json"
_WIDE = 180  # of a table that goes to a file
_STYLES = {"Delivered": "green", "Accepted": "green", "Action needed": "bold red", "In progress": "cyan"}


def main() -> int:
    """Run the demo; the exit code."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=_WIDE)
    console.print(
        "[bold]E-invoicing gateway: the main job, end to end[/] (everything on loopback, with throw-away keys)"
    )
    try:
        with tempfile.TemporaryDirectory(prefix="gateway-demo-") as folder:
            Path(folder).chmod(0o711)  # the embedded database may run as an account of its own
            console.print("Starting PostgreSQL, the gateway, a worker and the network twin ...")
            with stage(Path(folder)) as standing:
                found = _run(console, standing)
    except DidNotStart as error:
        console.print(f"DEMO FAILED: {error}", style="bold red", markup=False)
        return 1
    return _verdict(console, found)


def _run(console: Console, standing: Stage) -> list[dict[str, object]]:
    console.print("Uploading the example exports over SFTP, and one of them over the API ...")
    drop_examples(standing)
    found = when_final(console, standing)
    console.print(_table(standing, found))
    return found


def drop_examples(standing: Stage) -> None:
    """Hand the example exports in: one file over the API, the others over SFTP."""
    files = sorted(one for one in (EXAMPLES / "erp").iterdir() if one.suffix != ".md")
    upload(standing, [one for one in files if one.name != BY_API])
    submit(standing, EXAMPLES / "erp" / BY_API)


def when_final(console: Console, standing: Stage) -> list[dict[str, object]]:
    """Where the documents stand once all of them are final, or when the time is up."""
    until = time.monotonic() + LONGEST
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("documents final", total=DOCUMENTS)
        while True:
            found = documents(standing)
            final = sum(one["headline"] in FINAL for one in found)
            progress.update(task, completed=final)
            if (final == len(found) == DOCUMENTS) or time.monotonic() > until:
                return found
            time.sleep(0.25)


def _table(standing: Stage, found: list[dict[str, object]]) -> Table:
    """The delivery log: the last raw answer of the other side is the proof, by the hash of its bytes."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("number", "recipient", "channel", "state", "proof", "what happened, and what to do"):
        table.add_column(name, overflow="fold")
    for one in found:
        headline, proof = str(one["headline"]), proof_of(standing, str(one["id"]))
        words = str(one["sentence"]) + (f" Next: {one['action']}" if one["action"] else "")
        row = (str(one["number"]), str(one["buyer"]), str(one["channel"] or "none"), headline, proof or "none", words)
        table.add_row(*(Text(cell, style=_STYLES.get(cell, "")) for cell in row))
    return table


def _verdict(console: Console, found: list[dict[str, object]]) -> int:
    channels = Counter(str(one["channel"]) for one in found)
    states = Counter(str(one["headline"]) for one in found)
    delivered = sum(states[one] for one in DONE)
    counts = " ".join(f"{name}={channels[name]}" for name in ("peppol", "sdi", "mail", "post"))
    line = f"documents={len(found)} {counts} delivered={delivered} action_needed={states['Action needed']}"
    unfinished = [str(one["number"]) for one in found if one["headline"] not in FINAL]
    if len(found) != DOCUMENTS or unfinished:
        console.print(f"DEMO FAILED {line} unfinished={','.join(unfinished) or 'none'}", style="bold red")
        return 1
    print(f"DEMO OK {line}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
