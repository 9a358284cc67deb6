"""The mail channel against the twin's relay: the contract of all channels, and what is special here."""

from collections.abc import Callable, Iterator

import pytest

from channels.contract import (
    AddressResult,
    ChannelFailure,
    Misconfigured,
    OutcomeUnknown,
    Refused,
    Unavailable,
)
from channels.mail import CHANNEL
from channels.mail.channel import MailChannel
from simulators.script import Rule
from simulators.twin import Twin
from tests.channels.contract_suite import ChannelCase, ChannelContract
from tests.channels.far_side import nobody_there
from tests.channels.mail.letters import parcel

Open = Callable[..., MailChannel]

BAD_PASSWORD = "canary-wrong-one"


def settings_of(twin: Twin) -> dict[str, object]:
    return {
        "host": "127.0.0.1",
        "port": twin.smtp.port,
        "username": "gateway",
        "password": twin.smtp_password,
        "ca_file": str(twin.pki.tls_ca),
        "answer_seconds": 0.5,
    }


@pytest.fixture
def open_channel(twin: Twin) -> Iterator[Open]:
    """Makes channels to the twin's relay, and closes them."""
    made: list[MailChannel] = []

    def make(**more: object) -> MailChannel:
        channel = CHANNEL.build(settings_of(twin) | more, {})
        assert isinstance(channel, MailChannel)
        made.append(channel)
        return channel

    yield make
    for channel in made:
        channel.close()


def mails(twin: Twin, key: str) -> list[str]:
    """The bytes, by hash, of each mail with this key in its Message-ID that the twin took as new."""
    return [s.sha256 for s in twin.ledger.sights("smtp") if s.key.startswith(f"<{key}@") and s.outcome == "new"]


class TestMailContract(ChannelContract):
    """SMTP takes mail, repeats included, and can't be asked."""

    @pytest.fixture
    def case(self, twin: Twin, open_channel: Open) -> ChannelCase:
        def rule(behaviour: str, code: str = "") -> Callable[[str], None]:
            return lambda key: twin.script.add("smtp", Rule(behaviour, {"key": f"<{key}@*"}, code, stage="data"))

        return ChannelCase(
            type=CHANNEL,
            settings=settings_of(twin),
            ports={},
            channel=open_channel(),
            unreachable=open_channel(port=int(nobody_there().rpartition(":")[2])),
            parcel=parcel,
            taken=lambda key: len(mails(twin, key)),
            arrived=lambda key: twin.ledger.content(mails(twin, key)[0]) or b"",
            refuse=rule("reject", "554 5.7.1"),
            hang=rule("hang"),
            drop=rule("drop"),
            heal=twin.script.clear,
            signals=frozenset({"mail.250"}),
            can_tell=False,
            secrets=(twin.smtp_password,),
        )


# What the recipients' side says, recipient by recipient: replies behind RCPT TO, and what the mail comes to.
UNKNOWN, FULL, GREY, UNSIGNED = "550 5.1.1", "452 4.2.2", "451 4.7.1", "550 5.7.26"


@pytest.mark.parametrize(
    ("replies", "expected"),
    [
        (("", ""), "mail.250"),
        (("", UNKNOWN), "mail.250"),  # one is enough
        (("", GREY), "mail.250"),  # the other address is not waited for: the buyer has the invoice
        ((UNKNOWN, UNKNOWN), "mail.5xx"),
        ((GREY, UNKNOWN), Unavailable),  # one address may still take it
        ((UNKNOWN, FULL), Unavailable),
        (("552 5.2.2", UNKNOWN), Unavailable),  # full is never for good, whatever the digits say
        (("552 5.3.4", "552 5.3.4"), "mail.content"),  # too big for both
        (("552 5.3.4", UNKNOWN), "mail.5xx"),
        ((UNSIGNED, UNKNOWN), Misconfigured),  # our domain's signature, not the address
    ],
)
def test_each_address_has_its_own_answer_and_one_good_address_is_enough(
    twin: Twin, open_channel: Open, replies: tuple[str, str], expected: str | type[ChannelFailure]
) -> None:
    sent = parcel("one@buyer.example", "two@buyer.example")
    for address, reply in zip(("one", "two"), replies, strict=True):
        if reply:
            twin.script.add("smtp", Rule("reject", {"recipient": f"{address}@*"}, reply, f"scripted for {address}"))
    if expected == "mail.250":
        results = open_channel().send(sent).addresses
    elif isinstance(expected, str):
        with pytest.raises(Refused) as refused:
            open_channel().send(sent)
        assert refused.value.signal == expected
        results = refused.value.addresses
    else:
        with pytest.raises(expected) as failed:
            open_channel().send(sent)
        assert b"scripted for" in failed.value.proof
        return
    assert results == tuple(
        AddressResult(
            f"{address}@buyer.example",
            accepted=not reply,
            code=reply[4:] or "2.1.5",
            text=f"{reply[4:]} scripted for {address}" if reply else "2.1.5 recipient ok",
        )
        for address, reply in zip(("one", "two"), replies, strict=True)
    )
    taken = [sight.recipient for sight in twin.ledger.sights("smtp") if sight.key.startswith(f"<{sent.key}@")]
    assert taken == [one.address for one in results if one.accepted]


