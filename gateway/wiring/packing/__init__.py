"""How the house's invoice becomes a channel's parcel: one module a channel, where a format and a channel meet.

Settings of packing stand with those of the channel: `channels.mail.packing`, `channels.sdi.packing`,
`channels.post.packing`; their shapes are in the modules. A channel without a module of its own is packed plainly.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from formats.contract import Format, Profile
from gateway.errors import SettingWrong
from gateway.pipeline.house import Packer
from gateway.registry import Registry
from gateway.settings import Settings
from gateway.wiring import normalising
from gateway.wiring.letter_terms import LetterTerms, check_terms
from gateway.wiring.packing.mail import MailPacker, MailPacking
from gateway.wiring.packing.orders import format_of
from gateway.wiring.packing.peppol import PeppolPacker
from gateway.wiring.packing.plain import PlainPacker
from gateway.wiring.packing.post import PostPacker
from gateway.wiring.packing.sdi import SdiPacker, SdiPacking
from gateway.wiring.packing.signing_key import KeptKey
from gateway.wiring.shaping import Shape, shaped

Formats = Callable[[str], Format]
Profiles = tuple[Profile, ...]


def packers(settings: Settings, known: Registry) -> Mapping[str, Packer]:
    """A packer for every channel that has settings, by channel name. Raises SettingWrong naming the wrong one."""
    formats: Formats = partial(format_of, known.formats)
    profiles = normalising.by_speciality(known.profiles)
    return {name: _OWN.get(name, _plain)(settings, name, formats, profiles) for name in settings.channels}


def _peppol(settings: Settings, channel: str, formats: Formats, profiles: Profiles) -> Packer:
    _nothing_else(settings, channel)
    return PeppolPacker(formats, profiles)


def _sdi(settings: Settings, channel: str, formats: Formats, profiles: Profiles) -> Packer:
    del profiles
    signing = settings.signing
    key = KeptKey(signing) if signing.key_file or signing.certificate_file else None
    return SdiPacker(formats, _given(settings, channel, SdiPacking).transmitter, key)


def _mail(settings: Settings, channel: str, formats: Formats, profiles: Profiles) -> Packer:
    return MailPacker(formats, profiles, _given(settings, channel, MailPacking).sender)


def _post(settings: Settings, channel: str, formats: Formats, profiles: Profiles) -> Packer:
    del profiles
    given = _given(settings, channel, LetterTerms)
    check_terms(given, _setting(channel))
    return PostPacker(formats, given)


def _plain(settings: Settings, channel: str, formats: Formats, profiles: Profiles) -> Packer:
    _nothing_else(settings, channel)
    return PlainPacker(formats, profiles)


_OWN: Final = {"peppol": _peppol, "sdi": _sdi, "mail": _mail, "post": _post}


def _given(settings: Settings, channel: str, shape: type[Shape]) -> Shape:
    """What the operator says of packing for a channel."""
    given = settings.channels[channel].get("packing", {})
    if not isinstance(given, Mapping):
        raise SettingWrong(_setting(channel), "it is no table")
    return shaped(given, shape, _setting(channel))


def _nothing_else(settings: Settings, channel: str) -> None:
    if "packing" in settings.channels[channel]:
        raise SettingWrong(_setting(channel), "packing for this channel has no settings")


def _setting(channel: str) -> str:
    return f"channels.{channel}.packing"
