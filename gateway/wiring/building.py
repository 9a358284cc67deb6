"""Settings become a house: database, archive, formats, channels and packers, ready to work."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol, runtime_checkable

from channels.contract import Channel, Misconfigured
from formats.fatturapa import sdicoop
from gateway import ids, registry
from gateway.archive import Archive, open_archive
from gateway.clock import Clock, SystemClock
from gateway.errors import SettingWrong
from gateway.judges import Judges
from gateway.pipeline.house import House
from gateway.registry import Registry
from gateway.settings import Settings
from gateway.store.session import Store, open_store
from gateway.store.upgrade import upgrade
from gateway.wiring import normalising, rounding
from gateway.wiring.databases import database
from gateway.wiring.packing import packers
from gateway.wiring.second_opinion import beside, judges_of
from gateway.wiring.senders import read_options
from rules import routing


@dataclass(frozen=True, slots=True)
class Installation:
    """An installation that is open: its settings, its rooms and the URL of its database.

    registry:  the formats in it ask the judges as well
    """

    settings: Settings
    registry: Registry
    judges: Judges
    database_url: str = field(repr=False)
    store: Store
    archive: Archive
    clock: Clock
    house: House


@runtime_checkable
class KeepsConnections(Protocol):
    """A channel that keeps connections open between parcels."""

    def close(self) -> None:
        """Close them."""
        ...


@contextmanager
def open_installation(
    settings: Settings, *, clock: Clock | None = None, connections: int = 10
) -> Iterator[Installation]:
    """The house of these settings, its database at the newest schema. Raises WeMustRepair where something is wrong."""
    judges, clock = judges_of(settings), clock or SystemClock()
    known = beside(registry.load(), judges)
    # Before anything is started: a wrong setting is told at once.
    judges.check_ready()
    channels, made = build_channels(settings, known, clock), packers(settings, known)
    with ExitStack() as stack:
        for channel in channels.values():
            if isinstance(channel, KeepsConnections):
                stack.callback(channel.close)
        url = stack.enter_context(database(settings))
        upgrade(url)
        store = stack.enter_context(closing(open_store(url, connections=connections)))
        archive = open_archive(settings.archive_url or str(settings.data.absolute() / "archive"))
        house = House(
            store=store,
            archive=archive,
            clock=clock,
            chance=ids.share,
            work=settings.work,
            limits=settings.limits,
            recognise=known.recognise,
            read_options=read_options,
            check=partial(normalising.check, normalising.by_speciality(known.profiles)),
            settle_rounding=partial(rounding.settle, known.formats),
            route=routing.route,
            channels=channels,
            packers=made,
        )
        yield Installation(settings, known, judges, url, store, archive, clock, house)


def build_channels(settings: Settings, known: Registry, clock: Clock) -> Mapping[str, Channel]:
    """The channels that have settings. Raises SettingWrong naming the channel and the setting."""
    ports: Mapping[str, object] = {
        "write_upload": sdicoop.write_upload,
        "read_upload_answer": sdicoop.read_upload_answer,
        "now": clock.now,
    }
    built: dict[str, Channel] = {}
    for name, given in settings.channels.items():
        kind = known.channel_types.get(name)
        if kind is None:
            installed = ", ".join(sorted(known.channel_types))
            raise SettingWrong(f"channels.{name}", "no channel of this name is installed", f"There are: {installed}.")
        try:
            built[name] = kind.build(_plain(given), ports)
        except Misconfigured as error:
            raise SettingWrong(f"channels.{name}", error.text) from error
    return built


def _plain(given: Mapping[str, object]) -> Mapping[str, object]:
    """A channel's own settings, without those that packing reads (`packing`)."""
    return {name: value for name, value in given.items() if name != "packing"}
