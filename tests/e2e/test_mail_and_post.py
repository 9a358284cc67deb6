"""Mail and post, and what they may answer: from the door to the last word."""

from gateway.lifecycle import DeliveryState, Headline, Owner
from tests.e2e.invoices import by_mail, by_post, course, told
from tests.e2e.site import Office
from tests.pdf.printing import words_of

D = DeliveryState


# --- mail


def test_a_mailbox_that_is_refused_gets_a_letter_in_its_place(erp: Office) -> None:
    erp.site.script("smtp", "reject", match={"recipient": "gone@atelier.example"}, code="550 5.1.1")
    erp.send(by_mail("M-1", "gone@atelier.example"))
    whole = erp.one()
    assert course(whole) == [("mail", D.FALLBACK_STARTED), ("post", D.HANDED_OVER)]
    assert any("refused every address" in one for one in told(whole))


def test_a_relay_that_says_later_is_asked_later_with_the_same_message(erp: Office) -> None:
    erp.site.script("smtp", "reject", match={}, code="451 4.7.1", text="greylisted", times=1)
    erp.send(by_mail("M-2"))
    before = erp.one()
    assert course(before) == [("mail", D.RETRY_SCHEDULED)]
    assert "greylisted" in before.document.sentence
    assert before.document.owner is Owner.GATEWAY
    erp.later(minutes=5)
    after = erp.one()
    assert course(after) == [("mail", D.HANDED_OVER)]
    assert after.deliveries[0].key == before.deliveries[0].key
    assert after.deliveries[0].parcel_sha256 == before.deliveries[0].parcel_sha256


def test_a_line_that_breaks_behind_the_last_dot_is_for_a_person_who_may_send_it_again(erp: Office) -> None:
    """No mail server recognises a repeat: whether it is there can be seen in the relay's log alone."""
    erp.site.script("smtp", "drop", match={"recipient": "ap@atelier.example"}, times=1)
    erp.send(by_mail("M-3"))
    unknown = erp.one()
    assert course(unknown) == [("mail", D.OUTCOME_UNKNOWN)]
    assert (unknown.document.owner, unknown.document.headline) == (Owner.OPERATOR, Headline.ACTION_NEEDED)
    assert unknown.document.sentence == "We do not know whether it arrived. It was not sent again."
    erp.later(hours=3)
    assert course(erp.one()) == [("mail", D.OUTCOME_UNKNOWN)], "nobody sends it again by himself"
    said = erp.release(unknown, "it is not in the relay's log")
    assert "same parcel" in said
    whole = erp.one()
    assert course(whole) == [("mail", D.HANDED_OVER)]
    assert "Reason: it is not in the relay's log" in " ".join(told(whole))


def test_a_mail_that_does_not_come_back_counts_as_delivered_unconfirmed(erp: Office) -> None:
    erp.send(by_mail("M-4"))
    erp.later(days=5, minutes=1)
    assert course(erp.one()) == [("mail", D.DELIVERED_UNCONFIRMED)]


# --- post


def test_a_letter_is_printed_and_posted_and_counts_when_it_does_not_come_back(erp: Office) -> None:
    erp.send(by_post("L-1"))
    assert course(erp.one()) == [("post", D.HANDED_OVER)]
    erp.later(hours=1)
    erp.later(days=3)
    whole = erp.one()
    assert course(whole) == [("post", D.IN_TRANSIT)]
    assert "The letter is with the post." in told(whole)
    erp.later(days=14, minutes=1)
    assert course(erp.one()) == [("post", D.DELIVERED_UNCONFIRMED)]


def test_a_letter_that_comes_back_says_why_and_whose_turn_it_is(erp: Office) -> None:
    erp.send(by_post("L-2", post_code="99999"))
    for _ in range(4):
        erp.later(days=4)
    whole = erp.one()
    assert course(whole) == [("post", D.UNDELIVERABLE)]
    assert whole.document.owner is Owner.MASTER_DATA
    assert whole.document.sentence.startswith("The letter came back:")
    assert "Correct the postal address" in whole.document.action


def test_a_page_is_what_the_buyer_gets_and_what_the_log_shows(erp: Office) -> None:
    erp.send(by_mail("G-1"))
    (page,) = (one for one in erp.one().artefacts if one.role == "page")
    assert "G-1" in words_of(erp.raw(page.sha256))


BOOK = """
rules:
  - {name: By mail, when: {can_receive: mail}, then: {channel: mail}, fallback: [{channel: post}]}
recipients:
  - id: lac
    name: Atelier du Lac SARL
    country: FR
    addresses:
      mail: {to: [ap@lac.example, chef@lac.example]}
"""


def test_of_two_mailboxes_one_is_enough_and_the_log_says_which(erp: Office) -> None:
    erp.rules(BOOK)
    erp.site.script("smtp", "reject", match={"recipient": "chef@lac.example"}, code="550 5.1.1", text="no such user")
    erp.send(by_mail("B-1"))
    whole = erp.one()
    assert course(whole) == [("mail", D.HANDED_OVER)]
    handed = next(one for one in whole.events if one.type == "delivery.handed_over")
    assert [(one["address"], one["accepted"]) for one in handed.data["addresses"]] == [  # type: ignore[attr-defined]
        ("ap@lac.example", True),
        ("chef@lac.example", False),
    ]


def test_of_two_mailboxes_that_are_both_refused_the_letter_is_the_next_way(erp: Office) -> None:
    erp.rules(BOOK)
    erp.site.script("smtp", "reject", match={"recipient": "*@lac.example"}, code="550 5.1.1", text="no such user")
    erp.send(by_mail("B-2"))
    assert course(erp.one()) == [("mail", D.FALLBACK_STARTED), ("post", D.HANDED_OVER)]
