"""The life of a document as tables: four independent axes, each a fold over events.

    A processing   per document      what the gateway has done with it
    B delivery     per delivery      one way to one recipient
    C response     per document      what the buyer said
    D payment      per document      (later work; the axis is here so that nothing else has to move)
    legal          per document      whether the tax office counts it as issued

What the outside says arrives as a *signal* (`signals`). A late or out-of-order one never lowers a proven fact: a move
that MAY_BECOME does not list leaves the state as it is and is recorded all the same.
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
