"""The life of a document as tables: four independent axes, each a fold over events.

    A processing   per document      what the gateway has done with it
    B delivery     per delivery      one way to one recipient
    C response     per document      what the buyer said
    D payment      per document      (later work; the axis is here so that nothing else has to move)
    legal          per document      whether the tax office counts it as issued

What the outside says arrives as a *signal* (`sdi.RC`, `peppol.mls.RE.BV`, `mail.5xx`); SIGNALS says what each
one means on the axes, who has to act and what to do. A late or out-of-order signal never lowers a proven
fact: a move that MAY_BECOME does not list leaves the state as it is and is recorded all the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Processing(StrEnum):
    """Axis A: what the gateway has done with the document."""

    RECEIVED = "received"
    PARSED = "parsed"
    NORMALISED = "normalised"
    CHECKED = "checked"
    READY = "ready"
    QUARANTINED = "quarantined"
    INVALID = "invalid"
    HELD = "held"
    DUPLICATE = "duplicate"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"


class DeliveryState(StrEnum):
    """Axis B: how far one delivery (document x channel x recipient) has come."""

    QUEUED = "queued"
    RESOLVING = "resolving"
    SIGNING = "signing"
    DISPATCHING = "dispatching"
    HANDED_OVER = "handed_over"
    IN_TRANSIT = "in_transit"
    DELIVERED = "delivered"
    DELIVERED_UNCONFIRMED = "delivered_unconfirmed"
    RETRY_SCHEDULED = "retry_scheduled"
    OUTCOME_UNKNOWN = "outcome_unknown"
    REJECTED = "rejected"
    UNDELIVERABLE = "undeliverable"
    PARKED = "parked"
    FALLBACK_STARTED = "fallback_started"
    CANCELLED = "cancelled"


class Response(StrEnum):
    """Axis C: what the buyer said."""

    NONE = "none"
    ACKNOWLEDGED = "acknowledged"
    IN_PROCESS = "in_process"
    UNDER_QUERY = "under_query"
    CONDITIONALLY_ACCEPTED = "conditionally_accepted"
    ACCEPTED = "accepted"
    DEEMED_ACCEPTED = "deemed_accepted"
    REJECTED = "rejected"
    PAID_REPORTED = "paid_reported"


class Payment(StrEnum):
    """Axis D: where the money is."""

    NOT_DUE = "not_due"
    DUE = "due"
    OVERDUE = "overdue"
    PARTIALLY_PAID = "partially_paid"
    PAID = "paid"
    DISPUTED = "disputed"
    WRITTEN_OFF = "written_off"


class Legal(StrEnum):
    """Whether the tax office counts the document as issued."""

    NOT_ISSUED = "not_issued"
    ISSUED = "issued"
    ISSUED_NOT_DELIVERED = "issued_not_delivered"


class Owner(StrEnum):
    """Who has to act next."""

    NOBODY = "nobody"
    GATEWAY = "gateway"
    PROVIDER = "provider"
    RECIPIENT = "recipient"
    CLERK = "sender's clerk"
    MASTER_DATA = "master data"
    SENDER_IT = "sender's IT"
    OPERATOR = "gateway operator"


PEOPLE_ON_OUR_SIDE = frozenset({Owner.CLERK, Owner.MASTER_DATA, Owner.SENDER_IT, Owner.OPERATOR})


class Headline(StrEnum):
    """The one word that the desk shows."""

    IN_PROGRESS = "In progress"
    DELIVERED = "Delivered"
    ACTION_NEEDED = "Action needed"
    ACCEPTED = "Accepted"
    REFUSED = "Refused"
    PAID = "Paid"
    CANCELLED = "Cancelled"


_D = DeliveryState

# What a delivery may become; read aloud: "a queued delivery may become dispatching, ...".
MAY_BECOME: Mapping[DeliveryState, frozenset[DeliveryState]] = {
    _D.QUEUED: frozenset({_D.RESOLVING, _D.SIGNING, _D.DISPATCHING, _D.PARKED, _D.CANCELLED}),
    _D.RESOLVING: frozenset({_D.SIGNING, _D.DISPATCHING, _D.RETRY_SCHEDULED, _D.UNDELIVERABLE, _D.PARKED}),
    _D.SIGNING: frozenset({_D.DISPATCHING, _D.RETRY_SCHEDULED, _D.PARKED}),
    _D.DISPATCHING: frozenset(
        {
            _D.DISPATCHING,
            _D.HANDED_OVER,
            _D.IN_TRANSIT,
            _D.DELIVERED,
            _D.DELIVERED_UNCONFIRMED,
            _D.RETRY_SCHEDULED,
            _D.OUTCOME_UNKNOWN,
            _D.REJECTED,
            _D.UNDELIVERABLE,
            _D.PARKED,
        }
    ),
    _D.RETRY_SCHEDULED: frozenset(
        {_D.DISPATCHING, _D.HANDED_OVER, _D.DELIVERED, _D.REJECTED, _D.UNDELIVERABLE, _D.PARKED, _D.CANCELLED}
    ),
    _D.OUTCOME_UNKNOWN: frozenset(
        {
            _D.DISPATCHING,
            _D.HANDED_OVER,
            _D.IN_TRANSIT,
            _D.DELIVERED,
            _D.DELIVERED_UNCONFIRMED,
            _D.REJECTED,
            _D.UNDELIVERABLE,
            _D.QUEUED,
            _D.PARKED,
            _D.CANCELLED,
        }
    ),
    # Taken, then taken again; printed, then posted: one state, several signals.
    _D.HANDED_OVER: frozenset(
        {
            _D.HANDED_OVER,
            _D.IN_TRANSIT,
            _D.DELIVERED,
            _D.DELIVERED_UNCONFIRMED,
            _D.REJECTED,
            _D.UNDELIVERABLE,
            _D.PARKED,
        }
    ),
    _D.IN_TRANSIT: frozenset(
        {_D.IN_TRANSIT, _D.DELIVERED, _D.DELIVERED_UNCONFIRMED, _D.REJECTED, _D.UNDELIVERABLE, _D.PARKED}
    ),
    # An estimate gives way to a proof, and to a returned letter or mail.
    _D.DELIVERED_UNCONFIRMED: frozenset({_D.DELIVERED, _D.UNDELIVERABLE}),
    _D.PARKED: frozenset(
        {_D.QUEUED, _D.HANDED_OVER, _D.IN_TRANSIT, _D.DELIVERED, _D.REJECTED, _D.UNDELIVERABLE, _D.CANCELLED}
    ),
    # SDI goes on trying after it said "not delivered" (MC, then RC): the proof wins.
    _D.UNDELIVERABLE: frozenset({_D.FALLBACK_STARTED, _D.DELIVERED, _D.QUEUED, _D.CANCELLED}),
    _D.FALLBACK_STARTED: frozenset({_D.DELIVERED}),
    _D.REJECTED: frozenset({_D.QUEUED, _D.CANCELLED}),
    _D.DELIVERED: frozenset(),
    _D.CANCELLED: frozenset(),
}

# How good a fact about delivery is: a document shows the best one of its deliveries.
_WORTH: Mapping[DeliveryState, int] = {
    _D.DELIVERED: 9,
    _D.DELIVERED_UNCONFIRMED: 8,
    _D.IN_TRANSIT: 7,
    _D.HANDED_OVER: 6,
    _D.OUTCOME_UNKNOWN: 5,
    _D.DISPATCHING: 4,
    _D.RETRY_SCHEDULED: 4,
    _D.SIGNING: 3,
    _D.RESOLVING: 3,
    _D.QUEUED: 3,
    _D.PARKED: 2,
    _D.REJECTED: 1,
    _D.UNDELIVERABLE: 1,
    _D.FALLBACK_STARTED: 0,
    _D.CANCELLED: 0,
}

# States in which nothing more will happen by itself.
SETTLED = frozenset(
    {
        _D.DELIVERED,
        _D.DELIVERED_UNCONFIRMED,
        _D.REJECTED,
        _D.UNDELIVERABLE,
        _D.PARKED,
        _D.FALLBACK_STARTED,
        _D.CANCELLED,
        _D.OUTCOME_UNKNOWN,
    }
)
# States in which the other side still has something to say.
AWAITING_NOTICE = frozenset({_D.HANDED_OVER, _D.IN_TRANSIT, _D.OUTCOME_UNKNOWN, _D.DELIVERED_UNCONFIRMED})


@dataclass(frozen=True, slots=True)
class Effect:
    """What one signal means. None leaves an axis as it is.

    sentence:  what happened, for the timeline; `{text}` and `{code}` are the other side's own words
    action:    the next step, "" where nobody has to do anything
    days:      how many days the owner has, None where no date binds
    """

    sentence: str
    delivery: DeliveryState | None = None
    response: Response | None = None
    legal: Legal | None = None
    owner: Owner = Owner.NOBODY
    action: str = ""
    days: int | None = None


_ISSUED = Legal.ISSUED

# Signal -> effect (one row a line of the table of channel signals; issue of law in the `legal` column).
SIGNALS: Mapping[str, Effect] = {
    # Peppol: discovery and transport (AS4 profile 2.0.3), then message status (MLS 1.1)
    "peppol.not_registered": Effect(
        "The buyer is not registered on Peppol.",
        _D.UNDELIVERABLE,
        owner=Owner.MASTER_DATA,
        action="Correct the buyer's Peppol address, or choose another way.",
    ),
    "peppol.no_document_type": Effect(
        "The buyer is on Peppol, but not for this kind of document.",
        _D.UNDELIVERABLE,
        owner=Owner.MASTER_DATA,
        action="Choose another way for this kind of document.",
    ),
    "peppol.not_serviced": Effect(
        "The buyer's access point does not serve the buyer: {text}.",
        _D.UNDELIVERABLE,
        owner=Owner.MASTER_DATA,
        action="Ask the buyer for its provider, or choose another way.",
    ),
    "peppol.refused": Effect(
        "The buyer's access point turned it away: {text}.",
        _D.REJECTED,
        owner=Owner.CLERK,
        action="Correct the invoice and send it again.",
    ),
    "peppol.handed_over": Effect(
        "The buyer's access point has taken it. We wait for the confirmation.",
        _D.HANDED_OVER,
        owner=Owner.PROVIDER,
        days=1,
    ),
    "peppol.mls.AP": Effect("The buyer's provider confirmed that it reached the buyer.", _D.DELIVERED, legal=_ISSUED),
    "peppol.mls.AB": Effect(
        "It reached the buyer's provider; the buyer's own system does not confirm.",
        _D.DELIVERED_UNCONFIRMED,
        legal=_ISSUED,
    ),
    "peppol.mls.RE": Effect(
        "The buyer's provider turned it away: {text}.",
        _D.REJECTED,
        owner=Owner.CLERK,
        action="Correct the invoice and send it again.",
    ),
    "peppol.mls.RE.FD": Effect(
        "The buyer's provider could not deliver it: {text}.",
        _D.UNDELIVERABLE,
        owner=Owner.MASTER_DATA,
        action="Choose another way for this buyer.",
    ),
    "peppol.late": Effect(
        "The confirmation is late.", owner=Owner.OPERATOR, action="Ask the buyer's provider.", days=1
    ),
    # SDI: upload answer and notices (specifiche tecniche 1.9.1)
    "sdi.accepted": Effect(
        "SDI has taken the file under the number {code}. We wait for its answer.",
        _D.HANDED_OVER,
        legal=Legal.NOT_ISSUED,
        owner=Owner.PROVIDER,
        days=5,
    ),
    "sdi.refused": Effect(
        "SDI did not take the file: {text}.",
        _D.REJECTED,
        legal=Legal.NOT_ISSUED,
        owner=Owner.OPERATOR,
        action="Correct what SDI names and send the document again.",
    ),
    "sdi.NS": Effect(
        "SDI refused this invoice: {text}. For the tax office it has not been issued.",
        _D.REJECTED,
        legal=Legal.NOT_ISSUED,
        owner=Owner.CLERK,
        action="Correct it and send it again with the same number and date.",
        days=5,
    ),
    # The rejection of a duplicate attaches to the duplicate: the original stands as it stood.
    "sdi.NS.repeat": Effect("SDI refused a repeat of a file that it has: {text}. The original stands."),
    "sdi.NS.00404": Effect(
        "SDI already has an invoice with this number: {text}.",
        _D.REJECTED,
        legal=Legal.NOT_ISSUED,
        owner=Owner.CLERK,
        action="Compare it with the invoice that SDI has; a correction needs its own number.",
        days=5,
    ),
    "sdi.RC": Effect("SDI delivered it to the buyer.", _D.DELIVERED, legal=_ISSUED),
    "sdi.MC": Effect(
        "Issued, but SDI could not deliver it. The buyer finds it in the tax portal.",
        _D.UNDELIVERABLE,
        legal=Legal.ISSUED_NOT_DELIVERED,
        owner=Owner.CLERK,
        action="Tell the buyer; never send it through SDI again.",
    ),
    "sdi.MC.public": Effect(
        "SDI could not deliver it yet and keeps trying.",
        _D.IN_TRANSIT,
        legal=Legal.NOT_ISSUED,
        owner=Owner.PROVIDER,
        days=10,
    ),
    "sdi.AT": Effect(
        "Issued, but SDI gave up delivering it. It is not accepted.",
        _D.UNDELIVERABLE,
        legal=Legal.ISSUED_NOT_DELIVERED,
        owner=Owner.CLERK,
        action="Send it by other means together with the attestation.",
    ),
    "sdi.NE.EC01": Effect("The public office accepted it.", _D.DELIVERED, Response.ACCEPTED, _ISSUED),
    "sdi.NE.EC02": Effect(
        "The public office refused it: {text}.",
        _D.DELIVERED,
        Response.REJECTED,
        _ISSUED,
        Owner.CLERK,
        "Issue a credit note or a new invoice.",
    ),
    "sdi.DT": Effect(
        "Nobody objected for 15 days; it counts as accepted.", _D.DELIVERED, Response.DEEMED_ACCEPTED, _ISSUED
    ),
    # Mail: the SMTP dialogue
    "mail.250": Effect("The buyer's mail server has taken it.", _D.HANDED_OVER),
    "mail.5xx": Effect(
        "The buyer's mail server refused every address: {text}.",
        _D.UNDELIVERABLE,
        owner=Owner.MASTER_DATA,
        action="Correct the mail address, or choose another way.",
    ),
    "mail.content": Effect(
        "The mail server refused the message itself: {text}.",
        _D.REJECTED,
        owner=Owner.OPERATOR,
        action="Look at the server's words; size or content was refused.",
    ),
    "mail.quiet": Effect(
        "No returned mail within the waiting time; the buyer's own system does not confirm.",
        _D.DELIVERED_UNCONFIRMED,
        legal=_ISSUED,
    ),
    # Post: the print house's status file
    "post.uploaded": Effect("The print house's drop folder has the job.", _D.HANDED_OVER, owner=Owner.PROVIDER, days=1),
    "post.accepted": Effect("The print house has taken the job.", _D.HANDED_OVER, owner=Owner.PROVIDER, days=2),
    "post.batch_refused": Effect(
        "The print house refused the job: {text}.",
        _D.PARKED,
        owner=Owner.OPERATOR,
        action="Correct the print profile and release the job.",
    ),
    "post.rejected": Effect(
        "The print house refused the letter: {text}.",
        _D.REJECTED,
        owner=Owner.OPERATOR,
        action="Correct the layout and send it again.",
    ),
    "post.rejected.address": Effect(
        "The print house refused the address: {text}.",
        _D.REJECTED,
        owner=Owner.MASTER_DATA,
        action="Correct the postal address and send it again.",
    ),
    "post.on_hold": Effect(
        "The print house holds the letter: {text}.",
        owner=Owner.OPERATOR,
        action="Clear what the print house names.",
    ),
    "post.printed": Effect("The letter is printed.", _D.IN_TRANSIT, owner=Owner.PROVIDER, days=2),
    "post.inserted": Effect("The letter is in its envelope.", _D.IN_TRANSIT, owner=Owner.PROVIDER, days=2),
    "post.spoiled": Effect("The letter was spoiled and printed again."),
    "post.posted": Effect("The letter is with the post.", _D.IN_TRANSIT),
    "post.tracked": Effect("The post reports: {text}.", _D.IN_TRANSIT),
    "post.delivered": Effect("The post delivered the letter.", _D.DELIVERED, legal=_ISSUED),
    "post.quiet": Effect(
        "No letter came back within the waiting time; nobody confirms the delivery.",
        _D.DELIVERED_UNCONFIRMED,
        legal=_ISSUED,
    ),
    "post.forwarded": Effect(
        "The post forwarded the letter to a new address.",
        _D.IN_TRANSIT,
        owner=Owner.MASTER_DATA,
        action="Check the new address: {text}.",
    ),
    "post.returned": Effect(
        "The letter came back: {text}.",
        _D.UNDELIVERABLE,
        owner=Owner.MASTER_DATA,
        action="Correct the postal address.",
    ),
    "post.destroyed": Effect("The returned letter was destroyed."),
    "post.cancelled": Effect("The print house cancelled the letter.", _D.CANCELLED),
    "post.cancel_refused": Effect("The print house could not cancel the letter any more."),
    # The gateway itself
    "gateway.other_content": Effect(
        "The other side says {code} of a file that bears our name and is not the one that we sent: {text}. "
        "It counts for nothing until somebody has looked.",
        owner=Owner.OPERATOR,
        action="Compare the raw notice with the file that was sent, and ask the other side which file it has.",
        days=1,
    ),
    "gateway.unknown": Effect(
        "We do not know whether it arrived. It was not sent again.",
        _D.OUTCOME_UNKNOWN,
        owner=Owner.OPERATOR,
        action="Ask the other side, or send the same file again.",
        days=1,
    ),
    "gateway.parked": Effect(
        "We stopped trying: {text}.",
        _D.PARKED,
        owner=Owner.OPERATOR,
        action="Mend what the message names and release it.",
        days=1,
    ),
}

# Said of a signal that the table does not know: shown with its raw text, and a person looks.
UNKNOWN_SIGNAL = Effect(
    "An answer that is not in our catalogue: {code} {text}.", owner=Owner.OPERATOR, action="Read the raw answer."
)


def effect_of(signal: str) -> Effect:
    """What a signal means: its own row, or that of its longest known beginning (`peppol.mls.RE.BV` -> `...RE`)."""
    while signal:
        if signal in SIGNALS:
            return SIGNALS[signal]
        signal = signal.rpartition(".")[0]
    return UNKNOWN_SIGNAL


def signal_about(signal: str, *, is_about_a_repeat: bool) -> str:
    """The same signal where it speaks of the original; what it means for the original where it speaks of a repeat."""
    repeated = f"{signal.partition('.')[0]}.{signal.split('.')[1]}.repeat" if signal.count(".") else signal
    return repeated if is_about_a_repeat and repeated in SIGNALS else signal


def may_become(state: DeliveryState, target: DeliveryState) -> bool:
    """Whether a delivery in this state may move there."""
    return target in MAY_BECOME[state]


def best_of(states: tuple[DeliveryState, ...]) -> DeliveryState | None:
    """The best fact among the deliveries of one document, None where it has none."""
    return max(states, key=_WORTH.__getitem__, default=None)


_RESPONSE_RANK: Mapping[Response, int] = {
    Response.NONE: 0,
    Response.ACKNOWLEDGED: 1,
    Response.IN_PROCESS: 2,
    Response.UNDER_QUERY: 3,
    Response.CONDITIONALLY_ACCEPTED: 3,
    Response.DEEMED_ACCEPTED: 4,
    Response.ACCEPTED: 5,
    Response.REJECTED: 5,
    Response.PAID_REPORTED: 6,
}
_LEGAL_RANK: Mapping[Legal, int] = {Legal.NOT_ISSUED: 0, Legal.ISSUED_NOT_DELIVERED: 1, Legal.ISSUED: 2}


def later_response(known: Response, said: Response) -> Response:
    """The buyer's answer after one more was read: an answer never goes back to an earlier stage."""
    return said if _RESPONSE_RANK[said] > _RESPONSE_RANK[known] else known


