"""A parcel for Peppol: the right document in the right envelope, and nothing that the network would refuse."""

import dataclasses

import pytest
from msgspec.structs import replace

from channels.contract import Parcel
from formats.en16931 import Address, Buyer, Identifier, Invoice, ProcessControl
from formats.peppol.header import Sbdh
from formats.peppol.profiles import XRECHNUNG_SPECIFICATION as XRECHNUNG
from formats.peppol.sbdh import read_sbdh
from formats.peppol.writer import (
    BUSINESS_PROCESS,
    SELF_BILLING,
    SELF_BILLING_PROCESS,
    SPECIFICATION,
)
from gateway.errors import SettingWrong
from gateway.pipeline.house import Packed
from gateway.wiring import normalising
from gateway.wiring.packing.peppol import PeppolPacker
from rules.derived import recipient_from
from rules.recipient import Addresses, PeppolAddress
from tests.clocks import NOON
from tests.samples import BUYER, PEPPOL_PROCESS, SELLER, sample_credit_note, sample_invoice
from tests.wiring.packets import KEY, PUBLIC_ID, format_named, known, not_carried, packing, reasons

CORE = "urn:cen.eu:en16931:2017"
UBL = "urn:oasis:names:specification:ubl:schema:xsd"


def pack(invoice: Invoice, **how: object) -> Packed:
    profiles = normalising.by_speciality(known().profiles)
    return PeppolPacker(format_named, profiles)(packing(invoice, "peppol", **how))  # type: ignore[arg-type]  # by name


def opened(packed: Packed) -> tuple[Sbdh, bytes, Parcel]:
    """The header, the document and the parcel; the envelope is without fault."""
    assert packed.parcel is not None, packed.report.fatal
    envelope = read_sbdh(packed.parcel.content)
    assert envelope.findings == ()
    assert envelope.header is not None
    return envelope.header, envelope.document, packed.parcel


def claiming(specification: str | None, process: str | None = None, **changes: object) -> Invoice:
    return sample_invoice(process=ProcessControl(specification=specification, business_process=process), **changes)


def test_the_envelope_names_sender_receiver_document_process_and_country() -> None:
    header, document, parcel = opened(pack(sample_invoice()))
    assert (header.sender.value, header.receiver.value) == ("0088:9876543210982", "0088:4000000123453")
    assert header.document_type.value == f"{UBL}:Invoice-2::Invoice##{SPECIFICATION}::2.1"
    assert header.document_type.scheme == "busdox-docid-qns"
    assert (header.process.value, header.country) == (BUSINESS_PROCESS, "AT")
    assert (header.instance_identifier, header.created) == (KEY, NOON)
    assert parcel.key == KEY
    assert parcel.file_name == f"{PUBLIC_ID}.sbd.xml"
    assert parcel.address == {
        "sender": header.sender.value,
        "receiver": header.receiver.value,
        "document_type": header.document_type.value,
        "process": header.process.value,
    }
    assert b"2026-0042" in document


def test_a_status_is_asked_for_also_where_all_goes_well() -> None:
    """Without it nobody would ever say "delivered" (MLS 1.1)."""
    assert opened(pack(sample_invoice()))[0].mls_type == "ALWAYS_SEND"


def test_the_document_lies_beside_the_envelope_as_it_stands_in_it() -> None:
    packed = pack(sample_invoice())
    (extra,) = packed.extras
    assert (extra.role, extra.file_name, extra.media_type) == ("document", f"{PUBLIC_ID}.xml", "application/xml")
    assert opened(packed)[1] in extra.content


def test_a_credit_note_is_a_document_of_its_own_type() -> None:
    header, _, _ = opened(pack(sample_credit_note()))
    assert header.document_type.value == f"{UBL}:CreditNote-2::CreditNote##{SPECIFICATION}::2.1"


