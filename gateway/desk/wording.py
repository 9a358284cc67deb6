"""The words of the desk: one table a question, so that the same thing has the same name on every page.

Sentences about what happened come from the lifecycle table and are stored with the event; here are the words around
them: states, ways, people, files. Foreign codes stay as they are and stand beside a word.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from gateway.lifecycle import DeliveryState, Headline, Legal, Owner, Payment, Processing, Response
from gateway.signals import Effect

_D = DeliveryState


@dataclass(frozen=True, slots=True)
class Status:
    """How a headline looks. slug: its name in addresses and in the stylesheet; icon: its shape beside the word."""

    slug: str
    icon: str


STATUS: Final[Mapping[Headline, Status]] = {
    Headline.ACTION_NEEDED: Status("action", "triangle"),
    Headline.IN_PROGRESS: Status("progress", "half"),
    Headline.DELIVERED: Status("delivered", "ring-tick"),
    Headline.ACCEPTED: Status("accepted", "double-tick"),
    Headline.REFUSED: Status("refused", "octagon"),
    Headline.PAID: Status("paid", "banknote"),
    Headline.CANCELLED: Status("cancelled", "barred"),
}


@dataclass(frozen=True, slots=True)
class Way:
    """A channel in words. other_side: who takes the document there, as inside a sentence."""

    name: str
    icon: str
    other_side: str


_WAYS: Final[Mapping[str, Way]] = {
    "peppol": Way("Peppol", "network", "the buyer's provider"),
    "sdi": Way("SDI", "office", "SDI"),
    "mail": Way("E-mail", "envelope", "the buyer's mail server"),
    "post": Way("Post", "letter", "the print house"),
}
NO_WAY: Final = Way("No way yet", "dash", "nobody")


def way(channel: str | None) -> Way:
    """A channel in words; one that a plugin brought is called by its own name."""
    return _WAYS.get(channel, Way(channel, "arrow-out", "the other side")) if channel else NO_WAY


def begin(text: str) -> str:
    """The same words at the beginning of a sentence."""
    return text[:1].upper() + text[1:]


# Tones: how a value looks. `good` and `bad` are kept for what is proven and for what a person must act on.
@dataclass(frozen=True, slots=True)
class Said:
    """A value in words. tone: good, bad, busy or calm."""

    words: str
    tone: str = "calm"


PROCESSING: Final[Mapping[Processing, Said]] = {
    Processing.RECEIVED: Said("Received", "busy"),
    Processing.PARSED: Said("Read", "busy"),
    Processing.NORMALISED: Said("Read", "busy"),
    Processing.CHECKED: Said("Checked", "busy"),
    Processing.READY: Said("Ready", "good"),
    Processing.QUARANTINED: Said("Can't be read", "bad"),
    Processing.INVALID: Said("Has errors", "bad"),
    Processing.HELD: Said("On hold", "bad"),
    Processing.DUPLICATE: Said("Duplicate"),
    Processing.CANCELLED: Said("Cancelled"),
    Processing.SUPERSEDED: Said("Replaced"),
}
DELIVERY: Final[Mapping[DeliveryState | None, Said]] = {
    None: Said("Not started"),
    _D.QUEUED: Said("Queued", "busy"),
    _D.RESOLVING: Said("Looking for the buyer", "busy"),
    _D.SIGNING: Said("Being signed", "busy"),
    _D.DISPATCHING: Said("Being sent", "busy"),
    _D.HANDED_OVER: Said("Handed over", "busy"),
    _D.IN_TRANSIT: Said("On its way", "busy"),
    _D.DELIVERED: Said("Delivered", "good"),
    _D.DELIVERED_UNCONFIRMED: Said("Delivered, not confirmed", "good"),
    _D.RETRY_SCHEDULED: Said("Tried again later", "busy"),
    _D.OUTCOME_UNKNOWN: Said("Outcome unknown", "bad"),
    _D.REJECTED: Said("Turned away", "bad"),
    _D.UNDELIVERABLE: Said("Not deliverable", "bad"),
    _D.PARKED: Said("Stopped", "bad"),
    _D.FALLBACK_STARTED: Said("Next way started", "busy"),
    _D.CANCELLED: Said("Cancelled"),
}
RESPONSE: Final[Mapping[Response, Said]] = {
    Response.NONE: Said("None"),
    Response.ACKNOWLEDGED: Said("Acknowledged", "busy"),
    Response.IN_PROCESS: Said("In process", "busy"),
    Response.UNDER_QUERY: Said("Asks back", "bad"),
    Response.CONDITIONALLY_ACCEPTED: Said("Accepted on a condition", "bad"),
    Response.ACCEPTED: Said("Accepted", "good"),
    Response.DEEMED_ACCEPTED: Said("Accepted by silence", "good"),
    Response.REJECTED: Said("Refused", "bad"),
    Response.PAID_REPORTED: Said("Says it is paid", "good"),
}
PAYMENT: Final[Mapping[str, Said]] = {
    Payment.NOT_DUE.value: Said("Not due"),
    Payment.DUE.value: Said("Due", "busy"),
    Payment.OVERDUE.value: Said("Overdue", "bad"),
    Payment.PARTIALLY_PAID.value: Said("Paid in part", "busy"),
    Payment.PAID.value: Said("Paid", "good"),
    Payment.DISPUTED.value: Said("Disputed", "bad"),
    Payment.WRITTEN_OFF.value: Said("Written off"),
}
LEGAL: Final[Mapping[Legal, Said]] = {
    Legal.NOT_ISSUED: Said("Not issued yet"),
    Legal.ISSUED: Said("Issued", "good"),
    Legal.ISSUED_NOT_DELIVERED: Said("Issued, not delivered", "bad"),
}

# Whose step it is; the sender's people are named with their company.
OWNERS: Final[Mapping[Owner, str]] = {
    Owner.NOBODY: "Nobody",
    Owner.GATEWAY: "Nobody",
    Owner.PROVIDER: "The provider",
    Owner.RECIPIENT: "The buyer",
    Owner.CLERK: "Billing clerk",
    Owner.MASTER_DATA: "Master data",
    Owner.SENDER_IT: "The sender's IT",
    Owner.OPERATOR: "Gateway operator",
}
AT_THE_SENDER: Final = frozenset({Owner.CLERK, Owner.MASTER_DATA, Owner.SENDER_IT})

DOORS: Final[Mapping[str, str]] = {"api": "the API", "sftp": "SFTP", "desk": "the desk"}
ROLES: Final[Mapping[str, str]] = {"support": "Support", "operator": "Operator"}
MAY_RESEND: Final = frozenset(ROLES)
SEVERITIES: Final[Mapping[str, Said]] = {
    "fatal": Said("Must be corrected", "bad"),
    "warning": Said("Warning", "busy"),
    "information": Said("Information"),
}
# Artefacts by their role: (what it is, icon).
ARTEFACTS: Final[Mapping[str, tuple[str, str]]] = {
    "source": ("as received", "arrow-in"),
    "canonical": ("canonical invoice, in EN 16931 terms", "sheet"),
    "document": ("before signing or packing", "sheet"),
    "sealed": ("as sent", "arrow-out"),
    "page": ("the page a person reads", "sheet"),
    "attachment": ("attachment", "sheet"),
    "receipt": ("receipt", "shield"),
    "answer": ("answer of the other side", "speech"),
    "notice": ("notice of the other side", "speech"),
}


@dataclass(frozen=True, slots=True)
class Title:
    """How an event is called on the timeline. `{way}`, `{other}`: the channel and who takes it there."""

    text: str
    icon: str
    tone: str = ""
    axis: str = "delivery"


EVENTS: Final[Mapping[str, Title]] = {
    "document.received": Title("Received", "arrow-in", axis="intake"),
    "document.normalised": Title("Missing values computed", "sheet", axis="intake"),
    "document.rounded": Title("Rounding put right", "sheet", axis="intake"),
    "document.rounding_proposed": Title("A change of rounding is proposed", "sheet", axis="intake"),
    "document.checked": Title("Read and checked", "tick", axis="checks"),
    "document.invalid": Title("Checks found errors", "triangle", "bad", "checks"),
    "document.quarantined": Title("It could not be read", "triangle", "bad", "intake"),
    "document.duplicate": Title("Recognised as a duplicate", "barred", axis="intake"),
    "document.superseded": Title("Replaced by a corrected version", "barred", axis="processing"),
    "document.cancelled": Title("Cancelled", "barred", axis="processing"),
    "document.held": Title("Put on hold", "triangle", "bad", "processing"),
    "document.ready": Title("{way} chosen", "fork", axis="route"),
    "document.resent": Title("Sent again by a person", "again", axis="person"),
    "delivery.handed_over": Title("Handed over: {way}", "arrow-out"),
    "delivery.in_transit": Title("On its way: {way}", "arrow-out"),
    "delivery.delivered": Title("Delivered to the buyer", "ring-tick", "good"),
    "delivery.delivered_unconfirmed": Title("Delivered, not confirmed", "ring-tick", "good"),
    "delivery.retry_scheduled": Title("{other} did not take it", "clock"),
    "delivery.outcome_unknown": Title("Nobody knows whether it arrived", "triangle", "bad"),
    "delivery.rejected": Title("{other} turned it away", "triangle", "bad"),
    "delivery.undeliverable": Title("It could not be delivered", "triangle", "bad"),
    "delivery.parked": Title("We stopped trying", "triangle", "bad"),
    "delivery.cancelled": Title("The delivery was cancelled", "barred"),
    "delivery.fallback": Title("The next way was started", "fork", axis="route"),
    "delivery.late_signal": Title("An answer that changes nothing", "speech"),
    "delivery.note": Title("Word from the other side", "speech"),
}
ANSWERS: Final[Mapping[Response, Title]] = {
    Response.ACCEPTED: Title("The buyer accepted it", "double-tick", "good", "buyer's answer"),
    Response.DEEMED_ACCEPTED: Title("Accepted by silence", "double-tick", "good", "buyer's answer"),
    Response.REJECTED: Title("The buyer refused it", "octagon", "bad", "buyer's answer"),
}


def event_title(kind: str, effect: Effect | None) -> Title:
    """How an event is called: what the buyer said comes first, then the event's own name."""
    answer = ANSWERS.get(effect.response) if effect is not None and effect.response is not None else None
    if answer is not None:
        return answer
    if kind in EVENTS:
        return EVENTS[kind]
    name = kind.rpartition(".")[2].replace("_", " ")
    return Title(name.capitalize(), "speech", axis=kind.partition(".")[0])
