"""What is ours or the channel's to mend: nothing is lost, somebody is told, and it goes when it is mended."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace as changed

import pytest

from gateway.lifecycle import DeliveryState, Headline, Owner, Processing
from gateway.settings import Settings
from gateway.wiring.building import open_installation
from tests.e2e.bad_files import sound
from tests.e2e.invoices import by_mail, to_office, to_sdi
from tests.e2e.site import Office, Site

D = DeliveryState


def states(erp: Office) -> list[DeliveryState | None]:
    """How far each document has come, oldest first."""
    return [one.document.delivery for one in erp.all()]


# --- the signing certificate


@pytest.fixture
def expired(here: Site) -> Iterator[None]:
    """The certificate has ended; a good one is put back afterwards."""
    pki = here.twin.pki
    here.install_signing(pki.expired_signer.certificate, pki.expired_signer.key)
    yield
    here.install_signing(pki.signer.certificate, pki.signer.key)


@pytest.mark.usefixtures("expired")
def test_an_expired_certificate_holds_what_must_be_signed_and_its_successor_frees_it(erp: Office) -> None:
    erp.send(to_office("E/1"), to_sdi("E/2"))
    held, unsigned = erp.one("E/1"), erp.one("E/2")
    ended = erp.site.twin.pki.expired_signer.load_certificate().not_valid_after_utc
    assert (held.document.processing, held.document.owner) == (Processing.HELD, Owner.OPERATOR)
    assert f"ended on {ended:%Y-%m-%d %H:%M} UTC" in held.document.sentence
    assert "Install its successor" in held.document.sentence
    assert held.document.action == "Repair it, then release the document."
    # What needs no signature goes its way.
    assert unsigned.document.delivery is D.HANDED_OVER
    pki = erp.site.twin.pki
    erp.site.install_signing(pki.signer.certificate, pki.signer.key)
    erp.release(held)
    whole = erp.one("E/1")
    assert whole.document.delivery is D.HANDED_OVER
    assert b"<ds:Signature" in erp.raw(whole.deliveries[0].parcel_sha256)


# --- a channel that is down


def test_while_a_channel_is_down_it_is_tried_then_rests_and_all_go_when_it_is_back(erp: Office) -> None:
    erp.site.cable.cut()
    erp.send(by_mail("C-1"), by_mail("C-2"), by_mail("C-3"))
    # Two failures in a row open the breaker: the third one is not even tried.
    assert sorted(map(str, states(erp))) == ["queued", "retry_scheduled", "retry_scheduled"]
    tried = [one for one in erp.all() if one.document.delivery is D.RETRY_SCHEDULED]
    for whole in tried:
        assert "can't be reached" in whole.document.sentence
        assert "We try again at" in whole.document.sentence
        assert (whole.document.owner, whole.document.headline) == (Owner.GATEWAY, Headline.IN_PROGRESS)
    erp.later(seconds=15)
    attempts = sorted(one.deliveries[0].attempts for one in erp.all())
    assert attempts == [0, 1, 1], "a destination that rests is left alone"
    erp.site.cable.mend()
    erp.later(minutes=2)
    assert states(erp) == [D.HANDED_OVER] * 3
    sent = erp.site.twin.ledger.report("smtp")
    assert sent["twice"] == []


def test_after_the_last_attempt_it_is_parked_and_a_person_sets_it_going_under_its_key(erp: Office) -> None:
    erp.site.cable.cut()
    erp.send(by_mail("C-4"))
    for _ in range(8):
        erp.later(minutes=5)
    parked = erp.one()
    assert states(erp) == [D.PARKED]
    assert (parked.document.owner, parked.document.headline) == (Owner.OPERATOR, Headline.ACTION_NEEDED)
    assert parked.document.sentence.startswith("We stopped trying:")
    assert "(3 attempts)" in parked.document.sentence
    assert "release it" in parked.document.action
    erp.site.cable.mend()
    erp.later(minutes=2)
    assert states(erp) == [D.PARKED], "nobody sends it by himself"
    said = erp.release(parked)
    assert "same parcel" in said
    whole = erp.one()
    assert states(erp) == [D.HANDED_OVER]
    assert [one.key for one in whole.deliveries] == [parked.deliveries[0].key]


# --- our own settings


@contextmanager
def restarted(erp: Office, settings: Settings) -> Iterator[Office]:
    """The same office in a gateway that was started again with other settings."""
    with open_installation(settings, clock=erp.site.clock) as installation:
        yield changed(erp, site=changed(erp.site, installation=installation))


def test_a_login_that_the_relay_does_not_accept_holds_the_document_until_it_is_mended(erp: Office) -> None:
    settings = erp.site.installation.settings
    mail = {**settings.channels["mail"], "password": "an old one"}
    wrong = Settings.model_validate(settings.model_copy(update={"channels": {**settings.channels, "mail": mail}}))
    with restarted(erp, wrong) as ill:
        ill.send(by_mail("W-1"))
        held = ill.one()
        assert (held.document.processing, held.document.owner) == (Processing.HELD, Owner.OPERATOR)
        assert "login" in held.document.sentence
        assert "an old one" not in str(held)
    erp.release(held)
    assert states(erp) == [D.HANDED_OVER]


def test_a_channel_whose_settings_were_removed_holds_what_waits_for_it(erp: Office) -> None:
    settings = erp.site.installation.settings
    without = {name: table for name, table in settings.channels.items() if name != "mail"}
    with restarted(erp, settings.model_copy(update={"channels": without})) as poor:
        assert erp.submit(sound("W-2")).status_code == 202
        poor.work()
        held = poor.one()
        assert held.document.processing is Processing.HELD
        assert "mail, which this gateway has no settings for" in held.document.sentence
    erp.release(held)
    assert states(erp) == [D.HANDED_OVER]
