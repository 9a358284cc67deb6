"""Which formats and channels this installation has: entry points, ours and those of plug-ins alike.

A gateway for tax documents does not start half-equipped: a plug-in that cannot be loaded, a name that two of them
claim, or one of our own that is missing stops the start, with the name of the package that is to blame.

The command line looks at one file and ends; it loads a format when it is asked for (`formats_at_hand`), so that a
person does not wait for the typesetter to learn that a total is wrong.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from typing import Final, TypeVar

from channels.contract import ChannelType
from formats.contract import Format, Profile
from formats.xml import root_name
from gateway.errors import SettingWrong

OWN_FORMATS: Final = frozenset({"ubl", "peppol-bis-3", "fatturapa", "pdf", "json", "csv"})
OWN_CHANNELS: Final = frozenset({"peppol", "sdi", "mail", "post"})
# Those of our own without rules of their own. A test holds this true; nothing but time hangs on it.
WITHOUT_PROFILES: Final = frozenset({"pdf", "json", "csv"})
# In which order a file is shown to the formats. The most frequent goes first; CSV takes any text, so JSON is asked
# before it, and whatever stands in neither list before both; a page is written and never read.
_ASKED_FIRST: Final = ("ubl", "peppol-bis-3", "fatturapa")
_ASKED_LAST: Final = ("json", "csv", "pdf")

Plugin = TypeVar("Plugin", Format, ChannelType)


@dataclass(frozen=True, slots=True)
class Registry:
    """The formats and channel types of this installation, by name."""

    formats: Mapping[str, Format]
    channel_types: Mapping[str, ChannelType]

    def recognise(self, content: bytes, file_name: str = "") -> Format | None:
        """The format of a file by its content, None where nobody knows it. The name of a file proves nothing."""
        del file_name
        return recognise(self.formats, content)

    @property
    def profiles(self) -> Mapping[str, Profile]:
        """Every profile of every format by its name."""
        return profiles_of(self.formats)


@dataclass(frozen=True, slots=True)
class FormatsAtHand(Mapping[str, Format]):
    """The formats of this installation by name; each is loaded, and looked at, when it is first asked for."""

    points: Mapping[str, EntryPoint]
    loaded: dict[str, Format] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Format:
        if name not in self.loaded:
            self.loaded[name] = _plugin(self.points[name], Format)
        return self.loaded[name]

    def __contains__(self, name: object) -> bool:
        return name in self.points

    def __iter__(self) -> Iterator[str]:
        return iter(self.points)

    def __len__(self) -> int:
        return len(self.points)


def recognise(formats: Mapping[str, Format], content: bytes) -> Format | None:
    """The format of these bytes among those that can be read, None where nobody knows it."""
    others = [one for one in formats if one not in (*_ASKED_FIRST, *_ASKED_LAST)]
    asked = (formats[name] for name in (*_ASKED_FIRST, *others, *_ASKED_LAST) if name in formats)
    return next((one for one in asked if one.read is not None and one.recognises(content)), None)


def root_of(content: bytes) -> tuple[str, str]:
    """Namespace and name of the first element of an XML file, whoever reads it; two empty texts where it is none."""
    namespace, _, name = (root_name(content) or "").rpartition("}")
    return namespace.removeprefix("{"), name


def profiles_of(formats: Mapping[str, Format]) -> Mapping[str, Profile]:
    """Every profile of these formats by its name."""
    return {
        profile.name: profile for name in formats if name not in WITHOUT_PROFILES for profile in formats[name].profiles
    }


def load() -> Registry:
    """Everything that is installed. Raises SettingWrong where something of it cannot be used."""
    points = _announced("gateway.formats", OWN_FORMATS)
    formats = {name: _plugin(point, Format) for name, point in points.items()}
    _refuse_doubled_profiles(formats, points)
    channels = _announced("gateway.channels", OWN_CHANNELS).items()
    return Registry(formats, {name: _plugin(point, ChannelType) for name, point in channels})


def _refuse_doubled_profiles(formats: Mapping[str, Format], points: Mapping[str, EntryPoint]) -> None:
    owners: dict[str, str] = {}
    for name, one in formats.items():
        for profile in one.profiles:
            if profile.name in owners:
                raise _wrong(points[name], f"the profile {profile.name} belongs to {owners[profile.name]} already")
            owners[profile.name] = name


def formats_at_hand() -> Mapping[str, Format]:
    """The formats alone, each loaded when it is asked for. Raises SettingWrong where one is missing or doubled."""
    return FormatsAtHand(_announced("gateway.formats", OWN_FORMATS))


def _announced(group: str, own: frozenset[str]) -> Mapping[str, EntryPoint]:
    """The plug-ins of a group by name, nothing of them loaded yet."""
    found: dict[str, EntryPoint] = {}
    for point in sorted(entry_points(group=group), key=lambda one: one.name):
        if point.name in found:
            raise _wrong(point, "two packages claim this name")
        found[point.name] = point
    missing = sorted(own - set(found))
    if missing:
        raise SettingWrong(group, f"{', '.join(missing)} is not installed", "Install the gateway again.")
    return found


def _plugin(point: EntryPoint, kind: type[Plugin]) -> Plugin:
    """The plug-in itself, if it is what it claims to be."""
    try:
        plugin: object = point.load()
    except Exception as error:
        raise _wrong(point, f"it cannot be loaded: {type(error).__name__}: {error}") from error
    if not isinstance(plugin, kind):
        raise _wrong(point, f"it is a {type(plugin).__name__}, not a {kind.__name__}")
    if plugin.name != point.name:
        raise _wrong(point, f"it calls itself {plugin.name}")
    return plugin


def _wrong(point: EntryPoint, problem: str) -> SettingWrong:
    package = point.dist.name if point.dist else point.value
    return SettingWrong(
        f"{point.group}: {point.name}", f"{problem} (package {package})", "Repair or remove that package."
    )
