"""Peppol and SDI, and what they may answer: from the door to the last word."""

from email import message_from_bytes
from email.policy import default

import pytest
from msgspec.structs import replace

from formats.en16931 import Contact, Identifier
from gateway.lifecycle import DeliveryState, Headline, Legal, Owner, Processing
from tests.e2e.invoices import PARTICIPANT, course, to_office, to_peppol, to_sdi, told
from tests.e2e.site import Office, Site, office
from tests.pdf.printing import words_of
from tests.samples import ITALIAN_BUYER

D = DeliveryState


@pytest.fixture(autouse=True)
def directory(here: Site) -> None:
    """Who is on the network."""
    here.twin.directory.register(PARTICIPANT)


# --- Peppol


def test_over_peppol_it_is_delivered_when_the_buyers_provider_confirms(erp: Office) -> None:
    erp.send(to_peppol("P-1"))
    assert course(erp.one()) == [("peppol", D.HANDED_OVER)]
    erp.later(minutes=11)
    whole = erp.one()
    assert course(whole) == [("peppol", D.DELIVERED)]
    assert (whole.document.headline, whole.document.legal) == (Headline.DELIVERED, Legal.ISSUED)
    proof = [one for one in whole.artefacts if one.role == "notice"]
    assert proof
    assert b"received_ap" in erp.raw(proof[-1].sha256)


def test_who_is_not_registered_gets_it_by_mail(erp: Office) -> None:
    erp.site.twin.directory.remove(PARTICIPANT)
    erp.send(to_peppol("P-2"))
    whole = erp.one()
    assert course(whole) == [("peppol", D.FALLBACK_STARTED), ("mail", D.HANDED_OVER)]
    assert whole.document.channel == "mail"
    assert "The buyer is not registered on Peppol." in told(whole)
    erp.later(days=6)
    assert erp.one().document.headline == Headline.DELIVERED


def test_a_confirmation_that_does_not_come_is_called_late_and_settles_it_when_it_comes(erp: Office) -> None:
    step = {"say": "AP", "after": 2 * 86_400.0}
    erp.site.script("ap", "accept", match={"key": "*"}, then=[step])
    erp.send(to_peppol("P-3"))
    erp.later(days=1, minutes=1)
    late = erp.one().document
    assert (late.delivery, late.owner, late.headline) == (D.HANDED_OVER, Owner.OPERATOR, Headline.ACTION_NEEDED)
    assert late.sentence == "The confirmation is late."
    assert "Ask" in late.action
    erp.later(days=1, minutes=1)
    settled = erp.one().document
    assert (settled.headline, settled.owner) == (Headline.DELIVERED, Owner.NOBODY)
    assert erp.site.twin.ledger.report("ap")["twice"] == []


def test_what_the_buyers_provider_turns_away_is_for_the_clerk_and_goes_no_other_way(erp: Office) -> None:
    erp.site.script("ap", "accept", match={}, then=[{"say": "RE", "code": "BV", "text": "unknown order number"}])
    erp.send(to_peppol("P-4"))
    erp.later(minutes=11)
    whole = erp.one()
    assert course(whole) == [("peppol", D.REJECTED)]
    assert whole.document.owner is Owner.CLERK
    assert "unknown order number" in whole.document.sentence


# --- SDI


def test_through_sdi_it_is_delivered_when_sdi_says_so(erp: Office) -> None:
    erp.send(to_sdi("S/1"))
    whole = erp.one()
    assert course(whole) == [("sdi", D.HANDED_OVER)]
    assert whole.document.legal is Legal.NOT_ISSUED
    erp.later(minutes=11)
    whole = erp.one()
    assert course(whole) == [("sdi", D.DELIVERED)]
    assert whole.document.legal is Legal.ISSUED
    # What FatturaPA has no place for stands in the log, beside the parcel.
    ready = next(one for one in whole.events if one.type == "document.ready")
    assert {"path", "value", "reason"} <= set(ready.data["not_carried"][0])  # type: ignore[index]  # a list of tables
    signed = next(one for one in whole.artefacts if one.role == "notice")
    assert b"RicevutaConsegna" in erp.raw(signed.sha256)


