"""What the parties were given: the twin's proof of what arrived, how often, and that nothing was taken twice."""

import hashlib
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True)
class Sight:
    """One presentation of one message to one party."""

    party: str
    key: str
    """By which the party knows it again: SBDH InstanceIdentifier, SDI file name, Message-ID, print batch or piece."""
    sha256: str
    size: int
    at: datetime
    """Simulated time."""
    outcome: str
    """`new` (taken as a new message), `repeat` (known, not taken again), `refused`, `untaken` (nothing was kept)."""
    sender: str = ""
    recipient: str = ""
    number: str = ""
    filename: str = ""
    answer: str = ""
    """What the party said, in a word."""


class Ledger:
    """Everything that was presented, in order; the bytes lie in a folder under their hash."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._sights: list[Sight] = []

    def keep(self, content: bytes) -> str:
        """Store the bytes; their SHA-256 in hex is the way back to them."""
        sha256 = hashlib.sha256(content).hexdigest()
        path = self._folder / sha256
        if not path.exists():
            part = path.with_name(f"{sha256}.{threading.get_ident()}")
            part.write_bytes(content)
            part.replace(path)
        return sha256

    def content(self, sha256: str) -> bytes | None:
        """The bytes under a hash; None when nothing with it was seen."""
        known = {sight.sha256 for sight in self.sights()}
        return (self._folder / sha256).read_bytes() if sha256 in known else None

    def note(self, sight: Sight) -> None:
        with self._lock:
            self._sights.append(sight)

    def sights(self, party: str | None = None) -> list[Sight]:
        with self._lock:
            return [sight for sight in self._sights if party in (None, sight.party)]

    def count(self, party: str) -> dict[str, object]:
        """How many parcels a party was presented, and how many of them were new: cheap enough to ask often."""
        sights = self.sights(party)
        return {"party": party, "presented": len(sights), "new": sum(one.outcome == "new" for one in sights)}

    def report(self, party: str, key: str | None = None) -> dict[str, object]:
        """Of one party, or of one key there: counts by key, the doubles, and every presentation.

        `twice`, where an empty list is the proof, names a key that one recipient got as new more than once, and a
        document (sender, recipient, number) that was taken under two keys: the second is a double delivery that no
        receiver can recognise.
        """
        sights = [sight for sight in self.sights(party) if key in (None, sight.key)]
        by_key: dict[str, list[Sight]] = defaultdict(list)
        for sight in sights:
            by_key[sight.key].append(sight)
        return {
            "party": party,
            "presented": len(sights),
            "new": sum(sight.outcome == "new" for sight in sights),
            "keys": {
                name: {
                    "presented": len(group),
                    "new": sum(sight.outcome == "new" for sight in group),
                    "sha256": sorted({sight.sha256 for sight in group}),
                }
                for name, group in by_key.items()
            },
            "twice": list(_doubles([sight for sight in sights if sight.outcome == "new"])),
            "entries": [asdict(sight) | {"at": sight.at.isoformat()} for sight in sights],
        }


def _doubles(taken: list[Sight]) -> Iterator[dict[str, object]]:
    for (key, recipient), times in Counter((sight.key, sight.recipient) for sight in taken).items():
        if times > 1:
            yield {"key": key, "recipient": recipient, "new": times}
    documents: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for sight in taken:
        if sight.number:
            documents[sight.sender, sight.recipient, sight.number].add(sight.key)
    for (sender, recipient, number), keys in documents.items():
        if len(keys) > 1:
            yield {"sender": sender, "recipient": recipient, "number": number, "keys": sorted(keys)}
