"""Files alone: check, convert, route, schema. No database is opened and nothing is kept."""

import itertools
import json
import sys
from collections.abc import Iterator
from collections.abc import Mapping as ByName
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.given import content_of, make_folder, text_of, write
from gateway.cli.proposals import print_proposal
from gateway.cli.screen import complain, line, remark, say, table
from gateway.errors import FileUnreadable, GatewayError

if TYPE_CHECKING:
    from formats.contract import Format, Options
    from gateway.pipeline.rounding import Rounding
    from gateway.pipeline.verdict import Judged
    from gateway.wiring.converting import Converted
    from gateway.wiring.explaining import Explained
    from rules.yaml_form import RuleBook

Mapping = Annotated[Path | None, typer.Option(help="Mapping file (YAML) for CSV exports of this sender.")]
AsJson = Annotated[bool, typer.Option("--json", help="For machines: one JSON object a line.")]
OneFile = Annotated[Path, typer.Argument(help="UBL, FatturaPA, canonical JSON or CSV.")]

FINDING = ("id", "severity", "term", "where", "message", "fix")
_COLOURS = {"fatal": "red", "warning": "yellow", "information": "cyan"}


def register(app: typer.Typer) -> None:
    """Put these commands on the command line."""
    app.command(epilog="Example: `gateway check --profile xrechnung --json invoices/*.xml`")(check)
    app.command(epilog="Example: `gateway convert export.csv --to peppol-bis-3 -o out/`")(convert)
    app.command(epilog="Example: `gateway route invoice.xml --rules rules.yaml`")(route)
    app.command(epilog="Example: `gateway schema > invoice.schema.json`")(schema)


def check(
    files: Annotated[list[Path], typer.Argument(help="UBL, FatturaPA, canonical JSON or CSV.")],
    profile: Annotated[
        str, typer.Option(help="Whose rules apply: auto (as claimed), en16931, peppol-bis-3, xrechnung, fatturapa.")
    ] = "auto",
    as_json: AsJson = False,
    propose: Annotated[
        bool, typer.Option("--propose", help="Also say what would put right an invoice whose sums fail by rounding.")
    ] = False,
    mapping: Mapping = None,
    judge: Annotated[
        bool | None,
        typer.Option(
            "--judge/--no-judge", help="Also ask the official rule sets. Without it: where some are installed."
        ),
    ] = None,
) -> None:
    """Check invoices. Exit 0: all valid; 1: some invalid; 2: something could not be checked.

    Each document gets a verdict of its own, with the place in the file, the reason in words, and what to do.
    """
    from gateway.registry import formats_at_hand

    formats, options, worst = _with_judges(formats_at_hand(), judge), _options(mapping), 0
    for file in files:
        for judged in _judged(formats, file, profile, options):
            rounding = _proposed(formats, judged) if propose else None
            if as_json:
                _print_json(file, judged, {"proposal": rounding and rounding.as_data()} if propose else {})
            else:
                _print_verdict(file, judged)
                print_proposal(rounding)
            worst = max(worst, _exit_code(judged))
    raise typer.Exit(worst)


def _with_judges(formats: "ByName[str, Format]", judge: bool | None) -> "ByName[str, Format]":
    """The formats, with the official rule sets behind their rules. judge: None asks them where there are some."""
    from gateway.surroundings import may_have_judges

    if judge is False or (judge is None and not may_have_judges()):
        return formats
    from gateway.wiring.second_opinion import asked

    return asked(formats, demanded=judge is True)


def _judged(formats: "ByName[str, Format]", file: Path, profile: str, options: "Options") -> Iterator["Judged"]:
    """A verdict on each document of a file; one on the file itself where it cannot be read: the others go on."""
    from gateway.wiring.judging import judge, judged_broken, judged_unreadable

    try:
        yield from judge(formats, content_of(file), file.name, profile, options)
    except FileUnreadable as error:
        yield judged_unreadable(error)
    except GatewayError:
        raise
    except Exception as error:  # noqa: BLE001 - it is said, it is no verdict, and the other files go on
        yield judged_broken(error)


def _options(mapping: Path | None) -> "Options":
    if mapping is None:
        return {}
    from gateway.wiring.senders import options_of

    return options_of({"mapping": text_of(mapping)})


def _exit_code(judged: "Judged") -> int:
    if not judged.could_check:
        return 2
    return 0 if judged.is_valid else 1


def _proposed(formats: "ByName[str, Format]", judged: "Judged") -> "Rounding | None":
    from gateway.wiring.rounding import proposed

    return proposed(formats, judged.checked) if judged.checked is not None else None


def _print_json(file: Path, judged: "Judged", more: "ByName[str, object]") -> None:
    line(
        {
            "file": str(file),
            "format": judged.format,
            "profile": judged.profile,
            "number": judged.number,
            "valid": judged.is_valid,
            "findings": [{name: one[name] for name in FINDING} for one in judged.findings],
            **more,
        }
    )


