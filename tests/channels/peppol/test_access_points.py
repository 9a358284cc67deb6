"""Both access point interfaces, answer by answer: what is asked of them, and what is made of what they say."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from channels.contract import (
    Channel,
    ChannelFailure,
    Misconfigured,
    OutcomeUnknown,
    Parcel,
    Refused,
    Unavailable,
)
from channels.peppol import CHANNEL
from channels.peppol.phase4_standalone import Phase4Standalone
from channels.peppol.phoss_ap import PhossAp
from simulators.listener import Reply
from simulators.pki import Pki, server_context
from tests.channels.far_side import FarSide, told

TOKEN = "canary-token-93"
PARCEL = Parcel(
    "9b2c/#1", b"<StandardBusinessDocument/>", "application/xml", "1.xml", {"receiver": "0088:7300009999994"}
)

UNKNOWN = Reply(404)
SENT = {"overallSuccess": True, "sendingSuccess": True, "as4MessageId": "m-1@ap"}
HEADER_ERROR = {"overallSuccess": False, "as4ResponseErrors": [{"errorCode": "EBMS:0009"}]}

Build = Callable[..., Channel]


@pytest.fixture
def build() -> Iterator[Build]:
    """Makes channels towards a far side, and closes them."""
    made: list[PhossAp | Phase4Standalone] = []

    def make(url: str, kind: str = "phoss-ap", **more: object) -> Channel:
        settings = {"kind": kind, "url": url, "token": TOKEN, "answer_seconds": 0.3} | more
        channel = CHANNEL.build(settings, {})
        assert isinstance(channel, PhossAp | Phase4Standalone)
        made.append(channel)
        return channel

    yield make
    for channel in made:
        channel.close()


def send(channel: Channel) -> object:
    return channel.send(PARCEL)


def ask(channel: Channel) -> object:
    return channel.ask(PARCEL, "")


def status(state: str, **more: object) -> Reply:
    """The record that phoss-ap shows of one envelope."""
    return told({"id": "t-7", "sbdhInstanceID": PARCEL.key, "status": state, "attemptCount": 1} | more)


def test_phoss_ap_is_given_the_whole_envelope_after_a_look(build: Build) -> None:
    with FarSide(UNKNOWN, told(SENT)) as ap:
        channel = build(ap.url)
        receipt = channel.send(PARCEL)
        assert (receipt.signal, receipt.reference) == ("peppol.handed_over", "m-1@ap")
        look, post = ap.heard
    assert (look.method, look.path) == ("GET", "/api/outbound/status/9b2c%2F%231")
    assert (post.method, post.path, post.body) == ("POST", "/api/outbound/submit-sbd", PARCEL.content)
    assert post.headers["content-type"] == "application/xml"
    assert {look.headers["x-token"], post.headers["x-token"]} == {TOKEN}


def test_phase4_standalone_is_given_the_whole_envelope(build: Build) -> None:
    with FarSide(told(SENT)) as ap:
        channel = build(ap.url, "phase4-peppol-standalone")
        assert channel.send(PARCEL).signal == "peppol.handed_over"
        (post,) = ap.heard
    assert (post.method, post.path, post.body) == ("POST", "/sendsbdh", PARCEL.content)
    assert not channel.recognises_repeats


def test_two_hundred_is_no_success_where_the_report_says_no(build: Build) -> None:
    with FarSide(told(HEADER_ERROR)) as ap, pytest.raises(Refused):
        build(ap.url, "phase4-peppol-standalone").send(PARCEL)


def test_the_report_decides_also_behind_a_server_error(build: Build) -> None:
    with FarSide(told(SENT, 500)) as ap:
        assert build(ap.url, "phase4-peppol-standalone").send(PARCEL).signal == "peppol.handed_over"


@pytest.mark.parametrize(
    ("reply", "family", "code"),
    [
        (Reply(401, b'{"error":"Invalid or missing API token"}'), Misconfigured, "peppol.credentials"),
        (Reply(403), Misconfigured, "peppol.credentials"),
        (Reply(404), Misconfigured, "peppol.url"),  # sending is disabled, or the wrong product
        (Reply(302, headers={"Location": "https://login.example.com"}), Misconfigured, "peppol.url"),
        (Reply(429, headers={"Retry-After": "30"}), Unavailable, "peppol.busy"),
        (told("Failed to parse the receiving participant ID 'x'", 400), Refused, "peppol.refused"),
        (told("Failed to submit outbound transaction", 422), Refused, "peppol.refused"),
        (Reply(413), Refused, "peppol.refused"),
        (Reply(500, b"<h1>oops</h1>"), OutcomeUnknown, "peppol.no_report"),
        (Reply(502), OutcomeUnknown, "peppol.no_report"),
        (Reply(503), OutcomeUnknown, "peppol.no_report"),
        (Reply(200, b"<html>a captive portal</html>"), OutcomeUnknown, "peppol.no_report"),
        (Reply(200), OutcomeUnknown, "peppol.no_report"),
        (None, OutcomeUnknown, "peppol.no_answer"),
    ],
)
def test_an_answer_without_a_report_is_judged_by_its_status(
    build: Build, reply: Reply | None, family: type[ChannelFailure], code: str
) -> None:
    with FarSide(reply) as ap, pytest.raises(ChannelFailure) as caught:
        build(ap.url, "phase4-peppol-standalone").send(PARCEL)
    assert (type(caught.value), caught.value.code) == (family, code)
    assert not getattr(caught.value, "beyond", False)


def test_the_words_of_a_refusal_are_passed_on(build: Build) -> None:
    reply = told("Failed to parse the receiving participant ID 'x'", 400)
    with FarSide(reply) as ap, pytest.raises(Refused, match="receiving participant ID 'x'") as caught:
        build(ap.url, "phase4-peppol-standalone").send(PARCEL)
    assert caught.value.signal == "peppol.refused"
    assert caught.value.proof


# --- phoss-ap: what it knows already --------------------------------------------------------------------------------


def test_what_phoss_ap_has_sent_is_not_sent_again(build: Build) -> None:
    with FarSide(status("sent", completedDT="2026-11-02T09:00:01Z")) as ap:
        receipt = build(ap.url).send(PARCEL)
        assert [request.method for request in ap.heard] == ["GET"]
    assert (receipt.signal, receipt.reference) == ("peppol.handed_over", "t-7")
    assert b"sbdhInstanceID" in receipt.proof


@pytest.mark.parametrize("state", ["pending", "sending", "failed"])
def test_what_phoss_ap_is_still_trying_is_left_to_it(build: Build, state: str) -> None:
    with FarSide(status(state, errorDetails="TRANSPORT_ERROR")) as ap:
        channel = build(ap.url)
        for attempt in (send, ask):
            with pytest.raises(Unavailable, match="still trying") as caught:
                attempt(channel)
            assert not isinstance(caught.value, OutcomeUnknown)
            assert caught.value.beyond
        assert {request.method for request in ap.heard} == {"GET"}


@pytest.mark.parametrize(
    ("state", "details"),
    [
        ("permanently_failed", "The participant ID 'x' is not registered in the Peppol Network"),
        ("permanently_failed", "Failed to resolve SMP endpoint (x)"),
        ("permanently_failed", "Error in AS4 sending with result code AS4_ERROR_MESSAGE_RECEIVED"),
        ("rejected", None),
    ],
)
def test_what_never_left_phoss_ap_may_be_given_to_it_again(build: Build, state: str, details: str | None) -> None:
    with FarSide(status(state, errorDetails=details)) as ap:
        assert build(ap.url).ask(PARCEL, "") is None
    with FarSide(status(state, errorDetails=details), told(SENT)) as ap:
        assert build(ap.url).send(PARCEL).signal == "peppol.handed_over"


def test_after_attempts_that_may_have_arrived_nothing_is_sent_again(build: Build) -> None:
    with FarSide(status("permanently_failed", errorDetails="NO_SIGNAL_MESSAGE_RECEIVED", attemptCount=5)) as ap:
        channel = build(ap.url)
        for attempt in (send, ask):
            with pytest.raises(OutcomeUnknown, match="after 5 attempts"):
                attempt(channel)
        assert {request.method for request in ap.heard} == {"GET"}


def test_a_refusal_is_final_only_when_phoss_ap_has_stopped_trying(build: Build) -> None:
    with FarSide(UNKNOWN, told(HEADER_ERROR, 422), status("failed")) as ap:
        with pytest.raises(Unavailable, match="tries again") as caught:
            build(ap.url).send(PARCEL)
        assert caught.value.code == "peppol.as4.EBMS:0009"
        assert caught.value.beyond
    with FarSide(UNKNOWN, told(HEADER_ERROR, 422), status("permanently_failed")) as ap, pytest.raises(Refused):
        build(ap.url).send(PARCEL)


def test_phoss_ap_says_that_it_never_got_it(build: Build) -> None:
    with FarSide(UNKNOWN) as ap:
        assert build(ap.url).ask(PARCEL, "m-1@ap") is None


@pytest.mark.parametrize(
    ("reply", "family"),
    [
        (Reply(401), Misconfigured),
        (Reply(500), Unavailable),
        (None, Unavailable),  # a question changes nothing: no outcome to be unsure of
        (Reply(200, b"{}"), Unavailable),
    ],
)
def test_a_question_without_an_answer_is_asked_again_later(
    build: Build, reply: Reply | None, family: type[ChannelFailure]
) -> None:
    with FarSide(reply) as ap:
        with pytest.raises(ChannelFailure) as caught:
            build(ap.url).ask(PARCEL, "")
        assert type(caught.value) is family
        # Nor is anything sent that might be there already.
        with pytest.raises(ChannelFailure):
            build(ap.url).send(PARCEL)
        assert {request.method for request in ap.heard} == {"GET"}


def test_phase4_standalone_cannot_tell(build: Build) -> None:
    with FarSide(told(SENT)) as ap:
        channel = build(ap.url, "phase4-peppol-standalone")
        with pytest.raises(OutcomeUnknown, match="no record"):
            channel.ask(PARCEL, "m-1@ap")
        assert list(channel.collect({PARCEL.key: ""})) == []
        assert not ap.heard


# --- Message Level Status -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("record", "signal", "code"),
    [
        ({"mlsStatus": "received_ap"}, "peppol.mls.AP", "AP"),
        ({"mlsStatus": "received_ab"}, "peppol.mls.AB", "AB"),
        ({"mlsStatus": "received_re"}, "peppol.mls.RE", "RE"),
        ({"mlsStatus": "received_re", "errorDetails": "MLS RE FD: mailbox full"}, "peppol.mls.RE.FD", "FD"),
    ],
)
def test_a_message_level_status_is_a_notice(build: Build, record: Mapping[str, object], signal: str, code: str) -> None:
    with FarSide(status("sent", **record)) as ap:
        (notice,) = build(ap.url).collect({PARCEL.key: "m-1@ap"})
    assert (notice.signal, notice.code, notice.parcel_key, notice.reference) == (signal, code, PARCEL.key, "m-1@ap")
    assert notice.key == f"{PARCEL.key}:mls:{signal.split('.')[2]}"
    assert notice.raw == status("sent", **record).body
    assert str(record.get("errorDetails", "")) in notice.text


@pytest.mark.parametrize("record", [{}, {"mlsStatus": None}, {"mlsStatus": "pending"}, {"mlsStatus": "not_applicable"}])
def test_no_message_level_status_is_no_notice(build: Build, record: Mapping[str, object]) -> None:
    with FarSide(status("sent", **record)) as ap:
        assert list(build(ap.url).collect({PARCEL.key: ""})) == []


def test_a_record_that_is_gone_is_no_notice(build: Build) -> None:
    with FarSide(UNKNOWN) as ap:
        assert list(build(ap.url).collect({"a": "", "b": ""})) == []


def test_one_unreadable_record_hides_no_other_and_is_reported(build: Build) -> None:
    with FarSide(Reply(500), status("sent", mlsStatus="received_ap")) as ap:
        notices = build(ap.url).collect({"a": "", "b": ""})
        assert next(notices).parcel_key == "b"
        with pytest.raises(Unavailable, match="HTTP 500"):
            next(notices)


@pytest.mark.parametrize(("reply", "family"), [(Reply(401), Misconfigured), (None, Unavailable)])
def test_collecting_stops_where_the_access_point_answers_nobody(
    build: Build, reply: Reply | None, family: type[ChannelFailure]
) -> None:
    with FarSide(reply) as ap:
        with pytest.raises(family):
            list(build(ap.url).collect({"a": "", "b": ""}))
        assert len(ap.heard) == 1


# --- settings -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"kind": "oxalis"}, "kind"),
        ({"url": "http://ap.example.com"}, "https"),
        ({"token": ""}, "token"),
        ({"token": "two words"}, "token"),
        ({"token": "line\r\nX-Other: 1"}, "token"),
        ({"token": None}, "token"),
        ({"answer_seconds": 0}, "answer_seconds"),
        ({"largest_answer": 10**12}, "largest_answer"),
        ({"verify": False}, "verify"),  # there is no such switch
        ({"ca_file": "/does/not/exist.pem"}, "ca_file"),
    ],
)
def test_a_wrong_setting_is_named(wrong: Mapping[str, object], named: str) -> None:
    right = {"kind": "phoss-ap", "url": "https://ap.example.com", "token": TOKEN}
    with pytest.raises(Misconfigured, match=named) as caught:
        CHANNEL.build({**right, **wrong}, {})
    assert TOKEN not in str(caught.value)


def test_the_token_may_stand_in_a_file(build: Build, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    with FarSide(UNKNOWN, told(SENT)) as ap:
        channel = CHANNEL.build({"kind": "phoss-ap", "url": ap.url, "token_file": str(tmp_path / "token")}, {})
        channel.send(PARCEL)
        assert ap.heard[0].headers["x-token"] == TOKEN
        assert isinstance(channel, PhossAp)
        channel.close()


def test_the_access_point_is_one_destination_for_all_buyers(build: Build) -> None:
    channel = build("https://ap.example.com:8443/base")
    other = Parcel("k", b"", "application/xml", "2.xml", {"receiver": "0208:0123456789"})
    assert channel.destination(PARCEL) == channel.destination(other) == "ap.example.com:8443"


def test_an_access_point_with_a_private_certificate_is_trusted_by_its_file(build: Build, pki: Pki) -> None:
    with FarSide(UNKNOWN, told(SENT), tls=server_context(pki.server)) as ap:
        assert build(ap.url, ca_file=str(pki.tls_ca)).send(PARCEL).signal == "peppol.handed_over"
        with pytest.raises(Misconfigured, match="ca_file"):
            build(ap.url, ca_file=str(pki.trusted_list)).send(PARCEL)


def test_the_token_is_shown_nowhere(build: Build) -> None:
    shown = []
    for reply in (Reply(401, f"token {TOKEN[:3]}".encode()), None, Reply(500)):
        for kind in ("phoss-ap", "phase4-peppol-standalone"):
            with FarSide(reply) as ap:
                channel = build(ap.url, kind)
                with pytest.raises(ChannelFailure) as caught:
                    channel.send(PARCEL)
                shown += [repr(channel), str(caught.value), repr(caught.value), repr(vars(caught.value))]
    assert TOKEN not in "".join(shown)
