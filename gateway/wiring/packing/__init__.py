"""How the house's invoice becomes a channel's parcel: one module a channel, where a format and a channel meet.

Settings of packing stand with those of the channel, under `packing`:

    channels.mail.packing.from         address (and name) from which mails go
    channels.sdi.packing.transmitter   who transmits to SDI, `IT01234560157`; the seller itself where it is not set
    channels.post.packing.*            see `post`
"""

from collections.abc import Callable, Mapping
from functools import cache

from formats.contract import Format
from gateway.errors import NotFound
from gateway.pipeline.house import Packer
from gateway.registry import Registry
from gateway.settings import Settings
from gateway.signing.keys import SigningKey, load_signing_key
from gateway.wiring import normalising
from gateway.wiring.packing.mail import MailPacker
from gateway.wiring.packing.peppol import PeppolPacker
from gateway.wiring.packing.post import PostPacker
from gateway.wiring.packing.sdi import SdiPacker


def packers(settings: Settings, known: Registry) -> Mapping[str, Packer]:
    """A packer for each of our own channels, by channel name."""
    profiles = normalising.by_speciality(known.profiles)

    def format_named(name: str) -> Format:
        if name not in known.formats:
            raise NotFound("format", name)
        return known.formats[name]

    transmitter = str(_packing(settings, "sdi").get("transmitter") or "")
    return {
        "peppol": PeppolPacker(format_named, profiles),
        "sdi": SdiPacker(format_named, (transmitter[:2], transmitter[2:]) if transmitter else None, _key(settings)),
        "mail": MailPacker(format_named, profiles, str(_packing(settings, "mail").get("from") or "")),
        "post": PostPacker(format_named, _packing(settings, "post"), is_test=settings.test_network),
    }


def _packing(settings: Settings, channel: str) -> Mapping[str, object]:
    given = settings.channels.get(channel, {}).get("packing", {})
    return given if isinstance(given, Mapping) else {}


def _key(settings: Settings) -> Callable[[], SigningKey] | None:
    """Gives the signing key, loaded when it is first needed and then kept: loading one takes longer than signing."""
    given = settings.signing
    key_file = given.key_file or given.certificate_file
    if key_file is None:
        return None
    certificate = given.certificate_file if given.key_file else None
    return cache(lambda: load_signing_key(key_file, given.password_file, certificate))
