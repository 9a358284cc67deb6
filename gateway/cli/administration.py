"""Who may come in, and where invoices go: tenants, senders, keys, accounts, people, rules."""

import datetime
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.given import content_of, text_of
from gateway.cli.screen import say, table
from gateway.errors import WrongContent

Tenant = Annotated[str, typer.Option(help="Name of the tenant; needed where there is more than one.")]
SenderName = Annotated[str, typer.Option("--sender", help="Name of the sender; needed where there is more than one.")]


def register(app: typer.Typer) -> None:
    """Put these commands on the command line."""
    _family(
        app,
        "tenant",
        "Organisations that use this installation.",
        (tenant_add, "tenant add 'Seeblick Group'"),
        (tenant_list, "tenant list"),
    )
    _family(
        app,
        "sender",
        "Companies, or ERP systems, that send documents.",
        (sender_add, "sender add 'ERP North' --mapping north.yaml"),
        (sender_set, "sender set 'ERP North' --mapping north-v2.yaml"),
        (sender_list, "sender list"),
    )
    _family(
        app,
        "key",
        "API keys of senders.",
        (key_add, "key add nightly-run --sender 'ERP North' --days 365"),
        (key_revoke, "key revoke gw_7KQ2M9TX"),
    )
    _family(
        app,
        "sftp",
        "Accounts of the SFTP door.",
        (sftp_add, "sftp add erp-north --public-key erp-north.pub"),
        (sftp_disable, "sftp disable erp-north"),
    )
    _family(
        app,
        "user",
        "People at the desk.",
        (user_add, "user add mira@support.example --name Mira --role support"),
        (user_disable, "user disable mira@support.example"),
    )
    _family(
        app,
        "rules",
        "Routing rules and recipients, as one YAML rule book.",
        (rules_export, "rules export > rules.yaml"),
        (rules_import, "rules import rules.yaml recipients.yaml"),
    )


def _family(app: typer.Typer, name: str, help_text: str, *commands: tuple[Callable[..., None], str]) -> None:
    """A family of commands: `tenant_add` becomes `tenant add`, with an example."""
    family = typer.Typer(help=help_text, no_args_is_help=True)
    for command, example in commands:
        family.command(command.__name__.partition("_")[2], epilog=f"Example: `gateway {example}`")(command)
    app.add_typer(family, name=name)


def _now() -> datetime.datetime:
    from gateway.clock import SystemClock

    return SystemClock().now()


def _password() -> str:
    """A password, typed twice. Asked on standard error, so that what a command prints is its answer alone."""
    typed: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return typed


def tenant_add(name: Annotated[str, typer.Argument(help="As people know it.")]) -> None:
    """Add a tenant; it begins with the default rules."""
    from gateway.intake.accounts import add_tenant
    from gateway.wiring.opening import opened_store

    with opened_store() as store:
        made = add_tenant(store, name, _now())
    say(f"tenant {name}: {made}")


def tenant_list() -> None:
    """List all tenants."""
    from gateway.store import parties
    from gateway.wiring.opening import opened_store

    with opened_store() as store, store.across() as transaction:
        rows = [(name, str(found)) for found, name in parties.tenants(transaction)]
    table(("name", "id"), rows)


def sender_add(
    name: Annotated[str, typer.Argument(help="As people know it.")],
    settings: Annotated[Path | None, typer.Option(help="JSON file with its settings.")] = None,
    mapping: Annotated[Path | None, typer.Option(help="Mapping file (YAML) for its CSV exports.")] = None,
    tenant: Tenant = "",
) -> None:
    """Add a sender."""
    from gateway.intake.accounts import add_sender
    from gateway.wiring.opening import opened_store, tenant_named
    from gateway.wiring.senders import options_of

    given = _settings(settings) | ({"mapping": text_of(mapping)} if mapping else {})
    options_of(given)  # a broken mapping is refused here, not when the first file arrives
    with opened_store() as store, store.of(tenant_named(store, tenant)) as transaction:
        made = add_sender(transaction, name, given, _now())
    say(f"sender {name}: {made}")


def sender_set(
    name: Annotated[str, typer.Argument(help="Name of the sender.")],
    settings: Annotated[Path | None, typer.Option(help="JSON file with the settings to change; null ends one.")] = None,
    mapping: Annotated[Path | None, typer.Option(help="Mapping file (YAML) for its CSV exports.")] = None,
    tenant: Tenant = "",
) -> None:
    """Change settings of a sender; those that are not given stay. Files that arrive from now on are read by them."""
    from gateway.intake.accounts import change_sender
    from gateway.wiring.opening import opened_store, tenant_named
    from gateway.wiring.senders import options_of

    given = _settings(settings) | ({"mapping": text_of(mapping)} if mapping else {})
    options_of(
        {name: value for name, value in given.items() if value is not None}
    )  # refused here, not at the next file
    with opened_store() as store, store.of(tenant_named(store, tenant)) as transaction:
        change_sender(transaction, name, given)
    say(f"sender {name}: {', '.join(sorted(given)) or 'nothing'} changed.")


def _settings(file: Path | None) -> dict[str, object]:
    if file is None:
        return {}
    try:
        given = json.loads(text_of(file))
    except ValueError as error:
        raise WrongContent("settings file", str(error)) from None
    if not isinstance(given, dict):
        raise WrongContent("settings file", "it holds no JSON object")
    return given


