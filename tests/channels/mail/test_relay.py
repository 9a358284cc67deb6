"""One relay, step by step: what each answer and each break of the line means, and what is never said in the clear."""

import ssl
import threading
from collections.abc import Callable, Iterator

import pytest

from channels.contract import ChannelFailure, Misconfigured, OutcomeUnknown, Refused, Unavailable
from channels.mail import CHANNEL
from channels.mail.channel import MailChannel
from channels.mail.replies import Meaning, Reply, meaning_for_message, meaning_for_recipient, meaning_for_sender
from simulators.pki import Pki, server_context
from tests.channels.mail.letters import parcel
from tests.channels.mail.scripted_relay import HANG_UP, OFFERS, ScriptedRelay

PASSWORD = "canary-5f1c"
LOGIN = {"username": "gateway", "password": PASSWORD}

Open = Callable[..., MailChannel]


@pytest.fixture
def tls(pki: Pki) -> ssl.SSLContext:
    return server_context(pki.server)


@pytest.fixture
def open_channel(pki: Pki) -> Iterator[Open]:
    """Makes channels to a scripted relay, and closes them."""
    made: list[MailChannel] = []

    def make(relay: ScriptedRelay, **more: object) -> MailChannel:
        settings = {"host": "127.0.0.1", "port": relay.port, "ca_file": str(pki.tls_ca), **LOGIN, "answer_seconds": 0.3}
        channel = CHANNEL.build(settings | {"connect_seconds": 2, "command_seconds": 2} | more, {})
        assert isinstance(channel, MailChannel)
        made.append(channel)
        return channel

    yield make
    for channel in made:
        channel.close()


# --- the way in -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verb", "reply", "family", "code"),
    [
        ("GREETING", b"554 5.7.1 your address is blocked", Misconfigured, "mail.greeting"),
        ("GREETING", b"421 4.3.2 too many connections", Unavailable, "mail.busy"),
        ("GREETING", b"SSH-2.0-something", Unavailable, "mail.busy"),  # another service
        ("GREETING", HANG_UP, Unavailable, "mail.unreachable"),
        ("EHLO", b"502 5.5.1 what", Misconfigured, "mail.greeting"),
        ("EHLO", HANG_UP, Unavailable, "mail.unreachable"),
        ("STARTTLS", b"454 4.7.0 TLS not available", Unavailable, "mail.busy"),
        ("STARTTLS", b"502 5.5.1 what", Misconfigured, "mail.greeting"),
        ("STARTTLS", HANG_UP, Unavailable, "mail.unreachable"),
        ("AUTH", b"535 5.7.8 no", Misconfigured, "mail.credentials"),
        ("AUTH", b"454 4.7.0 directory is down", Unavailable, "mail.login_later"),
        ("AUTH", HANG_UP, Unavailable, "mail.unreachable"),
    ],
)
def test_each_trouble_on_the_way_in_has_its_family_and_nothing_is_sent(
    tls: ssl.SSLContext, open_channel: Open, verb: str, reply: bytes, family: type[ChannelFailure], code: str
) -> None:
    with ScriptedRelay(tls, {verb: [reply]}) as relay, pytest.raises(ChannelFailure) as caught:
        open_channel(relay).send(parcel())
    assert (type(caught.value), caught.value.code) == (family, code)
    assert not relay.count("MAIL")


@pytest.mark.parametrize(
    ("offers", "code"),
    [
        ((b"AUTH PLAIN",), "mail.tls"),  # no STARTTLS: somebody may have struck it out on the way
        ((b"STARTTLS",), "mail.credentials"),  # no login
        ((b"STARTTLS", b"AUTH XOAUTH2"), "mail.credentials"),  # none that we know
    ],
)
def test_what_the_relay_does_not_offer_is_never_done_without(
    tls: ssl.SSLContext, open_channel: Open, offers: tuple[bytes, ...], code: str
) -> None:
    with ScriptedRelay(tls, offers=offers) as relay, pytest.raises(Misconfigured) as caught:
        open_channel(relay).send(parcel())
    assert caught.value.code == code
    assert not relay.count("AUTH")
    assert not relay.count("MAIL")


def test_tls_from_the_first_byte_is_a_setting(tls: ssl.SSLContext, open_channel: Open) -> None:
    with ScriptedRelay(tls, speaks_tls_first=True) as relay:
        assert open_channel(relay, security="tls").send(parcel()).signal == "mail.250"
    assert not relay.count("STARTTLS")


def test_tls_on_a_port_that_speaks_plain_first_is_our_fault(tls: ssl.SSLContext, open_channel: Open) -> None:
    with ScriptedRelay(tls) as relay, pytest.raises(Misconfigured, match="security"):
        open_channel(relay, security="tls").send(parcel())


