"""One document in a terminal: the verdict first, then what proves it."""

from gateway.cli.screen import say, table
from gateway.store.log import Whole


def show(whole: Whole) -> None:
    """Print a document: headline, next step, findings, deliveries, timeline, bytes."""
    document = whole.document
    say(f"{document.public_id}  {document.number or 'no number'}  {document.headline}", bold=True)
    say(document.sentence)
    if document.action:
        until = f", by {document.deadline}" if document.deadline else ""
        say(f"Next: {document.action} ({document.owner.value}{until})")
    _axes(whole)
    _findings(whole)
    _deliveries(whole)
    _timeline(whole)
    _bytes(whole)


def _axes(whole: Whole) -> None:
    document = whole.document
    axes = (
        document.processing.value,
        document.delivery.value if document.delivery else "none",
        document.response.value,
        document.payment,
        document.legal.value,
        document.channel or "",
        document.because,
    )
    table(("processing", "delivery", "buyer's answer", "payment", "for tax", "way", "because"), [axes])


def _findings(whole: Whole) -> None:
    if whole.document.findings:
        _heading("Findings")
        names = ("severity", "id", "where", "message", "fix")
        rows = [tuple(str(one[name]) for name in names) for one in whole.document.findings]
        table(("", "rule", "where", "what", "what to do"), rows)


def _deliveries(whole: Whole) -> None:
    _heading("Deliveries")
    rows = [
        (one.channel, one.state.value, one.key, one.reference, str(one.attempts), one.text) for one in whole.deliveries
    ]
    table(("way", "state", "key", "their reference", "attempts", "their words"), rows)


def _timeline(whole: Whole) -> None:
    _heading("Timeline")
    rows = [(f"{one.at:%Y-%m-%d %H:%M:%S}", one.type, one.sentence, one.actor) for one in whole.events]
    table(("when (UTC)", "event", "what happened", "by"), rows)


def _bytes(whole: Whole) -> None:
    _heading("Bytes")
    rows = [(one.role, one.media_type, str(one.size), one.sha256) for one in whole.artefacts]
    table(("what", "type", "bytes", "SHA-256"), rows)


def _heading(text: str) -> None:
    say("")
    say(text, bold=True)
