"""A parcel for mail: the page as PDF in a message in the recipient's language, with the data file where asked."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from email.utils import parseaddr
from typing import Final

import msgspec

from channels.contract import Parcel
from channels.mail import Attachment, Draft, attachment_name, compose
from channels.mail.mailbox import on_the_wire, split_addresses
from formats.checking import Finding, Report, Severity
from formats.contract import Format, Profile
from formats.pdf.letter import covering_letter
from gateway.errors import SettingWrong
from gateway.pipeline.house import Extra, Packed, Packing
from gateway.wiring.packing.leaving import Leaving, leave, refusal
from gateway.wiring.packing.orders import PDF, MailOptions, data_format, ordered
from gateway.wiring.packing.page import page_of, page_options
from gateway.wiring.senders import settings_of
from rules.recipient import address_terms

MESSAGE: Final = "message/rfc822"


class MailPacking(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`channels.mail.packing`. from: address (and name) of the mails of senders that have none of their own."""

    sender: str = msgspec.field(default="", name="from")

    def __post_init__(self) -> None:
        if self.sender:
            on_the_wire(parseaddr(self.sender)[1])


@dataclass(frozen=True, slots=True)
class MailPacker:
    """Packs for mail. sender: from which address mails go where the sender of the document has none of its own."""

    formats: Callable[[str], Format]
    profiles: tuple[Profile, ...]
    sender: str

    def __call__(self, packing: Packing) -> Packed:
        """The complete message, as it will be archived and sent."""
        target = self.formats(packing.route.format)
        main = self._main(target, packing)
        if not main.may_leave:
            return Packed(None, target.name, main.report)
        files = [_attachment(packing, target, main.content)]
        data, report = self._data(packing)
        files += data
        address = (address_terms(packing.recipient, "mail") or {}).get("to", "")
        reply_to, doubt = _reply_to(packing)
        try:
            content = compose(self._draft(packing, split_addresses(address), reply_to, files))
        except ValueError as error:
            fix = "Correct the mail address in the recipient's data or in the invoice."
            return Packed(None, target.name, refusal("GW-MAIL-ADDRESS", "BG-9/BT-58", f"{error}.", fix))
        to = {"to": address, "from": self._from(packing)[1]}
        parcel = Parcel(packing.key, content, MESSAGE, f"{packing.public_id}.eml", to)
        extras = tuple(
            Extra("page" if one.media_type == PDF else "document", one.file_name, one.media_type, one.content)
            for one in files
        )
        return Packed(parcel, target.name, main.report + report + doubt, main.not_carried, extras)

    def _main(self, target: Format, packing: Packing) -> Leaving:
        """What the mail is about: the page; or a data file alone, where the rule names such a format."""
        if target.media_type == PDF:
            return page_of(target, packing, {})
        return leave(target, self.profiles, packing.invoice, {})

    def _data(self, packing: Packing) -> tuple[list[Attachment], Report]:
        """The data file where the route asks for one; none where it cannot be written, and the report says why."""
        wanted = ordered(packing.route, MailOptions).attach
        if not wanted:
            return [], Report()
        target = self.formats(data_format(wanted))
        leaving = leave(target, self.profiles, packing.invoice, {})
        if leaving.may_leave:
            return [_attachment(packing, target, leaving.content)], leaving.report
        fix = "Correct the invoice where the recipient needs the file."
        left_out = Finding("GW-MAIL-DATA", "", f"The mail goes without its {target.title} file.", fix, Severity.WARNING)
        reasons = (replace(one, severity=Severity.WARNING) for one in leaving.report.fatal)
        return [], Report((left_out, *reasons))

    def _draft(self, packing: Packing, to: tuple[str, ...], reply_to: str, files: list[Attachment]) -> Draft:
        invoice, (name, sender) = packing.invoice, self._from(packing)
        seller = invoice.seller.name if invoice.seller else None
        letter = covering_letter(
            invoice, [one.file_name for one in files if one.media_type != PDF], page_options(packing)
        )
        return Draft(
            key=packing.key,
            date=packing.now,
            sender=sender,
            sender_name=name or seller or "",
            to=to,
            subject=letter.subject,
            language=letter.language,
            text=letter.text,
            html=letter.html,
            reply_to=reply_to,
            attachments=tuple(files),
        )

    def _from(self, packing: Packing) -> tuple[str, str]:
        """Name and address from which the mail goes. Raises SettingWrong."""
        own = settings_of(packing.sender).mail_from
        setting = f"senders.{packing.sender.name}.mail_from" if own else "channels.mail.packing.from"
        name, address = parseaddr(own or self.sender)
        try:
            on_the_wire(address)
        except ValueError:
            problem = f"`{own or self.sender}` is no address from which mails can go"
            raise SettingWrong(setting, problem, "Set it; then release the document.") from None
        return name, address


def _reply_to(packing: Packing) -> tuple[str, Report]:
    """Where people answer: the seller's contact (BT-43). One that is no address is left out, with a warning."""
    seller = packing.invoice.seller
    stated = ((seller.contact.email if seller and seller.contact else None) or "").strip()
    if not stated:
        return "", Report()
    try:
        on_the_wire(stated)
    except ValueError as error:
        message = f"The mail has no address for answers: {error}."
        fix = "Correct the contact's mail address (BT-43)."
        return "", Report((Finding("GW-MAIL-ADDRESS", "BG-4/BG-6/BT-43", message, fix, Severity.WARNING),))
    return stated, Report()


def _attachment(packing: Packing, target: Format, content: bytes) -> Attachment:
    name = attachment_name(packing.invoice.number or packing.public_id, target.suffix.removeprefix("."))
    return Attachment(name, target.media_type, content)
