"""The log of this installation, and submitting to one over its API."""

import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.screen import line, say, table
from gateway.errors import AnsweredWithProblem, FileUnreadable, NotFound, OtherSideAway, WrongContent

if TYPE_CHECKING:
    import httpx

    from gateway.lifecycle import Headline
    from gateway.store.log import Page

Tenant = Annotated[str, typer.Option(help="Name of the tenant; needed where there is more than one.")]
DocumentId = Annotated[str, typer.Argument(help="Id of a document: d-7KQ2M9TX")]
AsJson = Annotated[bool, typer.Option("--json", help="For machines: as the API says it.")]
_DAY = ["%Y-%m-%d"]


def register(app: typer.Typer) -> None:
    """Put these commands on the command line."""
    submitting = "Example: `GATEWAY_API_KEY=gw_... gateway submit export.csv --url https://gateway.example.com`"
    app.command(epilog=submitting)(submit)
    app.command(epilog="Example: `gateway log --state 'Action needed' --from 2026-11-01`")(log)
    app.command(epilog="Example: `gateway status d-7KQ2M9TX`")(status)
    app.command(epilog="Example: `gateway resend d-7KQ2M9TX --reason 'the token was renewed'`")(resend)


def submit(
    file: Annotated[Path, typer.Argument(help="One invoice or many.")],
    url: Annotated[str, typer.Option(help="Where the gateway is: https://gateway.example.com")],
    key: Annotated[str, typer.Option(help="API key; better in the environment.", envvar="GATEWAY_API_KEY")],
    idempotency_key: Annotated[str | None, typer.Option(help="Repeating the call with the same key is safe.")] = None,
) -> None:
    """Submit a file over the API; prints its submission and where to ask what became of it."""
    answer = _post(file, url.rstrip("/"), key, idempotency_key)
    said = _said(answer)
    if not answer.is_success or not {"answer", "submission", "href"} <= set(said):
        problem = said.get("detail") or f"this is no gateway: {answer.text[:200]!r}"
        raise AnsweredWithProblem(url, answer.status_code, str(problem).rstrip("."))
    say(f"{said['answer']}: submission {said['submission']}")
    say(f"{url.rstrip('/')}{said['href']}/documents", dim=True)


def _post(file: Path, url: str, key: str, idempotency_key: str | None) -> "httpx.Response":
    import httpx

    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/octet-stream"}
    headers |= {"Idempotency-Key": idempotency_key} if idempotency_key else {}
    try:
        with file.open("rb") as content:
            named = {"file_name": file.name}
            return httpx.post(f"{url}/v1/submissions", params=named, content=content, headers=headers, timeout=60)
    except OSError as error:
        raise FileUnreadable(str(file), error.strerror or str(error)) from None
    except (httpx.InvalidURL, httpx.UnsupportedProtocol):
        raise WrongContent("address", f"{url} is none, such as https://gateway.example.com") from None
    except (httpx.HTTPError, UnicodeError) as error:
        raise OtherSideAway("The gateway", url, str(error) or type(error).__name__) from None


def _said(answer: "httpx.Response") -> dict[str, object]:
    """What was answered, nothing where it is no JSON object."""
    try:
        said = answer.json()
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def log(
    text: Annotated[str, typer.Argument(help="Number, id, buyer, or what the other side calls it.")] = "",
    *,
    state: Annotated[str, typer.Option(help="Headline, such as 'Action needed'.")] = "",
    channel: Annotated[str, typer.Option(help="peppol, sdi, mail or post.")] = "",
    recipient: Annotated[str, typer.Option(help="Part of the buyer's name.")] = "",
    received_from: Annotated[
        datetime.datetime | None, typer.Option("--from", formats=_DAY, help="First day, in UTC.")
    ] = None,
    received_to: Annotated[
        datetime.datetime | None, typer.Option("--to", formats=_DAY, help="Last day, in UTC.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Newest documents to show.")] = 50,
    tenant: Tenant = "",
    as_json: AsJson = False,
) -> None:
    """Show where documents stand, newest first."""
    from gateway.store import log as stored
    from gateway.wiring.opening import opened_store, tenant_named

    wanted = stored.Search(
        text=text,
        headline=_headline(state) if state else "",
        channel=channel,
        recipient=recipient,
        received_from=received_from.date() if received_from else None,
        received_to=received_to.date() if received_to else None,
        limit=limit,
    )
    with opened_store() as store, store.of(tenant_named(store, tenant)) as transaction:
        page = stored.search(transaction, wanted)
    (_print_json if as_json else _print_table)(page)


def _headline(state: str) -> "Headline":
    from gateway.lifecycle import Headline

    found = next((one for one in Headline if one.lower() == state.strip().lower()), None)
    if found is None:
        raise WrongContent("state", f"there is none called {state}; there are {', '.join(Headline)}")
    return found


def _print_table(page: "Page") -> None:
    rows = [
        (one.public_id, one.number or "", one.buyer_name or "", one.channel or "", one.headline, one.sentence)
        for one in page.documents
    ]
    table(("id", "number", "recipient", "channel", "state", "what happens now"), rows)
    if page.next is not None:
        say("There are more: narrow the search, or raise --limit.", dim=True)


def _print_json(page: "Page") -> None:
    from gateway.api.shapes import DocumentShape

    for one in page.documents:
        line(DocumentShape.of(one).model_dump(mode="json"))


def status(document: DocumentId, tenant: Tenant = "", as_json: AsJson = False) -> None:
    """Show one document: where it is, why, who has to act, and everything that happened to it."""
    from gateway.cli.timeline import show
    from gateway.store import log as stored
    from gateway.wiring.opening import opened_store, tenant_named

    with opened_store() as store, store.of(tenant_named(store, tenant)) as transaction:
        whole = stored.document(transaction, document)
    if whole is None:
        raise NotFound("document", document)
    if not as_json:
        show(whole)
        return
    from gateway.api.proof import WholeShape

    line(WholeShape.of(whole).model_dump(mode="json"))


def resend(
    document: DocumentId,
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
    say(said)
