"""The command line: one module a family of commands, each command a few lines that call one function.

    files           check, convert, route, schema: no database, nothing kept
    explaining      explain: a rule in plain words
    documents       submit, a client of the API; log, status, resend
    running         serve, work, up, db, doctor
    artefacts       artefacts: official rule sets as judges
    administration  tenant, sender, key, sftp, user, rules: who may come in, and where invoices go
    screen          what is said in a terminal; timeline: one document there
    given           files that were named

Imports stand inside the commands: the time to start is felt at each of them.
"""

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from gateway.cli import administration, artefacts, documents, explaining, files, running
from gateway.cli.screen import complain, prepare, say
from gateway.errors import GatewayError

app = typer.Typer(
    name="gateway",
    help="E-invoicing gateway: from an ERP export to a delivered invoice with proof.",
    epilog="Start with: `gateway check invoice.xml`",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
for _family in (files, explaining, documents, running, artefacts, administration):
    _family.register(app)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        say(f"einvoice-gateway {version('einvoice-gateway')}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show it and end.")
    ] = False,
) -> None:
    """E-invoicing gateway: from an ERP export to a delivered invoice with proof."""
    del version


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command. Exit codes: 0 done, 1 a document is invalid or the answer is no, 2 it could not be done.

    arguments: those after the name of the program; None takes them from the command line.
    """
    prepare()
    try:
        app(args=arguments, prog_name="gateway")
    except GatewayError as error:
        complain(str(error), error.code)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
