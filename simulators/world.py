"""What all parties of the twin share: the time, the agenda, the script, the ledger and the pace."""

from dataclasses import dataclass
from datetime import datetime

from simulators.clock import Agenda, Clock
from simulators.pace import Pace
from simulators.script import Facts, Rule, Script
from simulators.seen import Ledger, Sight


@dataclass(frozen=True)
class Presentation:
    """One message as a party first sees it."""

    party: str
    key: str
    content: bytes
    sender: str = ""
    recipient: str = ""
    number: str = ""
    filename: str = ""

    def facts(self) -> Facts:
        words = ("key", "sender", "recipient", "number", "filename")
        return {word: (str(getattr(self, word)),) for word in words}


@dataclass(frozen=True)
class World:
    clock: Clock
    agenda: Agenda
    script: Script
    ledger: Ledger
    pace: Pace

    def now(self) -> datetime:
        return self.clock.now()

    def admit(self, rule: Rule | None, *shown: Presentation) -> bool:
        """Act out the waiting of a rule; False when it said `hang`: the message is not taken and gets no answer."""
        if rule is not None and rule.behaviour == "hang":
            for one in shown:
                self.note(one, "untaken", "hang")
        return self.script.hold(rule)

    def note(self, shown: Presentation, outcome: str, answer: str) -> None:
        """Write into the ledger what became of a message, and what the party said of it in a word."""
        self.ledger.note(
            Sight(
                party=shown.party,
                key=shown.key,
                sha256=self.ledger.keep(shown.content),
                size=len(shown.content),
                at=self.now(),
                outcome=outcome,
                sender=shown.sender,
                recipient=shown.recipient,
                number=shown.number,
                filename=shown.filename,
                answer=answer,
            )
        )
