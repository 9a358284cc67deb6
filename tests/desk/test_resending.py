"""Sending again: looked at first, with a reason, once a click, and only where it may."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from lxml import html

from channels.contract import Misconfigured
from gateway.lifecycle import DeliveryState
from gateway.store.records import DocumentView
from gateway.store.session import Store
from tests.desk.conftest import BusyTown
from tests.desk.house import Town, Visitor, form_token, person
from tests.desk.stories import italian, to_country
from tests.pipeline.house import TENANT


@pytest.fixture(scope="module")
def looking(busy: BusyTown) -> Iterator[Visitor]:
    with busy.town.mira() as visitor:
        yield visitor


def stopped(town: Town) -> DocumentView:
    """A document that waits for a person: the print house's key is wrong."""
    town.channels["post"].script = [Misconfigured("host-key", "The host key has changed")]
    return town.send(to_country("DE", "Tannenhof Pumpen GmbH", "1"))


def turned_away(town: Town) -> DocumentView:
    """A document that SDI refused."""
    document = town.send(italian("2"))
    town.hear(document, "sdi.NS", "Codice destinatario non valido", "00311")
    return document


def fields_of(preview: httpx.Response, reason: str = "The key is mended") -> dict[str, str]:
    """The form on a preview, filled in."""
    seen = re.search(r'name="seen" value="([^"]+)"', preview.text)
    assert seen is not None, preview.text
    return {"form_token": form_token(preview), "seen": seen[1], "reason": reason}


def test_a_preview_tells_what_would_happen_and_does_nothing(quiet: Town) -> None:
    document = stopped(quiet)
    before = quiet.whole(document.public_id)
    with quiet.mira() as mira:
        page = mira.get(f"documents/{document.public_id}/resend")
    assert page.status_code == 200
    assert "the same bytes" in page.text
    assert before.deliveries[0].key in page.text
    assert quiet.whole(document.public_id) == before


def test_the_same_parcel_goes_again_with_the_reason_and_the_name_in_the_log(quiet: Town) -> None:
    document = stopped(quiet)
    with quiet.mira() as mira:
        preview = mira.get(f"documents/{document.public_id}/resend")
        done = mira.post(f"documents/{document.public_id}/resend", fields_of(preview))
        assert done.headers["location"] == f"/desk/documents/{document.public_id}?done=resent"
        assert "It goes again." in mira.client.get(done.headers["location"]).text
        quiet.work()
        page = mira.get(f"documents/{document.public_id}")
    (delivery,) = quiet.whole(document.public_id).deliveries
    assert delivery.state is DeliveryState.HANDED_OVER
    assert quiet.channels["post"].inbox == {delivery.key: 1}
    entry = next(
        one
        for one in html.fromstring(page.content).cssselect(".moment")
        if "Sent again by a person" in one.text_content()
    )
    said = entry.text_content()
    assert "Reason: The key is mended" in said
    assert "By Mira Lindqvist (mira@support.example)" in said


def test_what_was_turned_away_is_packed_anew_under_a_new_key(quiet: Town) -> None:
    document = turned_away(quiet)
    with quiet.mira() as mira:
        preview = mira.get(f"documents/{document.public_id}/resend")
        assert "a new one: the old parcel was not accepted" in preview.text
        assert "If that isn&#39;t put right, the same happens again." in preview.text
        mira.post(f"documents/{document.public_id}/resend", fields_of(preview))
    quiet.work()
    first, second = quiet.whole(document.public_id).deliveries
    assert first.key != second.key
    assert second.state is DeliveryState.HANDED_OVER


def test_where_nobody_knows_whether_it_arrived_the_preview_warns(looking: Visitor, busy: BusyTown) -> None:
    page = looking.get(f"documents/{busy.ids['unknown']}/resend")
    assert "the buyer may get it twice." in page.text


def test_a_reason_is_needed(quiet: Town) -> None:
    document = stopped(quiet)
    with quiet.mira() as mira:
        preview = mira.get(f"documents/{document.public_id}/resend")
        again = mira.post(f"documents/{document.public_id}/resend", fields_of(preview, "  \n "))
    assert again.status_code == 422
    page = html.fromstring(again.content)
    assert page.cssselect('[role="alert"] a[href="#reason"]')[0].text_content() == "Enter a reason; the log keeps it."
    assert quiet.whole(document.public_id).deliveries[0].state is DeliveryState.PARKED


def test_a_document_that_changed_since_it_was_looked_at_is_looked_at_again(quiet: Town) -> None:
    document = turned_away(quiet)
    with quiet.mira() as mira:
        fields = fields_of(mira.get(f"documents/{document.public_id}/resend"), "my reason")
        mira.post(f"documents/{document.public_id}/resend", fields)
        quiet.work()
        quiet.hear(document, "sdi.NS", "Ancora sbagliato", "00311")
        again = mira.post(f"documents/{document.public_id}/resend", fields)
    assert again.status_code == 422
    assert "It changed since you looked." in again.text
    assert "my reason</textarea>" in again.text
    assert len(quiet.whole(document.public_id).deliveries) == 2


