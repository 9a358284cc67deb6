"""The Peppol channel against the twin's access point: the contract of all channels, and what is special here."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from channels.contract import (
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
from simulators.script import Rule, Step
from simulators.twin import Twin
from tests.channels.contract_suite import ChannelCase, ChannelContract
from tests.channels.far_side import nobody_there
from tests.simulators.messages import BUYER, envelope

STRANGER, LATECOMER = "0088:7399990000009", "0088:7399990000016"

Access = PhossAp | Phase4Standalone
Open = Callable[..., Access]

numbers = itertools.count(1)


def parcel(receiver: str = BUYER, **scopes: str) -> Parcel:
    """A complete SBD under an InstanceIdentifier of its own."""
    key = f"4c1d0f6e-{next(numbers):04}"
    content = envelope(key, receiver, **scopes)
    return Parcel(key, content, "application/xml", f"{key}.xml", {"receiver": receiver})


def settings_of(twin: Twin, kind: str) -> dict[str, object]:
    return {
        "kind": kind,
        "url": twin.access_point.url,
        "token": twin.token,
        "ca_file": str(twin.pki.tls_ca),
        "answer_seconds": 0.5,
    }


@pytest.fixture
def open_channel(twin: Twin) -> Iterator[Open]:
    """Makes channels to the twin's access point, and closes them."""
    made: list[Access] = []
    twin.directory.register(BUYER)

    def make(kind: str, **more: object) -> Access:
        channel = CHANNEL.build(settings_of(twin, kind) | more, {})
        assert isinstance(channel, Access)
        made.append(channel)
        return channel

    yield make
    for channel in made:
        channel.close()


def case_of(twin: Twin, open_channel: Open, kind: str) -> ChannelCase:
    def rule(behaviour: str, code: str = "", text: str = "") -> Callable[[str], None]:
        return lambda key: twin.script.add("ap", Rule(behaviour, {"key": key}, code, text))

    def sights(key: str) -> list[str]:
        return [sight.sha256 for sight in twin.ledger.sights("ap") if (sight.key, sight.outcome) == (key, "new")]

    return ChannelCase(
        type=CHANNEL,
        settings=settings_of(twin, kind),
        ports={},
        channel=open_channel(kind),
        unreachable=open_channel(kind, url=nobody_there()),
        parcel=parcel,
        taken=lambda key: len(sights(key)),
        arrived=lambda key: twin.ledger.content(sights(key)[0]) or b"",
        refuse=rule("reject", "EBMS:0009", "InvalidHeader"),
        hang=rule("hang"),
        drop=rule("drop"),
        heal=twin.script.clear,
        signals=frozenset({"peppol.handed_over"}),
        can_tell=kind == "phoss-ap",
        secrets=(twin.token,),
    )


class TestPhossApContract(ChannelContract):
    """phoss-ap can be asked, and hands on the Message Level Status."""

    @pytest.fixture
    def case(self, twin: Twin, open_channel: Open) -> ChannelCase:
        return replace(
            case_of(twin, open_channel, "phoss-ap"),
            parcel=lambda: parcel(MLS_TYPE="ALWAYS_SEND"),
            let_speak=lambda _: wait(twin),
        )


class TestPhase4StandaloneContract(ChannelContract):
    """phase4-peppol-standalone sends and forgets."""

    @pytest.fixture
    def case(self, twin: Twin, open_channel: Open) -> ChannelCase:
        return case_of(twin, open_channel, "phase4-peppol-standalone")


def wait(twin: Twin, seconds: float = 3600) -> None:
    """An hour passes at the other side."""
    assert twin.advance(seconds)