@pytest.mark.parametrize(
    ("claimed", "process", "leaves", "in_process", "behind"),
    [
        # An export claims nothing, or the core: on Peppol it is BIS Billing 3, and the core is no loss.
        (None, None, SPECIFICATION, BUSINESS_PROCESS, {}),
        (CORE, None, SPECIFICATION, BUSINESS_PROCESS, {}),
        # Processes of the network stay, those of a house do not.
        (CORE, PEPPOL_PROCESS, SPECIFICATION, PEPPOL_PROCESS, {}),
        (CORE, "P1", SPECIFICATION, BUSINESS_PROCESS, {"BG-2/BT-23": "P1"}),
        # What is registered on the network stays what it is.
        (SPECIFICATION, PEPPOL_PROCESS, SPECIFICATION, PEPPOL_PROCESS, {}),
        # A use of CII is no document of the network in UBL.
        (
            f"{CORE}#compliant#urn:factur-x.eu:1p0:basic",
            None,
            SPECIFICATION,
            BUSINESS_PROCESS,
            {"BG-2/BT-24": f"{CORE}#compliant#urn:factur-x.eu:1p0:basic"},
        ),
        (
            f"{CORE}#conformant#urn:factur-x.eu:1p0:extended",
            None,
            SPECIFICATION,
            BUSINESS_PROCESS,
            {"BG-2/BT-24": f"{CORE}#conformant#urn:factur-x.eu:1p0:extended"},
        ),
    ],
)
def test_what_an_invoice_claims_becomes_what_it_is_on_the_network(
    claimed: str | None, process: str | None, leaves: str, in_process: str, behind: dict[str, str]
) -> None:
    packed = pack(claiming(claimed, process))
    header, document, _ = opened(packed)
    assert (header.document_type.customization, header.process.value) == (leaves, in_process)
    assert f">{leaves}<".encode() in document
    assert f">{in_process}<".encode() in document
    assert not_carried(packed) == behind


def test_an_xrechnung_stays_one_and_is_checked_as_one() -> None:
    german = sample_invoice(
        process=ProcessControl(specification=XRECHNUNG, business_process=PEPPOL_PROCESS),
        seller=replace(SELLER, address=Address(line1="Amselweg 7", city="Kiel", post_code="24103", country="DE")),
        buyer=replace(BUYER, address=Address(line1="Seestraße 3", city="Ulm", post_code="89073", country="DE")),
    )
    packed = pack(german)
    header, document, _ = opened(packed)
    assert header.document_type.customization == XRECHNUNG
    assert f">{XRECHNUNG}<".encode() in document
    assert "xrechnung" in {one.name for one in packed.report.applied}
    # BR-DE-15: without a buyer reference (the Leitweg-ID) it is no XRechnung.
    assert "BR-DE-15" in reasons(pack(replace(german, buyer_reference=None)))


def test_a_self_billed_invoice_goes_from_the_buyer_to_the_seller() -> None:
    header, document, _ = opened(pack(claiming(CORE, type_code="389")))
    assert (header.sender.value, header.receiver.value) == ("0088:4000000123453", "0088:9876543210982")
    assert (header.document_type.customization, header.process.value) == (SELF_BILLING, SELF_BILLING_PROCESS)
    assert header.country == "FR"
    assert f">{SELF_BILLING}<".encode() in document


def test_what_was_entered_for_the_seller_of_a_self_billed_invoice_wins() -> None:
    invoice = claiming(CORE, type_code="389")
    known_better = replace(
        recipient_from(invoice), addresses=Addresses(peppol=PeppolAddress(participant="9930:DE123456788"))
    )
    header, _, _ = opened(pack(invoice, recipient=known_better))
    assert header.receiver.value == "9930:DE123456788"


def test_the_rules_options_win_over_what_the_invoice_says() -> None:
    process = "urn:peppol:bis:billing_with_response"
    header, document, _ = opened(pack(sample_invoice(), options={"business_process": process}))
    assert header.process.value == process
    assert f">{process}<".encode() in document


def test_the_senders_settings_win_over_the_seller_of_the_invoice() -> None:
    settings = {"peppol_participant": "0088:7300010000001", "country": "SE"}
    header, _, _ = opened(pack(sample_invoice(), settings=settings))
    assert (header.sender.value, header.country) == ("0088:7300010000001", "SE")


def test_the_recipients_own_participant_wins_over_the_invoice() -> None:
    invoice = sample_invoice()
    known_better = replace(
        recipient_from(invoice), addresses=Addresses(peppol=PeppolAddress(participant="9930:DE123456788"))
    )
    assert opened(pack(invoice, recipient=known_better))[0].receiver.value == "9930:DE123456788"