def test_two_people_who_press_at_the_same_moment_send_once(quiet: Town, store: Store) -> None:
    document = turned_away(quiet)
    person(store, TENANT, "ola@support.example", "Ola", quiet.house.clock.now())
    path = f"documents/{document.public_id}/resend"
    with quiet.mira() as mira, quiet.visitor() as ola:
        ola.sign_in("ola@support.example")
        pressed = [(one, fields_of(one.get(path))) for one in (mira, ola)]
        with ThreadPoolExecutor(2) as at_once:
            statuses = sorted(at_once.map(lambda one: one[0].post(path, one[1]).status_code, pressed))
    assert statuses == [303, 409]
    quiet.work()
    assert len(quiet.whole(document.public_id).deliveries) == 2


@pytest.mark.parametrize(
    ("story", "why"),
    [
        ("delivered", "It was delivered. Sent again, the buyer could pay twice."),
        ("credit note", "It was delivered as far as anybody can tell."),
        ("handed over", "The buyer&#39;s provider has it. Sent again, it could arrive twice."),
        ("posted", "It is on its way. Sent again, it could arrive twice."),
        ("retry", "The gateway tries again by itself at "),
        ("duplicate", "It is a duplicate. Only its original is sent."),
        ("invalid", "Correct it in the ERP and send a new file"),
        ("unreadable", "The file can&#39;t be read."),
        ("issued, not delivered", "SDI would refuse it as a duplicate."),
    ],
)
def test_what_may_not_go_again_is_refused_in_words(looking: Visitor, busy: BusyTown, story: str, why: str) -> None:
    public_id = busy.ids[story]
    before = busy.town.whole(public_id)
    page = looking.get(f"documents/{public_id}/resend")
    assert page.status_code == 200
    assert why in page.text
    assert "<textarea" not in page.text
    fields = {"form_token": form_token(page), "seen": before.document.changed_at.isoformat(), "reason": "I want it"}
    refused = looking.post(f"documents/{public_id}/resend", fields)
    assert refused.status_code == 409
    assert why in refused.text
    assert busy.town.whole(public_id) == before


def test_the_button_is_only_there_where_it_works(looking: Visitor, busy: BusyTown) -> None:
    offered = {
        story
        for story, public_id in busy.ids.items()
        if html.fromstring(looking.get(f"documents/{public_id}").content).cssselect('.answer-do a[href$="/resend"]')
    }
    assert offered == {"turned away", "held", "unknown", "bounced"}


def test_where_a_person_must_act_and_it_cannot_be_sent_again_the_page_says_why(
    looking: Visitor, busy: BusyTown
) -> None:
    page = looking.get(f"documents/{busy.ids['issued, not delivered']}")
    assert "Sending it again is not possible. <bdi>It is issued for the tax office" in page.text


def test_a_role_without_the_right_is_told_who_has_it(quiet: Town, store: Store) -> None:
    document = turned_away(quiet)
    person(store, TENANT, "audit@support.example", "Aune", quiet.house.clock.now(), role="auditor")
    with quiet.visitor() as aune:
        aune.sign_in("audit@support.example")
        page = aune.get(f"documents/{document.public_id}")
        assert not html.fromstring(page.content).cssselect('a[href$="/resend"]')
        assert "Ask an operator." in page.text
        fields = {"form_token": form_token(page), "seen": document.changed_at.isoformat(), "reason": "x"}
        assert aune.post(f"documents/{document.public_id}/resend", fields).status_code == 409
    assert len(quiet.whole(document.public_id).deliveries) == 1


@pytest.mark.parametrize(
    ("what", "headers", "takes_token"),
    [
        ("another site", {"Origin": "https://evil.example"}, True),
        ("another port of this machine", {"Origin": "http://127.0.0.1:1"}, True),
        ("no token", {}, False),
    ],
)
def test_a_form_that_nobody_meant_sends_nothing(
    quiet: Town, what: str, headers: dict[str, str], takes_token: bool
) -> None:
    document = stopped(quiet)
    with quiet.mira() as mira:
        fields = fields_of(mira.get(f"documents/{document.public_id}/resend"))
        if not takes_token:
            del fields["form_token"]
        answer = mira.post(f"documents/{document.public_id}/resend", fields, **headers)
    assert answer.status_code == 403, what
    assert quiet.whole(document.public_id).deliveries[0].state is DeliveryState.PARKED


def test_nobody_who_is_not_signed_in_sends_anything(quiet: Town) -> None:
    document = stopped(quiet)
    with quiet.visitor() as visitor:
        answer = visitor.post(f"documents/{document.public_id}/resend", {"reason": "x"})
    assert answer.headers["location"] == "/desk/login"
    assert quiet.whole(document.public_id).deliveries[0].state is DeliveryState.PARKED
