"""A channel without a packer of its own, such as one of a plug-in, carries the document as it is."""

from msgspec.structs import replace

from gateway.wiring import normalising
from gateway.wiring.packing.plain import PlainPacker
from rules.derived import recipient_from
from rules.recipient import Addresses
from tests.samples import sample_invoice
from tests.wiring.packets import KEY, PUBLIC_ID, format_named, known, packing, reasons

PACKER = PlainPacker(format_named, normalising.by_speciality(known().profiles))


def test_the_document_goes_in_the_format_of_the_way_to_the_recipients_own_address() -> None:
    invoice = sample_invoice()
    reached = replace(recipient_from(invoice), addresses=Addresses(other={"portal": {"mailbox": "4711"}}))
    parcel = PACKER(packing(invoice, "portal", format_name="ubl", recipient=reached)).parcel
    assert parcel is not None
    assert (parcel.key, parcel.file_name, parcel.media_type) == (KEY, f"{PUBLIC_ID}.xml", "application/xml")
    assert parcel.address == {"mailbox": "4711"}
    assert b"2026-0042" in parcel.content


def test_what_its_rules_refuse_does_not_leave_this_way_either() -> None:
    packed = PACKER(packing(sample_invoice(number=None), "portal", format_name="ubl"))
    assert "BR-02" in reasons(packed)
