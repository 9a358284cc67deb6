"""Parcels for the mail channel: made-up companies, a key of its own for each."""

import datetime
import itertools
import uuid
from dataclasses import replace

from channels.contract import Parcel
from channels.mail import Attachment, Draft, compose

WHEN = datetime.datetime(2026, 11, 20, 9, 30, tzinfo=datetime.timezone(datetime.timedelta(hours=1)))
PDF = b"%PDF-1.7 as far as mail is concerned\n" * 40

DRAFT = Draft(
    key="5b1f0c9e-0000-4000-8000-000000000001",
    date=WHEN,
    sender="rechnung@invoices.example.com",
    sender_name="Nordlicht Handels GmbH",
    to=("accounts@buyer.example",),
    subject="Rechnung 2026/7 über 1.190,00 €",
    language="de",
    text="Guten Tag,\nanbei Rechnung 2026/7.\n\nFreundliche Grüße\n",
    html="<p>Guten Tag,</p>\n<p>anbei <b>Rechnung 2026/7</b>.</p>\n",
    reply_to="debitoren@seller.example",
    attachments=(Attachment("Rechnung-2026-7.pdf", "application/pdf", PDF),),
)

numbers = itertools.count(1)


def parcel(*to: str, content: bytes | None = None) -> Parcel:
    """A sealed message under a key of its own."""
    key = str(uuid.UUID(int=next(numbers), version=4))
    addresses = to or ("accounts@buyer.example",)
    sealed = compose(replace(DRAFT, key=key, to=addresses)) if content is None else content
    address = {"to": ", ".join(addresses), "from": "bounce@invoices.example.com"}
    return Parcel(key, sealed, "message/rfc822", f"{key}.eml", address)