def test_a_corrected_invoice_takes_the_same_number_and_another_file_name(erp: Office) -> None:
    """5 days to correct it, with the same number and date; a file name is used once for ever (00002)."""
    erp.site.script("sdi", "reject", match={"number": "S/2"}, code="00311", times=1)
    erp.send(to_sdi("S/2"))
    erp.later(minutes=6)
    refused = erp.one()
    assert course(refused) == [("sdi", D.REJECTED)]
    assert (refused.document.owner, refused.document.legal) == (Owner.CLERK, Legal.NOT_ISSUED)
    assert "(00311)" in refused.document.sentence
    assert "same number and date" in refused.document.action
    assert refused.document.deadline is not None
    erp.send(to_sdi("S/2", buyer_reference="corrected"))
    old, new = erp.all()
    assert old.document.processing is Processing.SUPERSEDED
    assert old.document.successor_id == new.document.id
    assert course(new) == [("sdi", D.HANDED_OVER)]
    assert new.deliveries[0].file_name != old.deliveries[0].file_name
    erp.later(minutes=11)
    assert erp.all()[1].document.headline == Headline.DELIVERED


def test_what_sdi_cannot_deliver_to_a_business_goes_by_mail_as_a_courtesy_copy(erp: Office) -> None:
    erp.site.script("sdi", "accept", match={"number": "S/3"}, then=[{"say": "MC", "text": "canale non attivo"}])
    erp.send(to_sdi("S/3"))
    erp.later(hours=49)
    whole = erp.one()
    assert course(whole) == [("sdi", D.FALLBACK_STARTED), ("mail", D.HANDED_OVER)]
    # Issued all the same, and never to be sent through SDI again.
    assert whole.document.legal is Legal.ISSUED_NOT_DELIVERED
    message = message_from_bytes(erp.raw(whole.deliveries[1].parcel_sha256), policy=default)
    (page,) = (one for one in message.walk() if one.get_content_type() == "application/pdf")
    assert "Sistema di Interscambio" in words_of(page.get_payload(decode=True))  # type: ignore[arg-type]  # bytes
    assert message["To"].addresses[0].addr_spec == "ufficio@rivalta.example"


def test_an_office_that_says_nothing_for_fifteen_days_has_accepted_a_signed_file(erp: Office) -> None:
    erp.site.script("sdi", "accept", match={"number": "S/4"}, then=[{"say": "RC"}, {"say": "DT"}])
    erp.send(to_office("S/4"))
    erp.later(minutes=11)
    erp.later(days=15, hours=1)
    whole = erp.one()
    assert whole.document.headline == Headline.ACCEPTED
    assert b"<ds:Signature" in erp.raw(whole.deliveries[0].parcel_sha256)


def test_an_office_that_refuses_says_why(erp: Office) -> None:
    steps = [{"say": "RC"}, {"say": "NE", "code": "EC02", "text": "importo non ordinato"}]
    erp.site.script("sdi", "accept", match={"number": "S/5"}, then=steps)
    erp.send(to_office("S/5"))
    erp.later(minutes=11)
    erp.later(days=4)
    document = erp.one().document
    assert document.headline == Headline.REFUSED
    assert "importo non ordinato" in document.sentence
    assert "credit note" in document.action


def test_file_names_never_repeat_though_two_tenants_share_a_transmitter(here: Site) -> None:
    intermediary = {"sdi_transmitter": "IT12345670017"}
    north, south = office(here, intermediary), office(here, intermediary)
    for round_of, one in enumerate((north, south, north, south)):
        one.send(to_sdi(f"T/{round_of}"))
    names = [whole.deliveries[0].file_name for one in (north, south) for whole in one.all()]
    assert len(set(names)) == 4
    assert {name.partition("_")[0] for name in names} == {"IT12345670017"}
    assert here.twin.ledger.report("sdi")["twice"] == []


# --- rules


def test_a_senders_tags_are_asked_by_rules(here: Site) -> None:
    """Health services to persons never go through SDI (DL 119/2018, art. 10-bis): the default rules ask for a tag."""
    clinic = office(here, {"tags": ["health-service"]})
    person = replace(
        ITALIAN_BUYER,
        vat_identifier=None,
        legal_registration=Identifier("RSSMRA80A01H501U", "0210"),
        contact=Contact(email="paziente@rivalta.example"),
    )
    clinic.send(to_sdi("H/1", buyer=person, italy=None))
    other = office(here)
    other.send(to_sdi("H/1", buyer=person, italy=None))
    assert clinic.one().document.channel == "mail"
    assert other.one().document.channel == "sdi"
    here.twin.script.clear()
