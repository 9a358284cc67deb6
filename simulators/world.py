"""What all parties of the twin share: the time, the agenda, the script, the ledger and the pace."""

from dataclasses import dataclass
from datetime import datetime

from simulators.clock import Agenda, Clock
from simulators.pace import Pace
from simulators.script import Facts, Script
from simulators.seen import Ledger, Sight


@dataclass(frozen=True)
class World:
    clock: Clock
    agenda: Agenda
    script: Script
    ledger: Ledger
    pace: Pace

    def now(self) -> datetime:
        return self.clock.now()


@dataclass(frozen=True)
class Presentation:
    """One message as a party first sees it: noted in the ledger in one word, matched by the script in facts."""

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

    def note(self, world: World, outcome: str, answer: str) -> None:
        world.ledger.note(
            Sight(
                party=self.party,
                key=self.key,
                sha256=world.ledger.keep(self.content),
                size=len(self.content),
                at=world.now(),
                outcome=outcome,
                sender=self.sender,
                recipient=self.recipient,
                number=self.number,
                filename=self.filename,
                answer=answer,
            )
        )
