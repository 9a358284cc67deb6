"""The official rule sets as judges: installed, listed and removed by who runs the gateway."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.given import content_of
from gateway.cli.screen import say, table

if TYPE_CHECKING:
    from gateway.judges import Judges


def register(app: typer.Typer) -> None:
    """Put these commands on the command line."""
    family = typer.Typer(help="Official rule sets that judge beside the gateway's own.", no_args_is_help=True)
    family.command("add", epilog="Example: `gateway artefacts add EN16931-UBL-validation.xslt --as en16931`")(add)
    family.command("list", epilog="Example: `gateway artefacts list`")(list_all)
    family.command("remove", epilog="Example: `gateway artefacts remove en16931`")(remove)
    app.add_typer(family, name="artefacts")


def _judges() -> "Judges":
    from gateway.settings import read_settings
    from gateway.wiring.second_opinion import judges_of

    return judges_of(read_settings())


def add(
    file: Annotated[
        Path, typer.Argument(help="Schematron compiled to XSLT (.xslt). It is run: know where it is from.")
    ],
    name: Annotated[
        str,
        typer.Option(
            "--as",
            help="Whose rules it holds: en16931, peppol-bis-3, peppol-bis-3-self-billing or xrechnung; "
            "without it, as the file is called.",
        ),
    ] = "",
) -> None:
    """Install an official rule set: it judges beside the gateway's own rules, and the stricter verdict holds.

    It is tried first, on an empty invoice, and takes the place of the one before it.
    """
    from gateway.registry import formats_at_hand
    from gateway.wiring.second_opinion import add as install

    installed = install(formats_at_hand(), _judges(), name or file.stem, content_of(file))
    say(f"{installed.rules}: {installed.sha256} judges from now on.")


def list_all() -> None:
    """List the official rule sets that are installed, with their hashes and what they disagreed on."""
    rows = [(one.rules, one.sha256, str(count.disagreed), str(count.broke)) for one, count in _judges().counts()]
    table(("rule set", "SHA-256", "disagreed", "broke down"), rows)


def remove(
    name: Annotated[str, typer.Argument(help="Name of the rule set, as `gateway artefacts list` shows it.")],
) -> None:
    """Remove an official rule set: the gateway's own rules judge alone again."""
    from gateway.wiring.second_opinion import remove as dismiss

    gone = dismiss(_judges(), name)
    say(f"{gone.rules}: {gone.sha256} judges no more.")