@pytest.mark.parametrize(
    ("reply", "family", "signal"),
    [
        ("554 5.7.1", Refused, "mail.content"),  # a content filter
        ("552 5.2.3", Refused, "mail.content"),  # longer than the mailbox takes
        ("554", Refused, "mail.content"),  # without an enhanced code: at this stage it is the message
        ("550 5.1.1", Refused, "mail.5xx"),  # some servers look for the mailbox only now
        ("452 4.3.1", Unavailable, ""),
        ("421 4.3.2", Unavailable, ""),
        ("550 5.7.20", Misconfigured, ""),  # no DKIM signature that passes
    ],
)
def test_a_message_is_refused_as_a_whole_behind_its_final_dot(
    twin: Twin, open_channel: Open, reply: str, family: type[ChannelFailure], signal: str
) -> None:
    sent = parcel()
    twin.script.add("smtp", Rule("reject", {"key": f"<{sent.key}@*"}, reply, "scripted", stage="data"))
    with pytest.raises(ChannelFailure, match="scripted") as caught:
        open_channel().send(sent)
    assert type(caught.value) is family
    if isinstance(caught.value, Refused):
        assert caught.value.signal == signal
        assert [one.accepted for one in caught.value.addresses] == [False]
    assert mails(twin, sent.key) == []


def test_the_proof_is_the_dialogue_without_the_login(twin: Twin, open_channel: Open) -> None:
    sent = parcel("one@buyer.example")
    receipt = open_channel().send(sent)
    said = receipt.proof.decode().splitlines()
    assert said[0].startswith(f"# 127.0.0.1:{twin.smtp.port}, TLSv1.3, certificate SHA-256 ")
    assert said[1] == f"C: MAIL FROM:<bounce@invoices.example.com> SIZE={len(sent.content)}"
    assert said[3:5] == ["C: RCPT TO:<one@buyer.example>", "S: 250 2.1.5 recipient ok"]
    assert said[-1] == "S: 250 2.0.0 taken over"
    assert receipt.reference == f"<{sent.key}@invoices.example.com>"


def test_a_wrong_password_is_our_fault_and_is_not_shown(twin: Twin, open_channel: Open) -> None:
    sent = parcel()
    with pytest.raises(Misconfigured, match=r"535 5\.7\.8") as caught:
        open_channel(password=BAD_PASSWORD).send(sent)
    assert caught.value.code == "mail.credentials"
    assert BAD_PASSWORD not in "".join(map(str, (caught.value, caught.value.__cause__)))
    assert mails(twin, sent.key) == []


def test_without_a_login_the_relay_says_that_it_wants_one(open_channel: Open) -> None:
    with pytest.raises(Misconfigured, match="530"):
        open_channel(username=None, password=None).send(parcel())


def test_a_relay_whose_certificate_nobody_vouches_for_hears_no_password(twin: Twin, open_channel: Open) -> None:
    for stranger in (str(twin.pki.trusted_list), None):  # another authority, and the public ones
        with pytest.raises(Misconfigured, match="ca_file") as caught:
            open_channel(ca_file=stranger).send(parcel())
        assert caught.value.code == "mail.tls"


def test_an_address_beyond_ascii_goes_with_smtputf8_and_its_domain_as_a_labels(twin: Twin, open_channel: Open) -> None:
    sent = parcel("grüße@käufer.example")
    receipt = open_channel().send(sent)
    assert b"SMTPUTF8" in receipt.proof
    assert [sight.recipient for sight in twin.ledger.sights("smtp") if sight.key.startswith(f"<{sent.key}@")] == [
        "grüße@xn--kufer-gra.example"
    ]
    assert [one.address for one in receipt.addresses] == ["grüße@käufer.example"]


def test_a_lost_answer_is_for_a_person_who_is_told_where_to_look(twin: Twin, open_channel: Open) -> None:
    sent, channel = parcel(), open_channel()
    twin.script.add("smtp", Rule("drop", {"key": f"<{sent.key}@*"}))
    with pytest.raises(OutcomeUnknown, match="relay's log") as caught:
        channel.send(sent)
    assert b"C: (message of" not in caught.value.proof  # what got no answer is not said to have been answered
    with pytest.raises(OutcomeUnknown, match=sent.key):
        channel.ask(sent, "")


def test_all_mails_go_towards_the_relay_and_one_slow_mailbox_does_not_stop_the_others(
    twin: Twin, open_channel: Open
) -> None:
    channel, sent = open_channel(), parcel("slow@buyer.example")
    assert channel.destination(sent) == f"127.0.0.1:{twin.smtp.port}"
    twin.script.add("smtp", Rule("reject", {"recipient": "slow@*"}, GREY))
    with pytest.raises(Unavailable) as caught:
        channel.send(sent)
    assert caught.value.beyond
