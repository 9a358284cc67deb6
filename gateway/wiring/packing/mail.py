"""A parcel for mail: the page as PDF in a message in the recipient's language, with the data file where asked."""

from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Final

from channels.contract import Parcel
from channels.mail import Attachment, Draft, attachment_name, compose
from formats.checking import Report
from formats.contract import Format, Profile
from formats.pdf.letter import covering_letter
from gateway.errors import SettingWrong
from gateway.pipeline.house import Extra, Packed, Packing
from gateway.wiring.packing.leaving import refusal, written_and_checked
from gateway.wiring.packing.page import language_of, page_of
from rules.recipient import address_terms

MESSAGE: Final = "message/rfc822"
# What goes along as data where the rule says only that data shall go along (`attach: true`).
_USUAL_DATA: Final = "peppol-bis-3"


@dataclass(frozen=True, slots=True)
class MailPacker:
    """Packs for mail. The route's options: `attach` (a format's name, or true) puts the data file beside the page.

    sender:  from which address mails go where the sender of the document has none of its own
    """

    formats: Callable[[str], Format]
    profiles: tuple[Profile, ...]
    sender: str

    def __call__(self, packing: Packing) -> Packed:
        """The complete message, as it will be archived and sent."""
        page_format = self.formats(packing.route.format)
        page = page_of(page_format, packing)
        if not page.content:
            return Packed(None, page_format.name, page.report)
        name, sender = parseaddr(str(packing.sender.settings.get("mail_from") or self.sender))
        if not sender:
            raise SettingWrong("channels.mail.packing.from", "nobody says from which address mails go", "Set it.")
        data, report = self._data(packing)
        stem = packing.invoice.number or packing.public_id
        files = (Attachment(attachment_name(stem, "pdf"), page_format.media_type, page.content), *data)
        letter = covering_letter(packing.invoice, [one.file_name for one in data], {"language": language_of(packing)})
        to = tuple(part.strip() for part in (address_terms(packing.recipient, "mail") or {}).get("to", "").split(","))
        seller = packing.invoice.seller
        draft = Draft(
            key=packing.key,
            date=packing.now,
            sender=sender,
            sender_name=name or (seller.name if seller else "") or "",
            to=to,
            subject=letter.subject,
            language=letter.language,
            text=letter.text,
            html=letter.html,
            reply_to=(seller.contact.email if seller and seller.contact else "") or "",
            attachments=files,
        )
        try:
            content = compose(draft)
        except ValueError as error:
            fix = "Correct the mail address in the recipient's data or in the invoice."
            return Packed(None, page_format.name, refusal("GW-MAIL-ADDRESS", "BG-9/BT-58", f"{error}.", fix))
        address = {"to": ", ".join(to), "from": sender}
        parcel = Parcel(packing.key, content, MESSAGE, f"{packing.public_id}.eml", address)
        extras = tuple(
            Extra("page" if one is files[0] else "document", one.file_name, one.media_type, one.content)
            for one in files
        )
        return Packed(parcel, page_format.name, report, page.not_carried, extras)

    def _data(self, packing: Packing) -> tuple[tuple[Attachment, ...], Report]:
        """The data file where the route asks for one; none where it cannot be written, and the report says why."""
        wanted = packing.route.options.get("attach")
        if not wanted:
            return (), Report()
        target = self.formats(_USUAL_DATA if wanted is True else str(wanted))
        written, report = written_and_checked(target, self.profiles, packing.invoice, {})
        if written is None or report.fatal:
            return (), report
        name = attachment_name(packing.invoice.number or packing.public_id, target.suffix.removeprefix("."))
        return (Attachment(name, target.media_type, written.content),), report
