"""What the API needs of the rooms around it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gateway.intake.receive import Door
from gateway.pipeline.house import House
from gateway.pipeline.verdict import Judged


@dataclass(frozen=True, slots=True)
class Rooms:
    """The rooms behind the API.

    judge:   checks a file without keeping it: (bytes, file name, profile or "auto")
    """

    house: House
    door: Door
    judge: Callable[[bytes, str, str], Iterator[Judged]]
    public_url: str = ""