def test_a_name_that_is_not_in_the_certificate_is_no_relay_of_ours(tls: ssl.SSLContext, open_channel: Open) -> None:
    with ScriptedRelay(tls) as relay, pytest.raises(Misconfigured, match=r"not valid for '127\.1'"):
        open_channel(relay, host="127.1").send(parcel())  # the same address; the certificate says 127.0.0.1
    assert not relay.count("AUTH")


# --- one message ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("says", "family", "code"),
    [
        ({"MAIL": [b"451 4.3.0 later"]}, Unavailable, "mail.later"),
        ({"MAIL": [b"550 5.1.8 no such sender domain"]}, Misconfigured, "mail.standing"),
        ({"MAIL": [b"553 5.7.1 not your address"]}, Misconfigured, "mail.standing"),
        ({"MAIL": [b"552 5.3.4 too big"]}, Refused, "mail.552"),
        ({"MAIL": [HANG_UP]}, Unavailable, "mail.broken"),
        ({"MAIL": [b"Ok"]}, Unavailable, "mail.broken"),  # not a reply
        ({"RCPT": [HANG_UP]}, Unavailable, "mail.broken"),
        ({"RCPT": [b"250 ok", b"421 4.3.2 going down"]}, Unavailable, "mail.later"),  # hangs up between two addresses
        ({"RCPT": [b"421 4.3.2 going down"]}, Unavailable, "mail.later"),
        ({"DATA": [b"451 4.3.0 later"]}, Unavailable, "mail.later"),
        ({"DATA": [b"554 5.5.0 no"]}, Misconfigured, "mail.standing"),
        ({"DATA": [b"250 ok"]}, Unavailable, "mail.broken"),  # out of step: nothing was sent yet
        ({"DATA": [HANG_UP]}, Unavailable, "mail.broken"),
        ({"BODY": [HANG_UP]}, OutcomeUnknown, "mail.no_answer"),
        ({"BODY": [b"Ok"]}, OutcomeUnknown, "mail.no_answer"),
        ({"BODY": [b"354 go on"]}, OutcomeUnknown, "mail.no_answer"),
    ],
)
def test_each_answer_and_each_break_of_the_line_has_its_family(
    tls: ssl.SSLContext, open_channel: Open, says: dict[str, list[bytes]], family: type[ChannelFailure], code: str
) -> None:
    with ScriptedRelay(tls, says) as relay, pytest.raises(ChannelFailure) as caught:
        open_channel(relay).send(parcel("one@buyer.example", "two@buyer.example"))
    assert (type(caught.value), caught.value.code) == (family, code)
    assert not getattr(caught.value, "beyond", False)  # all of these are the relay's own
    assert caught.value.proof


def test_a_line_that_breaks_within_the_message_leaves_nothing_taken(tls: ssl.SSLContext, open_channel: Open) -> None:
    """The relay asks for the message and hangs up: 20 MB are more than the line itself can hold."""
    big = parcel(content=b"Subject: big\r\n\r\n" + (b"x" * 998 + b"\r\n") * 20_000)
    with ScriptedRelay(tls, {"MIDST": [HANG_UP]}, offers=OFFERS[:2]) as relay, pytest.raises(Unavailable) as caught:
        open_channel(relay).send(big)
    assert (type(caught.value), caught.value.code) == (Unavailable, "mail.broken")


def test_a_message_larger_than_the_relay_takes_is_not_begun(tls: ssl.SSLContext, open_channel: Open) -> None:
    with ScriptedRelay(tls, offers=(*OFFERS[:2], b"SIZE 1000")) as relay, pytest.raises(Refused) as caught:
        open_channel(relay).send(parcel())
    assert (caught.value.signal, caught.value.code) == ("mail.content", "mail.size")
    assert not relay.count("MAIL")


@pytest.mark.parametrize("offer", [b"SIZE", b"SIZE 0", b"SIZE many"])
def test_a_relay_that_names_no_limit_has_none(tls: ssl.SSLContext, open_channel: Open, offer: bytes) -> None:
    with ScriptedRelay(tls, offers=(*OFFERS[:2], offer)) as relay:
        assert open_channel(relay).send(parcel()).signal == "mail.250"


def test_an_address_beyond_ascii_needs_a_relay_that_takes_it(tls: ssl.SSLContext, open_channel: Open) -> None:
    with ScriptedRelay(tls) as relay, pytest.raises(Refused, match="ASCII") as caught:
        open_channel(relay).send(parcel("grüße@buyer.example"))
    assert (caught.value.signal, caught.value.code) == ("mail.5xx", "mail.smtputf8")


