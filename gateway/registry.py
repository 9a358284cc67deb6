"""Which formats and channels this installation has: entry points, ours and those of plug-ins alike.

A gateway for tax documents does not start half-equipped: a plug-in that cannot be loaded, a name that two of them
claim, or one of our own that is missing stops the start, with the name of the package that is to blame.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Final, TypeVar

from channels.contract import ChannelType
from formats.contract import Format, Profile
from gateway.errors import SettingWrong

OWN_FORMATS: Final = frozenset({"ubl", "peppol-bis-3", "fatturapa", "pdf", "json", "csv"})
OWN_CHANNELS: Final = frozenset({"peppol", "sdi", "mail", "post"})
# Asked in this order: a name that is not here comes before CSV, which takes any text.
_ASKED_LAST: Final = ("json", "csv")

Plugin = TypeVar("Plugin", Format, ChannelType)


@dataclass(frozen=True, slots=True)
class Registry:
    """The formats and channel types of this installation, by name."""

    formats: Mapping[str, Format]
    channel_types: Mapping[str, ChannelType]

    def recognise(self, content: bytes, file_name: str = "") -> Format | None:
        """The format of a file by its content, None where nobody knows it. The name of a file proves nothing."""
        del file_name
        names = [one for one in self.formats if one not in _ASKED_LAST]
        names += [one for one in _ASKED_LAST if one in self.formats]
        readable = (self.formats[name] for name in names if self.formats[name].read is not None)
        return next((one for one in readable if one.recognises(content)), None)

    @property
    def profiles(self) -> Mapping[str, Profile]:
        """Every profile of every format by its name."""
        return {profile.name: profile for one in self.formats.values() for profile in one.profiles}


def load() -> Registry:
    """Everything that is installed. Raises SettingWrong where something of it cannot be used."""
    return Registry(
        _load("gateway.formats", Format, OWN_FORMATS, lambda one: one.name),
        _load("gateway.channels", ChannelType, OWN_CHANNELS, lambda one: one.name),
    )


def _load(group: str, kind: type[Plugin], own: Iterable[str], name_of: Callable[[Plugin], str]) -> Mapping[str, Plugin]:
    found: dict[str, Plugin] = {}
    for point in sorted(entry_points(group=group), key=lambda one: one.name):
        if point.name in found:
            raise _wrong(point, "two packages claim this name")
        plugin = _loaded(point)
        if not isinstance(plugin, kind):
            raise _wrong(point, f"it is a {type(plugin).__name__}, not a {kind.__name__}")
        if name_of(plugin) != point.name:
            raise _wrong(point, f"it calls itself {name_of(plugin)}")
        found[point.name] = plugin
    missing = sorted(set(own) - set(found))
    if missing:
        raise SettingWrong(group, f"{', '.join(missing)} is not installed", "Install the gateway again.")
    return found


def _loaded(point: EntryPoint) -> object:
    try:
        plugin: object = point.load()
    except Exception as error:
        raise _wrong(point, f"it cannot be loaded: {type(error).__name__}: {error}") from error
    return plugin


def _wrong(point: EntryPoint, problem: str) -> SettingWrong:
    package = point.dist.name if point.dist else point.value
    return SettingWrong(
        f"{point.group}: {point.name}", f"{problem} (package {package})", "Repair or remove that package."
    )
