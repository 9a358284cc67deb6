"""Who may come in, and where invoices go: tenants, senders, keys, accounts, people, rules."""

import datetime
import json
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.screen import out, table

Tenant = Annotated[str, typer.Option(help="Name of the tenant; needed where there is more than one.")]
SenderName = Annotated[str, typer.Option("--sender", help="Name of the sender; needed where there is more than one.")]


def register(app: typer.Typer) -> None:
    """Put these commands on the command line."""
    tenants = typer.Typer(help="Organisations that use this installation.", no_args_is_help=True)
    tenants.command("add")(tenant_add)
    tenants.command("list")(tenant_list)
    senders = typer.Typer(help="Companies, or ERP systems, that send documents.", no_args_is_help=True)
    senders.command("add")(sender_add)
    senders.command("list")(sender_list)
    keys = typer.Typer(help="API keys of senders.", no_args_is_help=True)
    keys.command("add")(key_add)
    keys.command("revoke")(key_revoke)
    sftp = typer.Typer(help="Accounts of the SFTP door.", no_args_is_help=True)
    sftp.command("add")(sftp_add)
    users = typer.Typer(help="People at the desk.", no_args_is_help=True)
    users.command("add")(user_add)
    rules = typer.Typer(help="Routing rules and recipients, as one YAML rule book.", no_args_is_help=True)
    rules.command("export")(rules_export)
    rules.command("import")(rules_import)
    families = {"tenant": tenants, "sender": senders, "key": keys, "sftp": sftp, "user": users, "rules": rules}
    for name, family in families.items():
        app.add_typer(family, name=name)


def _now() -> datetime.datetime:
    from gateway.clock import SystemClock

    return SystemClock().now()


def tenant_add(name: Annotated[str, typer.Argument(help="As people know it.")]) -> None:
    """Add a tenant; it begins with the default rules."""
    from gateway.intake.accounts import add_tenant
    from gateway.wiring.opening import opened_store

    with opened_store() as store:
        out().print(f"tenant {name}: {add_tenant(store, name, _now())}", markup=False)


def tenant_list() -> None:
    """List all tenants."""
    from gateway.store import parties
    from gateway.wiring.opening import opened_store

    with opened_store() as store, store.across() as transaction:
        rows = [(name, str(found)) for found, name in parties.tenants(transaction)]
    out().print(table(("name", "id"), rows))


def sender_add(
    name: Annotated[str, typer.Argument(help="As people know it.")],
    settings: Annotated[Path | None, typer.Option(help="JSON file with its settings.")] = None,
    mapping: Annotated[Path | None, typer.Option(help="Mapping file (YAML) for its CSV exports.")] = None,
    tenant: Tenant = "",
) -> None:
    """Add a sender."""
    from gateway.intake.accounts import add_sender
    from gateway.wiring.opening import opened_store, tenant_named
    from gateway.wiring.senders import csv_mapping

    given: dict[str, object] = json.loads(settings.read_text()) if settings else {}
    if mapping:
        given["mapping"] = mapping.read_text()
        csv_mapping(mapping.read_text())
    with opened_store() as store, store.of(tenant_named(store, tenant)) as transaction:
        out().print(f"sender {name}: {add_sender(transaction, name, given, _now())}", markup=False)


def sender_list(tenant: Tenant = "") -> None:
    """List the senders of a tenant."""
    from gateway.store import parties
    from gateway.wiring.opening import opened_store, tenant_named

    with opened_store() as store, store.of(tenant_named(store, tenant)) as transaction:
        rows = [(one.name, str(one.id)) for one in parties.senders(transaction)]
    out().print(table(("name", "id"), rows))


def key_add(
    name: Annotated[str, typer.Argument(help="What it is for, as the log shall name it.")],
    sender: SenderName = "",
    days: Annotated[int | None, typer.Option(min=1, help="Days after which it ends.")] = None,
    tenant: Tenant = "",
) -> None:
    """Make an API key; it is shown once."""
    from gateway.intake.accounts import add_key, sender_named
    from gateway.wiring.opening import opened_store, tenant_named

    ends = _now() + datetime.timedelta(days=days) if days else None
    with opened_store() as store, store.of(tenant_named(store, tenant)) as transaction:
        made = add_key(transaction, sender_named(transaction, sender).id, name, _now(), ends)
    out().print(made.text, markup=False)


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
    out().print(f"{prefix} is revoked.")


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

    password = typer.prompt("Password", hide_input=True, confirmation_prompt=True) if with_password else None
    keys = [line for file in public_key or [] for line in file.read_text().splitlines() if line.strip()]
    with opened_store() as store:
        with store.of(tenant_named(store, tenant)) as transaction:
            found = sender_named(transaction, sender)
        add_sftp_account(store, found, username, _now(), password=password, public_keys=keys)
    out().print(f"{username} may come in.")


def user_add(
    email: Annotated[str, typer.Argument(help="Mail address, which is the login.")],
    name: Annotated[str, typer.Option(help="As the log shall name the person.")] = "",
    role: Annotated[str, typer.Option(help="support or operator.")] = "support",
    tenant: Tenant = "",
) -> None:
    """Add a person at the desk; asks for a password."""
    from gateway.intake.accounts import add_person
    from gateway.wiring.opening import opened_store, tenant_named

    password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    with opened_store() as store, store.of(tenant_named(store, tenant)) as transaction:
        add_person(transaction, email, name or email, password, role, _now())
    out().print(f"{email} may sign in.")


def rules_export(tenant: Tenant = "") -> None:
    """Print all rules and recipients as YAML."""
    from gateway.intake.rule_books import export_rule_book
    from gateway.wiring.opening import opened_store, tenant_named

    with opened_store() as store, store.of(tenant_named(store, tenant)) as transaction:
        typer.echo(export_rule_book(transaction), nl=False)


def rules_import(
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="Rule books (YAML).")],
    tenant: Tenant = "",
) -> None:
    """Replace the rules by those of files, and add or change their recipients: all of it, or nothing."""
    from gateway.intake.rule_books import import_rule_book
    from gateway.wiring.opening import opened_store, tenant_named

    with opened_store() as store, store.of(tenant_named(store, tenant)) as transaction:
        counts = [import_rule_book(transaction, one.read_bytes(), "command line", _now()) for one in files]
    rules, recipients = (sum(one[name] for one in counts) for name in ("rules", "recipients"))
    out().print(f"{rules} rules and {recipients} recipients.")
