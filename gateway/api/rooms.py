"""What the API needs of the rooms around it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from formats.en16931 import Invoice
from gateway.intake.receive import Door
from gateway.pipeline.house import House
from gateway.pipeline.verdict import Judged
from rules.recipient import Recipient
from rules.routing import Decision, Rule


@dataclass(frozen=True, slots=True)
class Rooms:
    """The rooms behind the API.

    judge:   checks a file without keeping it: (bytes, file name, profile or "auto")
    explain: which way an invoice would take, without sending it
    """

    house: House
    door: Door
    judge: Callable[[bytes, str, str], Iterator[Judged]]
    explain: Callable[[Invoice, Recipient, tuple[Rule, ...]], Decision]
    public_url: str = ""
