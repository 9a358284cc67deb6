"""What holds after every crash, however the run ended (facts/security.md section 8, I2 to I7)."""

from collections import Counter
from collections.abc import Iterable

from gateway.lifecycle import MAY_BECOME, PEOPLE_ON_OUR_SIDE, DeliveryState, Headline, best_of
from gateway.store.log import Whole
from gateway.store.records import Event
from tests.crash.scene import TENANT, WAYS, Scene

_D = DeliveryState
PARTIES = {"peppol": "ap", "sdi": "sdi", "mail": "smtp", "post": "print"}


def events_of(run: Scene) -> dict[int, Event]:
    """Every event by its number, to be compared later: events only ever grow."""
    return {one.sequence: one for whole in run.documents() for one in whole.events}


def check(run: Scene, before: dict[int, Event] | None = None, *, besides: Iterable[str] = ()) -> None:
    """All of them. before: the events as they were at an earlier moment; besides: documents that came in later."""
    found = run.documents()
    assert Counter(one.document.number for one in found) == Counter([*WAYS, *besides])
    each_document_is_at_an_end(found)
    nothing_was_delivered_twice(run)
    nothing_left_without_an_intent(run, found)
    the_archive_holds_what_the_database_names(run, found)
    no_fact_was_lowered(found)
    now = events_of(run)
    assert all(now.get(number) == event for number, event in (before or {}).items())


def each_document_is_at_an_end(found: list[Whole]) -> None:
    """Each accepted document is at its end, or somebody has it, and knows what to do until when."""
    for one in (whole.document for whole in found):
        if one.headline == Headline.DELIVERED:
            continue
        assert one.headline in (Headline.ACTION_NEEDED, Headline.ACCEPTED), one
        if one.headline == Headline.ACTION_NEEDED:
            assert one.owner in PEOPLE_ON_OUR_SIDE, one
            assert one.action, one
            assert one.deadline is not None, one


def nothing_was_delivered_twice(run: Scene) -> None:
    """No receiver took anything as new twice; and what cannot be recognised as a repeat came once."""
    for party in PARTIES.values():
        assert run.twin.ledger.report(party)["twice"] == [], party
    mails = Counter((one.key, one.recipient) for one in run.twin.ledger.sights("smtp"))
    assert set(mails.values()) <= {1}, mails


def nothing_left_without_an_intent(run: Scene, found: list[Whole]) -> None:
    """What a receiver has seen was written down before."""
    keys = {key for whole in found for one in whole.deliveries for key in (one.key, f"<{one.key}@", one.file_name)}
    for party in ("ap", "sdi"):
        assert {one.key for one in run.twin.ledger.sights(party)} <= keys, party
    mails = {one.key for one in run.twin.ledger.sights("smtp")}
    assert all(any(key in mail for key in keys) for mail in mails)


def the_archive_holds_what_the_database_names(run: Scene, found: list[Whole]) -> None:
    """Whatever hash stands in the database, its bytes lie in the archive and are those."""
    for whole in found:
        hashes = {one.sha256 for one in whole.artefacts} | {one.parcel_sha256 for one in whole.deliveries}
        hashes |= {one.evidence for one in whole.events if one.evidence} | {whole.submission.sha256}
        for sha256 in hashes:
            assert run.archive.get(TENANT, sha256)


def no_fact_was_lowered(found: list[Whole]) -> None:
    """Each delivery went only where the table lets it; the document shows the best that is known."""
    for whole in found:
        assert whole.document.delivery is best_of(tuple(one.state for one in whole.deliveries))
        for delivery in whole.deliveries:
            told = [
                one for one in whole.events if one.delivery_id == delivery.id and one.axis == "delivery" and one.after
            ]
            for one in told:
                assert _D(one.after) in MAY_BECOME[_D(one.before)], (one.before, one.after)
            assert not told or _D(told[-1].after) is delivery.state