def _print_verdict(file: Path, judged: "Judged") -> None:
    what = ", ".join(part for part in (judged.number or "no number", judged.format, judged.profile) if part)
    word, colour = ("valid", "green") if judged.is_valid else ("INVALID", "red")
    say(f"{file}: {word if judged.could_check else 'NOT CHECKED'} ({what})", colour=colour, bold=not judged.is_valid)
    for one in judged.findings:
        place = f"{one['where']}: " if one["where"] else ""
        say(f"  {one['severity']} {one['id']}: {place}{one['message']}", colour=_COLOURS.get(str(one["severity"])))
        if one["fix"]:
            say(f"      {one['fix']}", dim=True)
    if judged.applied:
        sets = ", ".join(
            f"{one.name} {one.version} ({one.checks} {'rule' if one.checks == 1 else 'rules'})"
            for one in judged.applied
        )
        say(f"  checked by {sets}", dim=True)


def convert(
    file: OneFile,
    to: Annotated[str, typer.Option(help="json, ubl, peppol-bis-3, fatturapa or pdf.")],
    output: Annotated[
        str | None, typer.Option("-o", "--output", help="A file, or a folder (out/) where there are several invoices.")
    ] = None,
    mapping: Mapping = None,
) -> None:
    """Write an invoice in another format. What the target has no place for is listed on standard error.

    Exit 0: all were written; 2: something could not be.
    """
    from gateway.registry import formats_at_hand
    from gateway.wiring.converting import convert as converted

    made = converted(formats_at_hand(), content_of(file), file.name, to, _options(mapping))
    first = list(itertools.islice(made, 2))
    if len(first) > 1 and (output is None or Path(output).is_file()):
        raise typer.BadParameter(f"{file.name} holds several invoices: name a folder", param_hint="-o")
    if output is not None and (len(first) > 1 or output.endswith("/")):
        make_folder(Path(output))
    could_write = True
    for one in itertools.chain(first, made):
        if isinstance(one, GatewayError):
            complain(str(one), one.code)
            could_write = False
        else:
            _keep(one, Path(output) if output is not None else None, alone=len(first) == 1)
    raise typer.Exit(0 if could_write else 2)


def _keep(one: "Converted", output: Path | None, *, alone: bool) -> None:
    """Write one converted invoice, and say what was left behind."""
    name = one.name(alone=alone)
    if one.faults:
        remark(f"{name}: the invoice is not valid, fatal findings: {one.faults}; `gateway check` shows them.")
    if one.rejected:
        remark(
            f"{name}: it breaks rules of its new format, fatal findings: {one.rejected}; `gateway check` shows them."
        )
    for left in one.not_carried:
        remark(f"{name}: not carried: {left.path} {left.value}: {left.reason}")
    if output is None:
        sys.stdout.buffer.write(one.content)
        return
    write(output / name if output.is_dir() else output, one.content)


def route(
    file: OneFile,
    rules: Annotated[
        Path | None, typer.Option(help="Rule book (YAML) with rules and recipients; without it the rules that ship.")
    ] = None,
    tenant: Annotated[str, typer.Option(help="By the rules and recipients that are kept for this tenant.")] = "",
    as_json: AsJson = False,
    mapping: Mapping = None,
) -> None:
    """Say which way each invoice of a file would go, and why; nothing is sent.

    Exit 0: each has a way; 1: some have none, or break a rule; 2: something could not be read.
    """
    from gateway.registry import formats_at_hand
    from gateway.wiring.explaining import explain

    formats = formats_at_hand()
    worst, book = 0, _rule_book(formats, rules, tenant)
    for one in explain(formats, content_of(file), file.name, book, _options(mapping)):
        if as_json:
            line(one.as_data())
        else:
            _print_way(one)
        goes = one.is_valid and one.decision.route is not None
        worst = max(worst, 0 if goes else 1 if one.could_read else 2)
    raise typer.Exit(worst)


def _rule_book(formats: "ByName[str, Format]", rules: Path | None, tenant: str) -> "RuleBook":
    from gateway.wiring.explaining import rule_book_of

    if not tenant:
        return rule_book_of(formats, text_of(rules) if rules else None)
    from gateway.intake.rule_books import rule_book
    from gateway.wiring.opening import opened_store, tenant_named

    with opened_store() as store, store.of(tenant_named(store, tenant)) as transaction:
        return rule_book(transaction)


def _print_way(one: "Explained") -> None:
    say(f"{one.number or 'no number'}: {one.ways}", bold=True)
    say(f"  {one.decision.because}")
    if one.could_read and not one.is_valid:
        say("  It breaks rules and would not be sent: `gateway check` says which.", colour="red")
    if one.considered:
        table(("asked before", "why it did not decide"), one.considered)


def schema() -> None:
    """Print the JSON Schema of the canonical model."""
    from formats.en16931.json_schema import schema as schema_of_model

    typer.echo(json.dumps(schema_of_model(), indent=2))
