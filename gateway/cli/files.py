"""Files alone: check, convert, route, schema. No database is opened and nothing is kept."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.screen import fail, out, table
from gateway.errors import FileUnreadable, GatewayError

if TYPE_CHECKING:
    from gateway.pipeline.verdict import Judged

Mapping = Annotated[Path | None, typer.Option(help="Mapping file (YAML) for CSV exports of this sender.")]
AsJson = Annotated[bool, typer.Option("--json", help="For machines: one JSON object a line.")]
OneFile = Annotated[Path, typer.Argument(help="UBL, FatturaPA, canonical JSON or CSV.")]


def register(app: typer.Typer) -> None:
    """Put these commands on the command line."""
    for command in (check, convert, route, schema):
        app.command()(command)


def check(
    files: Annotated[list[Path], typer.Argument(help="UBL, FatturaPA, canonical JSON or CSV.")],
    profile: Annotated[
        str, typer.Option(help="Whose rules apply: auto (as claimed), en16931, peppol-bis-3, xrechnung, fatturapa.")
    ] = "auto",
    as_json: AsJson = False,
    mapping: Mapping = None,
) -> None:
    """Check invoices. Exit 0: all valid; 1: some invalid; 2: something could not be checked.

    Each document gets a verdict of its own, with the place in the file, the reason in words, and what to do.
    """
    from gateway.registry import formats_at_hand
    from gateway.wiring.judging import judge

    formats, options = formats_at_hand(), _mapping_options(mapping)
    worst = 0
    for file in files:
        try:
            judged_documents = judge(formats, _content(file), file.name, profile, options)
            for judged in judged_documents:
                (_print_json if as_json else _print_verdict)(file, judged)
                worst = max(worst, _exit_code(judged))
        except FileUnreadable as error:
            fail(str(error), error.code)
            worst = 2
    raise typer.Exit(worst)


def _mapping_options(mapping: Path | None) -> dict[str, object]:
    if mapping is None:
        return {}
    from gateway.wiring.senders import options_of

    return dict(options_of({"mapping": _content(mapping).decode("utf-8", errors="replace")}))


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise FileUnreadable(str(file), error.strerror or str(error)) from None


def _exit_code(judged: "Judged") -> int:
    if not judged.could_check:
        return 2
    return 0 if judged.is_valid else 1


def _print_json(file: Path, judged: "Judged") -> None:
    findings = [
        {name: one[name] for name in ("id", "severity", "term", "where", "message", "fix")} for one in judged.findings
    ]
    line = {
        "file": str(file),
        "format": judged.format,
        "profile": judged.profile,
        "number": judged.number,
        "valid": judged.is_valid,
        "findings": findings,
    }
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")


def _print_verdict(file: Path, judged: "Judged") -> None:
    console = out()
    word = "valid" if judged.is_valid else "INVALID"
    what = ", ".join(part for part in (judged.number or "no number", judged.format, judged.profile) if part)
    console.print(f"{file}: {word} ({what})", style="green" if judged.is_valid else "bold red", markup=False)
    for one in judged.findings:
        place = f"{one['where']}: " if one["where"] else ""
        console.print(f"  {one['severity']} {one['id']}: {place}{one['message']}", markup=False)
        if one["fix"]:
            console.print(f"      {one['fix']}", style="dim", markup=False)


def convert(
    file: OneFile,
    to: Annotated[str, typer.Option(help="json, ubl, peppol-bis-3, fatturapa or pdf.")],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Where to write; several invoices need a folder.")
    ] = None,
    mapping: Mapping = None,
) -> None:
    """Write an invoice in another format. Values that the target has no place for are listed on standard error."""
    from gateway.wiring.converting import convert as convert_file

    made = convert_file(_content(file), file.name, to, _mapping_options(mapping))
    if output is None and len(made) > 1:
        raise _several(file, len(made))
    for one in made:
        for left in one.not_carried:
            fail(f"{one.name}: not carried: {left.path} {left.value}: {left.reason}")
        if output is None:
            sys.stdout.buffer.write(one.content)
        else:
            (output / one.name if output.is_dir() else output).write_bytes(one.content)


def _several(file: Path, count: int) -> GatewayError:
    from gateway.errors import NotConverted

    return NotConverted(file.name, "one document", f"it holds {count} invoices. Name a folder with -o.")


def route(
    file: OneFile,
    rules: Annotated[
        Path | None, typer.Option(help="Rule book (YAML) with rules and recipients; without it the default rules.")
    ] = None,
    as_json: AsJson = False,
    mapping: Mapping = None,
) -> None:
    """Say which way each invoice of a file would go, and why; nothing is sent."""
    from gateway.wiring.explaining import explain

    book = _content(rules) if rules else None
    for one in explain(_content(file), file.name, book, _mapping_options(mapping)):
        if as_json:
            sys.stdout.write(json.dumps(one.as_data(), ensure_ascii=False) + "\n")
            continue
        console = out()
        console.print(f"{one.number or 'no number'}: {one.ways}", style="bold", markup=False)
        console.print(f"  {one.because}", markup=False)
        if one.considered:
            console.print(table(("asked before", "why it did not decide"), one.considered))


def schema() -> None:
    """Print the JSON Schema of the canonical model."""
    from formats.en16931.json_schema import schema as schema_of_model

    sys.stdout.write(json.dumps(schema_of_model(), indent=2, ensure_ascii=False) + "\n")
