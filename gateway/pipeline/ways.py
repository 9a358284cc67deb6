"""Which way a document goes: decided once by the rules; a fallback takes the next of the ways that were decided then.

Unless that one cannot be gone: what was decided is older than its mistake's correction. Then the rules of today say
how it goes on, by a channel that has not been tried.
"""

from dataclasses import dataclass, replace

import msgspec

from formats.en16931 import Invoice
from gateway.pipeline.house import House
from gateway.store.records import Document, Sender
from rules.recipient import Recipient, Route, channel_words
from rules.routing import Decision, Rule


@dataclass(frozen=True, slots=True)
class Way:
    """How a document goes: the ways that were allowed, the one among them that is next, and why it was chosen."""

    routes: tuple[Route, ...]
    step: int
    because: str

    @property
    def route(self) -> Route:
        """The one that is next."""
        return self.routes[self.step]

    @property
    def tried(self) -> tuple[str, ...]:
        """The channels that could not deliver it before."""
        return tuple(one.channel for one in self.routes[: self.step])


def decide(house: House, invoice: Invoice, recipient: Recipient, rules: tuple[Rule, ...], sender: Sender) -> Decision:
    """What the rules of today say."""
    return house.route(invoice, recipient, rules, _tags(sender))


def first_way(decision: Decision) -> Way | None:
    """The way that was decided, None where nothing leads to the recipient."""
    if decision.route is None:
        return None
    return Way((decision.route, *decision.fallbacks), 0, decision.because)


def next_way(document: Document) -> Way:
    """The next of the ways that were decided before."""
    routes = tuple(msgspec.convert(one, Route) for one in document.routes)
    because = f"fallback: {channel_words([routes[document.next_step - 1].channel])} could not deliver it"
    return Way(routes, document.next_step, because)


def corrected(way: Way, decision: Decision) -> Way | None:
    """A way that cannot be gone, as the rules of today have it; None where they say the same, or lead nowhere else."""
    today = (decision.route, *decision.fallbacks)
    left = tuple(one for one in today if one is not None and one.channel not in way.tried)
    if not left or left[0] == way.route:
        return None
    return replace(way, routes=way.routes[: way.step] + left)


def _tags(sender: Sender) -> tuple[str, ...]:
    """What the sender's settings say of everything that it sends."""
    stated = sender.settings.get("tags")
    return tuple(map(str, stated)) if isinstance(stated, list | tuple) else ()
