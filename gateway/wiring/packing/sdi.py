"""A parcel for SDI: FatturaPA under a file name that was never used before, signed where the law or a rule asks."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import msgspec

from channels.contract import Parcel
from formats.contract import Format, Options
from formats.fatturapa import sdicoop
from formats.fatturapa.sdi_sending import check_sending
from formats.fatturapa.transmission import transmission_of
from gateway.errors import SettingWrong
from gateway.pipeline.house import Extra, Packed, Packing
from gateway.signing.keys import SigningKey
from gateway.signing.xades import sign_xades
from gateway.wiring.packing.leaving import leave, refusal
from gateway.wiring.packing.orders import SdiOptions, check_carried, ordered
from gateway.wiring.senders import check_transmitter, settings_of
from rules.recipient import address_terms

# A public body takes signed files alone (FPA12: specifiche tecniche 1.9.1, section 1.3.2).
_SIGNED_BY_LAW: Final = "FPA12"
_FORMAT: Final = "fatturapa"


class SdiPacking(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`channels.sdi.packing`. transmitter: who transmits, `IT01234560157`; the seller itself where it is not set."""

    transmitter: str = ""

    def __post_init__(self) -> None:
        if self.transmitter:
            check_transmitter(self.transmitter)


@dataclass(frozen=True, slots=True)
class SdiPacker:
    """Packs for SDI.

    transmitter:  country and fiscal code of who transmits (1.1.1 IdTrasmittente), "" for the seller itself
    key:          gives the signing key that is in force; None where none is set
    """

    formats: Callable[[str], Format]
    transmitter: str
    key: Callable[[], SigningKey] | None

    def __call__(self, packing: Packing) -> Packed:
        """The file, signed where it must be. Raises WeMustRepair where it cannot be signed."""
        target, orders = self.formats(packing.route.format), ordered(packing.route, SdiOptions)
        check_carried(target, packing.route.channel, _FORMAT)
        transmitter = self._transmitter(packing)
        if not transmitter:
            return Packed(None, target.name, _NOBODY_TRANSMITS)
        country, code = transmitter[:2], transmitter[2:]
        progressive = packing.progressive(transmitter)
        options: Options = {
            **_recipient(packing, orders),
            "transmitter_country": country,
            "transmitter_code": code,
            "progressive": sdicoop.progressive(progressive),
        }
        # Its rules are SDI's own controls, which judge the bytes.
        leaving = leave(target, (), packing.invoice, options)
        if not leaving.may_leave:
            return Packed(None, target.name, leaving.report)
        form = transmission_of(packing.invoice, options)
        name = sdicoop.file_name(country, code, progressive)
        must_be_signed = orders.sign or form.format == _SIGNED_BY_LAW
        content = self._signed(packing, leaving.content) if must_be_signed else leaving.content
        report = leaving.report + check_sending(name, content, packing.now)
        if report.fatal:
            return Packed(None, target.name, report)
        parcel = Parcel(
            key=name,
            content=content,
            media_type=target.media_type,
            file_name=name,
            address={"code": form.recipient_code, "pec": form.recipient_pec or "", "transmitter": transmitter},
        )
        unsigned = Extra("document", name, target.media_type, leaving.content)
        return Packed(parcel, target.name, report, leaving.not_carried, (unsigned,))

    def _transmitter(self, packing: Packing) -> str:
        """Who transmits: set for the sender, else for the installation, else the seller itself; "" for nobody."""
        chosen = settings_of(packing.sender).sdi_transmitter or self.transmitter
        if chosen:
            return chosen
        seller = packing.invoice.seller
        own = (seller.vat_identifier if seller else None) or ""
        try:
            check_transmitter(own)
        except ValueError:
            return ""
        return own

    def _signed(self, packing: Packing, content: bytes) -> bytes:
        if self.key is None:
            problem = "the file must be signed, and no signing certificate is set"
            raise SettingWrong("signing.certificate_file", problem, "Install the certificate.")
        return sign_xades(content, self.key(), packing.now)


def _recipient(packing: Packing, orders: SdiOptions) -> dict[str, object]:
    """How SDI finds the recipient: by the rule, else by the recipient's data. The invoice's own words come last."""
    terms = address_terms(packing.recipient, "sdi") or {}
    wanted = {name: value for name, value in msgspec.to_builtins(orders).items() if name != "sign"}
    return {"recipient_code": terms.get("code", ""), "recipient_pec": terms.get("pec", ""), **wanted}


_NOBODY_TRANSMITS: Final = refusal(
    "GW-SDI-TRANSMITTER",
    "BG-4/BT-31",
    "Nobody can transmit it to SDI: no transmitter is set, and the seller's VAT identifier names none.",
    "State the seller's VAT identifier (BT-31), or set the transmitter in `channels.sdi.packing`.",
)