def sender_list(tenant: Tenant = "") -> None:
    """List the senders of a tenant."""
    from gateway.store import parties
    from gateway.wiring.opening import opened_store, tenant_named

    with opened_store() as store, store.of(tenant_named(store, tenant)) as transaction:
        rows = [(one.name, str(one.id)) for one in parties.senders(transaction)]
    table(("name", "id"), rows)


def key_add(
    name: Annotated[str, typer.Argument(help="What it is for, as the log shall name it.")],
    sender: SenderName = "",
    days: Annotated[int | None, typer.Option(min=1, max=36_500, help="Days after which it ends.")] = None,
    tenant: Tenant = "",
) -> None:
    """Make an API key; it is shown once."""
    from gateway.intake.accounts import add_key, sender_named
    from gateway.wiring.opening import opened_store, tenant_named

    now = _now()
    ends = now + datetime.timedelta(days=days) if days else None
    with opened_store() as store, store.of(tenant_named(store, tenant)) as transaction:
        made = add_key(transaction, sender_named(transaction, sender).id, name, now, ends)
    say(made.text)


def key_revoke(
    prefix: Annotated[str, typer.Argument(help="Its visible part: gw_7KQ2M9TX")], tenant: Tenant = ""
) -> None:
    """End an API key at once."""
    from gateway.errors import NotFound
    from gateway.store import access
    from gateway.wiring.opening import opened_store, tenant_named

    with opened_store() as store, store.of(tenant_named(store, tenant)) as transaction:
        if not access.revoke_api_key(transaction, prefix, _now()):
            raise NotFound("API key", prefix)
    say(f"{prefix} is revoked.")


def sftp_add(
    username: Annotated[str, typer.Argument(help="Unique in this installation.")],
    sender: SenderName = "",
    public_key: Annotated[list[Path] | None, typer.Option(help="OpenSSH public key file; may be given twice.")] = None,
    with_password: Annotated[bool, typer.Option("--password", help="Ask for a password.")] = False,
    tenant: Tenant = "",
) -> None:
    """Add an account of the SFTP door, by public key (better) or password."""
    from gateway.intake.accounts import add_sftp_account, sender_named
    from gateway.wiring.opening import opened_store, tenant_named

    keys = [line for file in public_key or [] for line in text_of(file).splitlines()]
    password = _password() if with_password else None
    with opened_store() as store:
        with store.of(tenant_named(store, tenant)) as transaction:
            found = sender_named(transaction, sender)
        add_sftp_account(store, found, username, _now(), password=password, public_keys=keys)
    say(f"{username} may come in.")


def sftp_disable(username: Annotated[str, typer.Argument(help="Name of the account.")], tenant: Tenant = "") -> None:
    """Close an account of the SFTP door: nobody comes in with it any more."""
    from gateway.intake.accounts import disable_sftp_account
    from gateway.wiring.opening import opened_store, tenant_named

    with opened_store() as store, store.of(tenant_named(store, tenant)) as transaction:
        disable_sftp_account(transaction, username, _now())
    say(f"{username} is closed.")


def user_disable(
    email: Annotated[str, typer.Argument(help="Mail address of the person.")], tenant: Tenant = ""
) -> None:
    """Shut a person out of the desk, signed in or not."""
    from gateway.intake.accounts import disable_person
    from gateway.wiring.opening import opened_store, tenant_named

    with opened_store() as store, store.of(tenant_named(store, tenant)) as transaction:
        disable_person(transaction, email, _now())
    say(f"{email} is shut out.")


def user_add(
    email: Annotated[str, typer.Argument(help="Mail address, which is the login.")],
    name: Annotated[str, typer.Option(help="As the log shall name the person.")] = "",
    role: Annotated[str, typer.Option(help="support or operator.")] = "support",
    tenant: Tenant = "",
) -> None:
    """Add a person at the desk; asks for a password."""
    from gateway.intake.accounts import add_person, refuse_unfit_person
    from gateway.wiring.opening import opened_store, tenant_named

    refuse_unfit_person(email, role)  # before a password is asked for nothing
    password = _password()
    with opened_store() as store, store.of(tenant_named(store, tenant)) as transaction:
        add_person(transaction, email, name or email, password, role, _now())
    say(f"{email} may sign in.")


def rules_export(tenant: Tenant = "") -> None:
    """Print all rules and recipients as YAML."""
    from gateway.intake.rule_books import export_rule_book
    from gateway.wiring.opening import opened_store, tenant_named

    with opened_store() as store, store.of(tenant_named(store, tenant)) as transaction:
        typer.echo(export_rule_book(transaction), nl=False)


def rules_import(files: Annotated[list[Path], typer.Argument(help="Rule books (YAML).")], tenant: Tenant = "") -> None:
    """Replace the rules by those of files, and add or change their recipients: all of it, or nothing."""
    from gateway.intake.rule_books import import_rule_books
    from gateway.registry import formats_at_hand
    from gateway.wiring.opening import opened_store, tenant_named
    from gateway.wiring.packing.orders import trouble

    books, look = {str(one): content_of(one) for one in files}, partial(trouble, formats_at_hand())
    with opened_store() as store, store.of(tenant_named(store, tenant)) as transaction:
        counts = import_rule_books(transaction, books, "command line", _now(), look)
    say(f"{counts['rules']} rules and {counts['recipients']} recipients.")
