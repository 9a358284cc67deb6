"""A small house for the hops: real database, real archive, real UBL; a channel that does as it is told."""

import datetime
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from channels.contract import ChannelFailure, Notice, OutcomeUnknown, Parcel, Receipt
from formats.checking import Applied, Report
from formats.contract import Format
from formats.ubl import FORMAT as UBL
from gateway.archive import open_archive
from gateway.errors import GatewayError
from gateway.pipeline.house import Archive, House, Packed, Packing
from gateway.settings import LimitSettings, WorkSettings
from gateway.store import parties
from gateway.store.records import Sender
from gateway.store.session import Store
from gateway.wiring import rounding
from gateway.wiring.normalising import check
from rules.recipient import Route
from rules.routing import Decision
from tests.clocks import MovableClock

TENANT, SENDER = uuid.UUID(int=1), uuid.UUID(int=2)


class Killed(BaseException):
    """The end of a process, as far as Python can play it: nothing below catches it."""


@dataclass(slots=True)
class ObedientChannel:
    """Takes parcels as the script says: a Receipt, a failure, or an end of the process.

    inbox:  what the receiver has: key -> how often it was presented
    """

    name: str = "obedient"
    recognises_repeats: bool = True
    script: list[ChannelFailure | Killed | None] = field(default_factory=list)
    inbox: dict[str, int] = field(default_factory=dict)
    knows: bool | None = None
    refuses_to_tell: Exception | None = None
    notices: list[Notice] = field(default_factory=list)

    def destination(self, parcel: Parcel) -> str:
        """One destination for all."""
        del parcel
        return "there"

    def send(self, parcel: Parcel) -> Receipt:
        """What the script says next; "taken" where it says nothing."""
        said = self.script.pop(0) if self.script else None
        if said is None or isinstance(said, OutcomeUnknown | Killed):
            self.inbox[parcel.key] = self.inbox.get(parcel.key, 0) + 1
        if said is not None:
            raise said
        return Receipt(f"ref-{parcel.key}", self.signal, "taken", b"taken", "text/plain")

    @property
    def signal(self) -> str:
        """What a receipt of this channel is called."""
        return "mail.250" if self.name == "mail" else "peppol.handed_over"

    def ask(self, parcel: Parcel, reference: str) -> Receipt | None:
        """Whether the parcel is there, where the script knows."""
        if self.refuses_to_tell is not None:
            raise self.refuses_to_tell
        if self.knows is None:
            raise OutcomeUnknown("cannot-tell", "nobody knows")
        if not self.knows:
            return None
        return Receipt(reference or "found", self.signal, "it is there", b"found", "text/plain")

    def collect(self, references: Mapping[str, str]) -> Iterator[Notice]:
        """What the other side has said."""
        yield from (one for one in self.notices if one.parcel_key in references)


@dataclass(slots=True)
class FailingArchive:
    """An archive that does not do some of the things that it should.

    trouble:  what each of these raises: `get`, `put` (one or many)
    """

    archive: Archive
    trouble: dict[str, GatewayError]

    def put(self, tenant: uuid.UUID, content: bytes) -> str:
        """Kept, or in trouble."""
        return self.put_all(tenant, [content])[0]

    def put_all(self, tenant: uuid.UUID, contents: Sequence[bytes]) -> tuple[str, ...]:
        """All kept, or in trouble."""
        if contents and "put" in self.trouble:
            raise self.trouble["put"]
        return self.archive.put_all(tenant, contents)

    def get(self, tenant: uuid.UUID, sha256: str) -> bytes:
        """Found, or in trouble."""
        if "get" in self.trouble:
            raise self.trouble["get"]
        return self.archive.get(tenant, sha256)


def plain_packer(packing: Packing) -> Packed:
    """The invoice as UBL, addressed to nobody in particular."""
    assert UBL.write is not None
    content = UBL.write(packing.invoice).content
    parcel = Parcel(packing.key, content, "application/xml", f"{packing.public_id}.xml", {"to": "somebody"})
    return Packed(parcel, "ubl", Report((), (Applied("none", "1", 1),)))


def always(first: str, *fallbacks: str) -> Callable[..., Decision]:
    """A decision that never looks: by this channel, and by these where that fails."""
    ways = [Route(channel=one, format="ubl") for one in (first, *fallbacks)]
    decision = Decision(route=ways[0], fallbacks=tuple(ways[1:]), because="the test says so")
    return lambda *asked: decision


@dataclass(slots=True)
class SmallHouse:
    """The house and the handles by which a test moves it."""

    house: House
    clock: MovableClock
    channel: ObedientChannel
    other: ObedientChannel


def small_house(store: Store, folder: Path, clock: MovableClock | None = None, **work: object) -> SmallHouse:
    """A house with one tenant and one sender; everything goes by `obedient`, then by `mail`."""
    clock = clock or MovableClock()
    with store.of(TENANT) as transaction:
        parties.add_tenant(transaction, TENANT, "North", clock.now())
        parties.add_sender(transaction, Sender(TENANT, SENDER, "erp", {}), clock.now())
    channel, other = ObedientChannel(), ObedientChannel("mail", recognises_repeats=False)

    def recognise(content: bytes, file_name: str) -> Format | None:
        del file_name
        return UBL if UBL.recognises(content) else None

    house = House(
        store=store,
        archive=open_archive(str(folder)),
        clock=clock,
        chance=lambda: 0.5,
        work=WorkSettings.model_validate({"lease": 60, "batch": 5, **work}),
        limits=LimitSettings(),
        recognise=recognise,
        read_options=lambda sender: {},
        check=lambda source, content, reading: check(UBL.profiles, source, content, reading),
        settle_rounding=partial(rounding.settle, {"ubl": UBL}),
        route=always("obedient", "mail"),
        channels={"obedient": channel, "mail": other},
        packers={"obedient": plain_packer, "mail": plain_packer},
    )
    return SmallHouse(house, clock, channel, other)


def hours(count: float) -> datetime.timedelta:
    """So many hours."""
    return datetime.timedelta(hours=count)
