"""The command line: one module a family of commands, each command a few lines that call one function.

    check, convert, schema, route    files alone: no database, nothing kept
    submit                           a client of the API
    log, status, resend              the log of this installation
    serve, work, up, db, doctor      running it
    tenant, sender, key, sftp, user, rules    who may come in, and where invoices go

Imports stand inside the commands: the time to start is felt at each of them.
"""

import sys

import typer

from gateway.cli import administration, documents, files, running
from gateway.cli.screen import fail
from gateway.errors import GatewayError

app = typer.Typer(
    name="gateway",
    help="E-invoicing gateway: from an ERP export to a delivered invoice with proof.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
for _family in (files, documents, running, administration):
    _family.register(app)


def main() -> None:
    """Run one command. Exit codes: 0 done, 1 a document is invalid or the answer is no, 2 it could not be done."""
    try:
        app()
    except GatewayError as error:
        fail(str(error), error.code)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
