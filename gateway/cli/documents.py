"""The log of this installation, and submitting to one over its API."""

from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.screen import out, table
from gateway.errors import AnsweredWithProblem, NotFound, OtherSideAway

Tenant = Annotated[str, typer.Option(help="Name of the tenant; needed where there is more than one.")]


def register(app: typer.Typer) -> None:
    """Put these commands on the command line."""
    for command in (submit, log, status, resend):
        app.command()(command)


def submit(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="One invoice or many.")],
    url: Annotated[str, typer.Option(help="Where the gateway is: https://gateway.example.com")],
    key: Annotated[str, typer.Option(help="API key.", envvar="GATEWAY_API_KEY")],
    idempotency_key: Annotated[str | None, typer.Option(help="Repeating the call with the same key is safe.")] = None,
) -> None:
    """Submit a file over the API; prints its submission and what to ask next."""
    import httpx

    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/octet-stream"}
    headers |= {"Idempotency-Key": idempotency_key} if idempotency_key else {}
    try:
        answer = httpx.post(
            f"{url.rstrip('/')}/v1/submissions",
            params={"file_name": file.name},
            content=file.read_bytes(),
            headers=headers,
            timeout=60,
        )
    except httpx.HTTPError as error:
        raise OtherSideAway("The gateway", url, str(error) or type(error).__name__) from None
    said = answer.json() if "json" in answer.headers.get("content-type", "") else {}
    if not answer.is_success:
        raise AnsweredWithProblem(url, answer.status_code, str(said.get("detail", answer.text[:300])))
    out().print(f"{said['answer']}: submission {said['submission']}", markup=False)
    out().print(f"{url.rstrip('/')}{said['href']}/documents", style="dim", markup=False)


def log(
    text: Annotated[str, typer.Argument(help="Number, id, buyer, or what the other side calls it.")] = "",
    state: Annotated[str, typer.Option(help="Headline, such as 'Action needed'.")] = "",
    channel: Annotated[str, typer.Option(help="peppol, sdi, mail or post.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Newest documents to show.")] = 50,
    tenant: Tenant = "",
) -> None:
    """Show where documents stand, newest first."""
    from gateway.store import log as stored
    from gateway.wiring.opening import opened_store, tenant_named

    with opened_store() as store, store.of(tenant_named(store, tenant)) as transaction:
        wanted = stored.Search(text=text, headline=state, channel=channel, limit=limit)
        page = stored.search(transaction, wanted)
    rows = [
        (one.public_id, one.number or "", one.buyer_name or "", one.channel or "", one.headline, one.sentence)
        for one in page.documents
    ]
    out().print(table(("id", "number", "recipient", "channel", "state", "what happens now"), rows))
    if page.next:
        out().print("There are more: narrow the search, or raise --limit.", style="dim")


def status(document: Annotated[str, typer.Argument(help="Id of a document: d-7KQ2M9TX")], tenant: Tenant = "") -> None:
    """Show one document: where it is, why, who has to act, and everything that happened to it."""
    from gateway.cli.timeline import show
    from gateway.store import log as stored
    from gateway.wiring.opening import opened_store, tenant_named

    with opened_store() as store, store.of(tenant_named(store, tenant)) as transaction:
        whole = stored.document(transaction, document)
    if whole is None:
        raise NotFound("document", document)
    show(whole)


def resend(
    document: Annotated[str, typer.Argument(help="Id of a document: d-7KQ2M9TX")],
    reason: Annotated[str, typer.Option(help="Why, for the log.")] = "",
    tenant: Tenant = "",
) -> None:
    """Set a document going again that was held, parked, refused or could not be delivered."""
    from gateway.clock import SystemClock
    from gateway.pipeline.release import Resend
    from gateway.pipeline.release import resend as set_going
    from gateway.wiring.opening import opened_store, tenant_named

    with opened_store() as store, store.of(tenant_named(store, tenant)) as transaction:
        said = set_going(transaction, Resend(document, "command line", reason), SystemClock().now())
    out().print(said)