def test_lines_that_begin_with_a_dot_arrive_as_they_were(tls: ssl.SSLContext, open_channel: Open) -> None:
    content = b".first: a\r\n.\r\n..\r\n.b\r\nend.\r\n"
    with ScriptedRelay(tls) as relay:
        open_channel(relay).send(parcel(content=content))
    assert relay.messages == [content]


@pytest.mark.parametrize(
    "content",
    [
        b"Subject: a\r\n\r\nno line end",
        b"Subject: a\r\n\r\nbare line feed\n.\nMAIL FROM:<x@y>\r\n",  # a second message, smuggled in
        b"Subject: a\r\n\r\nbare return\r.\r\r\n",
        b"",
    ],
)
def test_what_is_no_message_never_leaves(tls: ssl.SSLContext, open_channel: Open, content: bytes) -> None:
    with ScriptedRelay(tls) as relay, pytest.raises(Misconfigured, match="CRLF"):
        open_channel(relay).send(parcel(content=content))
    assert not relay.connections


def test_addresses_that_no_server_takes_are_not_asked_about(tls: ssl.SSLContext, open_channel: Open) -> None:
    message = parcel().content
    with ScriptedRelay(tls) as relay:
        channel = open_channel(relay)
        receipt = channel.send(parcel("good@buyer.example", "bad@-buyer.example", content=message))
        assert [(one.address, one.accepted, one.code) for one in receipt.addresses] == [
            ("good@buyer.example", True, "2.0.0"),
            ("bad@-buyer.example", False, "5.1.3"),
        ]
        with pytest.raises(Refused, match="bad@-buyer") as caught:
            channel.send(parcel("bad@-buyer.example", content=message))
    assert caught.value.signal == "mail.5xx"
    assert relay.count("RCPT") == 1


# --- sessions that are kept -------------------------------------------------------------------------------------------


def test_messages_share_a_session(tls: ssl.SSLContext, open_channel: Open) -> None:
    with ScriptedRelay(tls, {"RCPT": [b"250 ok", b"550 5.1.1 no", b"250 ok"]}) as relay:
        channel = open_channel(relay)
        channel.send(parcel())
        with pytest.raises(Refused):  # an answer, after which the session goes on
            channel.send(parcel())
        channel.send(parcel())
    assert (relay.connections, relay.count("AUTH"), relay.count("RSET")) == (1, 1, 2)


def test_a_session_that_the_relay_ended_is_replaced_before_anything_is_sent(
    tls: ssl.SSLContext, open_channel: Open
) -> None:
    with ScriptedRelay(tls) as relay:
        channel = open_channel(relay)
        channel.send(parcel())
        relay.hang_up()
        assert channel.send(parcel()).signal == "mail.250"
    assert relay.connections == 2


def test_a_session_in_which_the_relay_said_421_is_not_used_again(tls: ssl.SSLContext, open_channel: Open) -> None:
    with ScriptedRelay(tls, {"BODY": [b"421 4.3.2 going down", b"250 ok"]}) as relay:
        channel = open_channel(relay)
        with pytest.raises(Unavailable):
            channel.send(parcel())
        channel.send(parcel())
    assert (relay.connections, relay.count("RSET")) == (2, 0)


def test_a_session_ends_politely_after_so_many_messages(tls: ssl.SSLContext, open_channel: Open) -> None:
    with ScriptedRelay(tls) as relay:
        channel = open_channel(relay, messages_per_connection=2)
        for _ in range(3):
            channel.send(parcel())
    assert (relay.connections, relay.count("QUIT")) == (2, 1)


