"""A parcel for SDI: FatturaPA under a file name that was never used before, signed where the law or a rule asks."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from channels.contract import Parcel
from formats.contract import Format, Options
from formats.fatturapa import sdicoop
from formats.fatturapa.transmission import transmission_of
from gateway.errors import SettingWrong
from gateway.pipeline.house import Extra, Packed, Packing
from gateway.signing.keys import SigningKey
from gateway.signing.xades import sign_xades
from gateway.wiring.packing.leaving import written_and_checked
from rules.recipient import address_terms

# A public body takes signed files alone (FPA12: specifiche tecniche 1.9.1, section 1.3.2).
_SIGNED_BY_LAW: Final = "FPA12"


@dataclass(frozen=True, slots=True)
class SdiPacker:
    """Packs for SDI.

    transmitter:  country and fiscal code of who transmits (1.1.1 IdTrasmittente): `IT`, `01234560157`
    key:          gives the signing key, loaded once; None where none is set
    """

    formats: Callable[[str], Format]
    transmitter: tuple[str, str] | None
    key: Callable[[], SigningKey] | None

    def __call__(self, packing: Packing) -> Packed:
        """The file, signed where it must be. Raises WeMustRepair where it cannot be signed."""
        country, code = self._transmitter(packing)
        target = self.formats(packing.route.format)
        options = dict(_routing(packing)) | {"transmitter_country": country, "transmitter_code": code}
        progressive = packing.progressive(f"{country}{code}")
        options["progressive"] = sdicoop.progressive(progressive)
        written, report = written_and_checked(target, (), packing.invoice, options)
        if written is None or report.fatal:
            return Packed(None, target.name, report)
        name = sdicoop.file_name(country, code, progressive)
        parcel = Parcel(
            key=name,
            content=self._sealed(packing, written.content, options),
            media_type=target.media_type,
            file_name=name,
            address={"code": str(options.get("recipient_code", "")), "transmitter": f"{country}{code}"},
        )
        unsigned = Extra("document", name, target.media_type, written.content)
        return Packed(parcel, target.name, report, written.not_carried, (unsigned,))

    def _transmitter(self, packing: Packing) -> tuple[str, str]:
        """Who transmits: set for the sender, else for the installation, else the seller itself."""
        stated = str(packing.sender.settings.get("sdi_transmitter") or "")
        if stated:
            return stated[:2], stated[2:]
        if self.transmitter is not None:
            return self.transmitter
        seller = packing.invoice.seller
        vat = (seller.vat_identifier if seller else None) or ""
        return vat[:2], vat[2:]

    def _sealed(self, packing: Packing, content: bytes, options: Options) -> bytes:
        wanted = bool(packing.route.options.get("sign"))
        if not wanted and transmission_of(packing.invoice, options).format != _SIGNED_BY_LAW:
            return content
        if self.key is None:
            problem = "a public body takes signed files alone, and no signing certificate is set"
            raise SettingWrong("signing.certificate_file", problem, "Install the certificate.")
        key = self.key()
        key.check_in_force(packing.now)
        return sign_xades(content, key, packing.now)


def _routing(packing: Packing) -> Options:
    """How SDI finds the recipient: from the recipient's data, where the rule's options say nothing else."""
    terms = address_terms(packing.recipient, "sdi") or {}
    found = {"recipient_code": terms.get("code"), "recipient_pec": terms.get("pec")}
    found |= {name: str(value) for name, value in packing.route.options.items() if name != "sign"}
    return {name: value for name, value in found.items() if value}
