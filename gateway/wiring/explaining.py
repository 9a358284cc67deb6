"""Which way the invoices of a file would go, without sending them: `gateway route`."""

from collections.abc import Iterator
from dataclasses import dataclass

from formats.contract import Options
from gateway.errors import NotConverted, WrongContent
from gateway.registry import formats_at_hand
from gateway.wiring.judging import judge
from rules.derived import completed, recipient_from
from rules.identity import matching_keys
from rules.plain_form import WrongForm
from rules.recipient import Recipient, channel_words
from rules.routing import Decision, route
from rules.yaml_form import RuleBook, default_rules, read_rule_book


@dataclass(frozen=True, slots=True)
class Explained:
    """One invoice and the decision about it."""

    number: str | None
    recipient: str
    decision: Decision

    @property
    def ways(self) -> str:
        """`Peppol, then e-mail`, or that there is none."""
        routes = [self.decision.route, *self.decision.fallbacks] if self.decision.route else []
        return channel_words([one.channel for one in routes]) or "no way"

    @property
    def because(self) -> str:
        """The reason, as a sentence."""
        return self.decision.because

    @property
    def considered(self) -> list[tuple[str, str]]:
        """What was asked before: (rule, why it did not decide)."""
        return [(one.rule, one.why_not) for one in self.decision.considered]

    def as_data(self) -> dict[str, object]:
        """For machines."""
        chosen = self.decision.route
        return {
            "number": self.number,
            "recipient": self.recipient,
            "channel": chosen.channel if chosen else None,
            "format": chosen.format if chosen else None,
            "fallbacks": [{"channel": one.channel, "format": one.format} for one in self.decision.fallbacks],
            "rule": self.decision.rule,
            "because": self.decision.because,
            "considered": [{"rule": one.rule, "why_not": one.why_not} for one in self.decision.considered],
        }


def explain(content: bytes, file_name: str, rule_book: bytes | None, options: Options) -> Iterator[Explained]:
    """Every invoice of a file with the decision about it. Raises WrongContent for a broken rule book."""
    book = _book(rule_book)
    for judged in judge(formats_at_hand(), content, file_name, options=options):
        if judged.checked is None:
            reason = "; ".join(str(one["message"]) for one in judged.findings)
            raise NotConverted(f"{file_name}, document {judged.position}", "a decision", reason)
        invoice = judged.checked.invoice
        keys = matching_keys(invoice.buyer, invoice.seller) if invoice.buyer else ()
        known = _known(book, keys)
        recipient = completed(known, invoice) if known else recipient_from(invoice)
        yield Explained(invoice.number, recipient.name, route(invoice, recipient, book.rules))


def _book(content: bytes | None) -> RuleBook:
    if content is None:
        return RuleBook(default_rules())
    try:
        book = read_rule_book(content.decode("utf-8"))
    except (UnicodeDecodeError, WrongForm) as error:
        raise WrongContent("rule book", str(error)) from None
    return book if book.rules else RuleBook(default_rules(), book.recipients)


def _known(book: RuleBook, keys: tuple[str, ...]) -> Recipient | None:
    for key in keys:
        found = [one for one in book.recipients if key in one.keys]
        if len(found) == 1:
            return found[0]
    return None