def later_legal(known: Legal, said: Legal) -> Legal:
    """The legal flag after one more fact: what was issued stays issued."""
    return said if _LEGAL_RANK[said] > _LEGAL_RANK[known] else known


_GONE = frozenset({Processing.CANCELLED, Processing.SUPERSEDED, Processing.DUPLICATE})
_ACCEPTED = frozenset({Response.ACCEPTED, Response.DEEMED_ACCEPTED})


@dataclass(frozen=True, slots=True)
class Axes:
    """Where one document stands. `delivery` is the best fact among its deliveries, None before the first."""

    processing: Processing
    delivery: DeliveryState | None = None
    response: Response = Response.NONE
    payment: Payment = Payment.NOT_DUE
    legal: Legal = Legal.NOT_ISSUED
    owner: Owner = Owner.NOBODY


def headline(axes: Axes) -> Headline:
    """The one word for the desk, highest first: Cancelled, Action needed, Refused, Paid, Accepted, Delivered."""
    if axes.processing in _GONE:
        return Headline.CANCELLED
    if axes.response is Response.REJECTED:
        return Headline.REFUSED
    if axes.owner in PEOPLE_ON_OUR_SIDE:
        return Headline.ACTION_NEEDED
    if axes.payment is Payment.PAID:
        return Headline.PAID
    if axes.response in _ACCEPTED:
        return Headline.ACCEPTED
    if axes.delivery in (DeliveryState.DELIVERED, DeliveryState.DELIVERED_UNCONFIRMED):
        return Headline.DELIVERED
    return Headline.IN_PROGRESS
