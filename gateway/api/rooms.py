"""What the API needs of the rooms around it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from formats.contract import Options
from formats.en16931 import Invoice
from gateway.intake.receive import Door
from gateway.judges import Artefact, Count
from gateway.pipeline.house import House
from gateway.pipeline.rounding import Rounding
from gateway.pipeline.verdict import Checked, Judged
from rules.recipient import Trouble


@dataclass(frozen=True, slots=True)
class Rooms:
    """The rooms behind the API.

    trouble: what is wrong with a way that a rule or a recipient names, "" where nothing is
    judge:   checks a file without keeping it: (bytes, file name, profile or "auto", options of the reader)
    propose: what would put right an invoice whose sums fail by rounding; None where they do not
    judges:  the official rule sets that are installed, and how often each of them disagreed
    page:    the page a person reads, as PDF; None: the desk shows only the pages that were made on the way
    """

    house: House
    door: Door
    trouble: Trouble
    judge: Callable[[bytes, str, str, Options], Iterator[Judged]]
    propose: Callable[[Checked], Rounding | None]
    public_url: str = ""
    page: Callable[[Invoice], bytes] | None = None
    judges: Callable[[], Sequence[tuple[Artefact, Count]]] = tuple