NO_ADDRESS = sample_invoice(seller=replace(SELLER, electronic_address=None))
A_MAILBOX = sample_invoice(seller=replace(SELLER, electronic_address=Identifier("rechnung@nordlicht.example", "EM")))
SAME_ENDS = sample_invoice(buyer=replace(BUYER, electronic_address=SELLER.electronic_address))
NOBODY = sample_invoice(buyer=Buyer(name="Atelier du Lac SARL", address=BUYER.address))


@pytest.mark.parametrize(
    ("invoice", "expected", "words"),
    [
        # Peppol wants BT-34 in the document itself, and then an envelope cannot be addressed either.
        (NO_ADDRESS, "PEPPOL-EN16931-R020", "electronic address"),
        # A mailbox is an electronic address, and no participant of the network.
        (A_MAILBOX, "PEPPOL-EN16931-CL008", "EM"),
        # A mapping that fills both columns from one: it would go to the sender itself.
        (SAME_ENDS, "GW-PEPPOL-PARTICIPANT", "both 0088:9876543210982"),
        # The rule says Peppol, the buyer is on no network.
        (NOBODY, "PEPPOL-EN16931-R010", "electronic address"),
    ],
)
def test_who_is_no_participant_is_a_finding_with_a_way_out(invoice: Invoice, expected: str, words: str) -> None:
    packed = pack(invoice)
    assert reasons(packed)[0] == expected
    first = packed.report.fatal[0]
    assert words.lower() in first.message.lower()
    assert first.fix


def test_a_recipient_without_participant_is_a_finding_that_names_it() -> None:
    by_mail = replace(recipient_from(sample_invoice()), addresses=Addresses())
    packed = pack(sample_invoice(), recipient=by_mail)
    assert reasons(packed) == ["GW-PEPPOL-PARTICIPANT"]
    assert "Atelier du Lac SARL has no Peppol address" in packed.report.fatal[0].message


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        # Peppol: a buyer reference or an order reference.
        ({"buyer_reference": None, "order_reference": None}, "PEPPOL-EN16931-R003"),
        # EN 16931: the core rules count as well.
        ({"currency": "XXY"}, "BR-CL-04"),
        ({"number": None}, "BR-02"),
    ],
)
def test_what_the_network_would_refuse_is_not_packed(changes: dict[str, object], rule: str) -> None:
    packed = pack(sample_invoice(**changes))
    assert rule in reasons(packed)
    assert packed.format == "peppol-bis-3"


def test_a_place_in_the_document_that_we_wrote_is_not_sought_in_the_senders_file() -> None:
    packed = pack(sample_invoice(currency="XXY"))
    places = [one.where for one in packed.report.findings if one.where]
    assert all(place.endswith("document that would leave") for place in places)


@pytest.mark.parametrize("options", [{"specifcation": "x"}, {"attach": True}])
def test_an_option_that_nobody_knows_holds_the_document(options: dict[str, object]) -> None:
    with pytest.raises(SettingWrong, match="may hold specification, business_process") as caught:
        pack(sample_invoice(), options=options)
    assert "Correct the rule" in str(caught.value)


@pytest.mark.parametrize("name", ["edifact", "csv"])
def test_a_format_that_cannot_be_written_holds_the_document(name: str) -> None:
    with pytest.raises(SettingWrong, match=rf"`{name}` cannot be written; there are .*ubl"):
        pack(sample_invoice(), format_name=name)


@pytest.mark.parametrize("name", ["ubl", "fatturapa", "pdf"])
def test_a_format_that_nobody_reads_on_the_network_holds_the_document(name: str) -> None:
    with pytest.raises(SettingWrong, match=f"nobody reads `{name}` over peppol.*format: peppol-bis-3"):
        pack(sample_invoice(), format_name=name)


@pytest.mark.parametrize(
    "settings", [{"peppol_participant": "SE556677"}, {"country": "Sweden"}, {"peppol_particpant": "0088:7300010000001"}]
)
def test_wrong_settings_of_a_sender_hold_the_document_and_name_the_sender(settings: dict[str, object]) -> None:
    with pytest.raises(SettingWrong, match=r"senders\.ERP North"):
        pack(sample_invoice(), settings=settings)


def test_what_is_packed_twice_differs_in_nothing_but_its_key() -> None:
    """A repeat after a crash is another parcel only where the house gives it another key."""
    first, second = pack(sample_invoice()).parcel, pack(sample_invoice()).parcel
    assert first is not None
    assert second is not None
    assert dataclasses.asdict(first) == dataclasses.asdict(second)
