"""A parcel for a channel that has no packer of its own, such as one of a plug-in: the document as it is."""

from collections.abc import Callable
from dataclasses import dataclass

from channels.contract import Parcel
from formats.contract import Format, Profile
from gateway.pipeline.house import Packed, Packing
from gateway.wiring.packing.leaving import leave
from rules.recipient import address_terms


@dataclass(frozen=True, slots=True)
class PlainPacker:
    """Packs the document in the format of the way, under the gateway's key, with the recipient's terms as address."""

    formats: Callable[[str], Format]
    profiles: tuple[Profile, ...]

    def __call__(self, packing: Packing) -> Packed:
        """The document, addressed. The route's options are those of its format."""
        target = self.formats(packing.route.format)
        leaving = leave(target, self.profiles, packing.invoice, packing.route.options)
        if not leaving.may_leave:
            return Packed(None, target.name, leaving.report)
        address = address_terms(packing.recipient, packing.route.channel) or {}
        name = f"{packing.public_id}{target.suffix}"
        parcel = Parcel(packing.key, leaving.content, target.media_type, name, address)
        return Packed(parcel, target.name, leaving.report, leaving.not_carried)