def test_several_threads_have_a_session_each(tls: ssl.SSLContext, open_channel: Open) -> None:
    with ScriptedRelay(tls) as relay:
        channel = open_channel(relay)
        sent = [parcel() for _ in range(12)]
        threads = [
            threading.Thread(target=lambda part: [*map(channel.send, part)], args=(sent[at::2],)) for at in (0, 1)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(relay.messages) == sorted(one.content for one in sent)
    assert relay.connections <= 2


# --- settings ---------------------------------------------------------------------------------------------------------


def test_the_return_path_names_the_parcel_where_a_bounce_mailbox_is_set(
    tls: ssl.SSLContext, open_channel: Open
) -> None:
    sent = parcel()
    bounces = {"bounce_address": "b@bounce.example.com", "bounce_secret": "canary-7"}
    with ScriptedRelay(tls) as relay:
        open_channel(relay, **bounces).send(sent)
        open_channel(relay, **bounces).send(sent)
        open_channel(relay, **bounces | {"bounce_secret": "another"}).send(sent)
    said = [line.split(" ")[1] for line in relay.heard if line.startswith("mail")]
    assert said[0].startswith(f"FROM:<b+{sent.key}-")
    assert said[0].endswith("@bounce.example.com>")
    assert said[0] == said[1]  # the same in every attempt, or grey lists begin anew
    assert said[0] != said[2]  # nobody makes one up without the secret


@pytest.mark.parametrize(
    "more",
    [
        {
            "bounce_address": "a-mailbox-with-a-long-name@bounce.example.com",
            "bounce_secret": "x",
        },  # over 64 with the key
        {},  # the parcel has no `from`
    ],
)
def test_without_a_return_path_nothing_is_sent(tls: ssl.SSLContext, open_channel: Open, more: dict[str, str]) -> None:
    sent = parcel()
    del sent.address["from"]  # type: ignore[attr-defined]  # a dict, here
    with ScriptedRelay(tls) as relay, pytest.raises(Misconfigured, match="return path"):
        open_channel(relay, **more).send(sent)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"security": "none"}, "security"),
        ({"username": None}, "username"),  # a password without a name
        ({"password": "grüße"}, "password"),
        ({"port": "0"}, "port"),
        ({"hello": "a b"}, "hello"),
        ({"ca_file": "/does/not/exist.pem"}, "ca_file"),
        ({"bounce_address": "b@bounce.example.com"}, "bounce_secret"),
        ({"bounce_address": "nobody", "bounce_secret": "x"}, "nobody"),
        ({"bounce_address": "grüße@x.example", "bounce_secret": "x"}, "bounce_address"),
    ],
)
def test_a_wrong_setting_is_named(wrong: dict[str, object], named: str) -> None:
    with pytest.raises(Misconfigured, match=named) as caught:
        CHANNEL.build({"host": "mail.example.com", **LOGIN, **wrong}, {})
    assert PASSWORD not in str(caught.value)


def test_the_port_follows_the_security(tls: ssl.SSLContext) -> None:
    for security, port in (("starttls", "587"), ("tls", "465")):
        assert f":{port}'" in repr(CHANNEL.build({"host": "mail.example.com", "security": security}, {}))


# --- what a reply means -----------------------------------------------------------------------------------------------

TAKEN, LATER, OURS, ADDRESS, CONTENT = Meaning


@pytest.mark.parametrize(
    ("code", "text", "meanings"),
    [
        # reply, and what it means to MAIL FROM, RCPT TO, and for the message
        (250, "2.1.5 ok", (TAKEN, TAKEN, TAKEN)),
        (251, "will forward", (TAKEN, TAKEN, TAKEN)),
        (451, "local error", (LATER, LATER, LATER)),
        (450, "4.1.6 moved", (OURS, ADDRESS, ADDRESS)),  # waiting does not bring a mailbox back
        (550, "no details", (OURS, ADDRESS, CONTENT)),  # the stage tells
        (550, "5.0.0 no details", (OURS, ADDRESS, CONTENT)),
        (550, "5.7.1 refused", (OURS, ADDRESS, CONTENT)),
        (550, "5.1.1 unknown", (OURS, ADDRESS, ADDRESS)),
        (552, "mailbox is full, or too big", (CONTENT, CONTENT, CONTENT)),
        (552, "5.2.2 mailbox full", (LATER, LATER, LATER)),
        (556, "5.1.10 null MX", (OURS, ADDRESS, ADDRESS)),
        (521, "takes no mail", (OURS, ADDRESS, ADDRESS)),
        (530, "5.7.0 login first", (OURS, OURS, OURS)),
        (550, "5.7.26 DMARC", (OURS, OURS, OURS)),
        (450, "4.7.26 DMARC, for now", (LATER, LATER, LATER)),
        (454, "4.7.8 wrong password", (OURS, OURS, OURS)),
        (555, "5.5.4 parameter", (OURS, OURS, OURS)),
        (554, "5.6.3 can't convert", (CONTENT, CONTENT, CONTENT)),
        (550, "4.2.2 classes that differ", (OURS, ADDRESS, CONTENT)),  # an enhanced code of another class says nothing
        (550, "5.1.1.9 no code", (OURS, ADDRESS, CONTENT)),
    ],
)
def test_a_reply_means_what_its_codes_and_its_stage_say(
    code: int, text: str, meanings: tuple[Meaning, Meaning, Meaning]
) -> None:
    reply = Reply(code, text)
    assert (meaning_for_sender(reply), meaning_for_recipient(reply), meaning_for_message(reply)) == meanings


def test_the_words_of_a_reply_are_one_short_line() -> None:
    assert Reply(550, "5.1.1 no\nsuch\x07 user\u202e " + "x" * 400).words == "550 5.1.1 no such user " + "x" * 277
