"""What a packer is given: one document, one recipient, one way, in few words."""

import uuid
from collections.abc import Mapping
from functools import cache

from formats.contract import Format
from formats.en16931 import Invoice
from gateway import registry
from gateway.pipeline.house import Packed, Packing
from gateway.registry import Registry
from gateway.store.records import Sender
from gateway.wiring.packing.orders import format_of
from rules.derived import recipient_from
from rules.recipient import Option, Recipient, Route
from tests.clocks import NOON

KEY = "7d9f2c1e-0000-4000-8000-000000000042"
PUBLIC_ID = "d-7KQ2M9TX"


@cache
def known() -> Registry:
    """The formats and channels of this checkout: loading them takes a second, and they never change."""
    return registry.load()


def format_named(name: str) -> Format:
    """As the packers ask for it."""
    return format_of(known().formats, name)


def packing(
    invoice: Invoice,
    channel: str,
    *,
    recipient: Recipient | None = None,
    format_name: str = "",
    options: Mapping[str, Option] | None = None,
    settings: Mapping[str, object] | None = None,
    tried: tuple[str, ...] = (),
    progressive: int = 1,
) -> Packing:
    """One document for one way; its recipient is made of the invoice where none is given."""
    return Packing(
        invoice=invoice,
        recipient=recipient or recipient_from(invoice),
        route=Route(channel=channel, format=format_name, options=options or {}),
        sender=Sender(uuid.UUID(int=1), uuid.UUID(int=2), "ERP North", settings or {}),
        tried=tried,
        public_id=PUBLIC_ID,
        key=KEY,
        now=NOON,
        progressive=lambda transmitter: progressive,
    )


def reasons(packed: Packed) -> list[str]:
    """The ids of what forbids that it leaves; nothing is sent then."""
    assert packed.parcel is None
    return [one.id for one in packed.report.fatal]


def not_carried(packed: Packed) -> dict[str, str]:
    """What stays behind: path -> value."""
    return {one.path: one.value for one in packed.not_carried}
