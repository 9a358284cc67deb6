"""One document in a terminal: the verdict first, then what proves it."""

from gateway.cli.screen import out, table
from gateway.store.log import Whole


def show(whole: Whole) -> None:
    """Print a document: headline, next step, findings, deliveries, timeline, bytes."""
    document, console = whole.document, out()
    console.print(f"{document.public_id}  {document.number or 'no number'}  {document.headline}", style="bold")
    console.print(document.sentence, markup=False)
    if document.action:
        until = f", by {document.deadline}" if document.deadline else ""
        console.print(f"Next: {document.action} ({document.owner.value}{until})", markup=False)
    console.print(
        table(
            ("processing", "delivery", "buyer's answer", "payment", "for tax", "way", "because"),
            [
                (
                    document.processing.value,
                    document.delivery.value if document.delivery else "none",
                    document.response.value,
                    document.payment,
                    document.legal.value,
                    document.channel or "",
                    document.because,
                )
            ],
        )
    )
    if document.findings:
        rows = [
            (str(one["severity"]), str(one["id"]), str(one["where"]), str(one["message"]), str(one["fix"]))
            for one in document.findings
        ]
        console.print("\nFindings", style="bold")
        console.print(table(("", "rule", "where", "what", "what to do"), rows))
    console.print("\nDeliveries", style="bold")
    deliveries = [
        (one.channel, one.state.value, one.key, one.reference, str(one.attempts), one.text) for one in whole.deliveries
    ]
    console.print(table(("way", "state", "key", "their reference", "attempts", "their words"), deliveries))
    console.print("\nTimeline", style="bold")
    events = [(f"{one.at:%Y-%m-%d %H:%M:%S}", one.type, one.sentence, one.actor) for one in whole.events]
    console.print(table(("when (UTC)", "event", "what happened", "by"), events))
    console.print("\nBytes", style="bold")
    kept = [(one.role, one.media_type, str(one.size), one.sha256) for one in whole.artefacts]
    console.print(table(("what", "type", "bytes", "SHA-256"), kept))