@pytest.mark.parametrize("kind", ["phoss-ap", "phase4-peppol-standalone"])
@pytest.mark.parametrize(
    ("code", "family", "words"),
    [
        ("not_registered", Refused, "peppol.not_registered"),
        ("no_doctype", Refused, "peppol.no_document_type"),
        ("smp_down", Unavailable, "peppol.lookup"),
        ("EBMS:0004", Unavailable, "peppol.as4.EBMS:0004"),  # Other
        ("EBMS:0009", Refused, "peppol.as4.EBMS:0009"),  # InvalidHeader
        ("TRANSPORT_ERROR", OutcomeUnknown, "peppol.no_signal"),
        ("NO_SIGNAL_MESSAGE_RECEIVED", OutcomeUnknown, "peppol.no_signal"),
        ("INVALID_PARAMETERS", Misconfigured, "peppol.parameters"),
        ("400", Refused, "peppol.refused"),
        ("503", OutcomeUnknown, "peppol.no_report"),
        ("404", Misconfigured, "peppol.url"),
    ],
)
def test_each_trouble_of_the_network_has_its_family(
    twin: Twin, open_channel: Open, kind: str, code: str, family: type[ChannelFailure], words: str
) -> None:
    sent = parcel()
    twin.script.add("ap", Rule("reject", {"key": sent.key}, code, "scripted"))
    with pytest.raises(ChannelFailure) as caught:
        open_channel(kind).send(sent)
    assert (type(caught.value), caught.value.code) == (family, words)


def test_a_buyer_that_nobody_registered_is_not_registered(open_channel: Open) -> None:
    with pytest.raises(Refused, match=STRANGER) as caught:
        open_channel("phoss-ap").send(parcel(STRANGER))
    assert caught.value.signal == "peppol.not_registered"


def test_a_buyer_who_was_registered_since_is_reached_with_the_same_envelope(twin: Twin, open_channel: Open) -> None:
    channel, sent = open_channel("phoss-ap"), parcel(LATECOMER)
    with pytest.raises(Refused):
        channel.send(sent)
    assert channel.ask(sent, "") is None
    twin.directory.register(LATECOMER)
    assert channel.send(sent).signal == "peppol.handed_over"


@pytest.mark.parametrize("kind", ["phoss-ap", "phase4-peppol-standalone"])
def test_a_wrong_token_is_our_fault_and_nothing_is_taken(twin: Twin, open_channel: Open, kind: str) -> None:
    sent = parcel()
    with pytest.raises(Misconfigured) as caught:
        open_channel(kind, token="canary-wrong").send(sent)
    assert caught.value.code == "peppol.credentials"
    assert "canary-wrong" not in str(caught.value)
    assert not [sight for sight in twin.ledger.sights("ap") if sight.key == sent.key]


def test_an_envelope_that_is_none_is_refused(open_channel: Open) -> None:
    broken = replace(parcel(), content=b"<Invoice/>")
    for kind in ("phoss-ap", "phase4-peppol-standalone"):
        with pytest.raises(Refused) as caught:
            open_channel(kind).send(broken)
        assert caught.value.signal == "peppol.refused"


def test_while_phoss_ap_tries_by_itself_we_stand_back_and_then_learn_that_it_got_through(
    twin: Twin, open_channel: Open
) -> None:
    channel, sent = open_channel("phoss-ap"), parcel()
    twin.script.add("ap", Rule("reject", {"key": sent.key}, "smp_down", times=1))
    with pytest.raises(Unavailable):
        channel.send(sent)
    with pytest.raises(Unavailable, match="still trying"):
        channel.send(sent)
    wait(twin)
    assert channel.send(sent).signal == "peppol.handed_over"
    outcomes = [sight.outcome for sight in twin.ledger.sights("ap") if sight.key == sent.key]
    assert outcomes == ["refused", "new"]


@pytest.mark.parametrize(
    ("step", "signals"),
    [
        (Step("AP"), ["peppol.mls.AP"]),
        (Step("AB"), ["peppol.mls.AB"]),
        (Step("RE", "FD", "no such mailbox"), ["peppol.mls.RE.FD"]),
        (Step("RE", "BV", "BR-CO-10"), ["peppol.mls.RE.BV"]),
    ],
)
def test_what_the_other_provider_says_comes_back_once_it_has_said_it(
    twin: Twin, open_channel: Open, step: Step, signals: list[str]
) -> None:
    channel, sent = open_channel("phoss-ap"), parcel()
    twin.script.add("ap", Rule("accept", {"key": sent.key}, then=(step,)))
    receipt = channel.send(sent)
    assert list(channel.collect({sent.key: receipt.reference})) == []
    wait(twin)
    notices = list(channel.collect({sent.key: receipt.reference, "4c1d0f6e-none": ""}))
    assert [notice.signal for notice in notices] == signals
    assert step.text in notices[0].text
