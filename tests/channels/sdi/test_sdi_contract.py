"""The SDI channel against the twin: the contract of all channels, and what is special here."""

import datetime
import itertools
from collections.abc import Callable, Iterator, Mapping

import pytest

from channels.contract import ChannelFailure, Misconfigured, OutcomeUnknown, Parcel, Refused, Unavailable
from channels.sdi import CHANNEL
from channels.sdi.channel import SdiChannel
from formats.fatturapa.sdicoop import read_upload_answer, write_upload
from simulators.script import Rule
from simulators.twin import Twin
from tests.channels.contract_suite import ChannelCase, ChannelContract
from tests.channels.far_side import nobody_there
from tests.simulators.messages import fattura

Open = Callable[..., SdiChannel]

numbers = itertools.count(1)


def parcel() -> Parcel:
    """An invoice of its own, in a file of its own."""
    number = next(numbers)
    name = f"IT01234567897_C{number:04}.xml"
    return Parcel(name, fattura(number=f"C/{number}"), "application/xml", name, {})


def settings_of(twin: Twin) -> dict[str, object]:
    sdi = twin.ready()["sdi"]
    assert isinstance(sdi, Mapping)
    return {
        "url": sdi["url"],
        "certificate_file": sdi["client_certificate"],
        "key_file": sdi["client_key"],
        "ca_file": sdi["ca"],
        "answer_seconds": 0.5,
    }


def ports() -> dict[str, object]:
    def now() -> datetime.datetime:
        return datetime.datetime.now(datetime.UTC)

    return {"write_upload": write_upload, "read_upload_answer": read_upload_answer, "now": now}


@pytest.fixture
def open_channel(twin: Twin) -> Iterator[Open]:
    """Makes channels to the twin's SDI, and closes them."""
    made: list[SdiChannel] = []

    def make(**more: object) -> SdiChannel:
        channel = CHANNEL.build(settings_of(twin) | more, ports())
        assert isinstance(channel, SdiChannel)
        made.append(channel)
        return channel

    yield make
    for channel in made:
        channel.close()


class TestSdiContract(ChannelContract):
    """SDI has no query; its notices are pushed."""

    @pytest.fixture
    def case(self, twin: Twin, open_channel: Open) -> ChannelCase:
        def rule(behaviour: str, code: str = "") -> Callable[[str], None]:
            return lambda key: twin.script.add("sdi", Rule(behaviour, {"filename": key}, code))

        def sights(key: str) -> list[str]:
            return [sight.sha256 for sight in twin.ledger.sights("sdi") if (sight.key, sight.outcome) == (key, "new")]

        return ChannelCase(
            type=CHANNEL,
            settings=settings_of(twin),
            ports=ports(),
            channel=open_channel(),
            unreachable=open_channel(url=nobody_there().replace("http:", "https:")),
            parcel=parcel,
            taken=lambda key: len(sights(key)),
            arrived=lambda key: twin.ledger.content(sights(key)[0]) or b"",
            refuse=rule("reject", "EI01"),
            hang=rule("hang"),
            drop=rule("drop"),
            heal=twin.script.clear,
            signals=frozenset({"sdi.accepted"}),
            can_tell=False,
            secrets=twin.pki.gateway_client.key.read_text().splitlines()[1:-1],
        )


@pytest.mark.parametrize(
    ("code", "family"),
    [
        ("EI01", Refused),
        ("EI02", Unavailable),
        ("EI03", Misconfigured),
        ("fault", OutcomeUnknown),  # Server: it broke off, wherever
        ("503", Unavailable),
        ("500", OutcomeUnknown),
    ],
)
def test_each_trouble_of_sdi_has_its_family(
    twin: Twin, open_channel: Open, code: str, family: type[ChannelFailure]
) -> None:
    sent = parcel()
    twin.script.add("sdi", Rule("reject", {"filename": sent.key}, code, "scripted"))
    with pytest.raises(ChannelFailure) as caught:
        open_channel().send(sent)
    assert type(caught.value) is family


def test_a_file_name_that_sdi_forbids_is_refused_with_its_words(open_channel: Open) -> None:
    bad = Parcel("Rechnung Nr 1.xml", fattura(), "application/xml", "Rechnung Nr 1.xml", {})
    with pytest.raises(Refused, match="NomeFile") as caught:
        open_channel().send(bad)
    assert caught.value.signal == "sdi.refused"


def test_a_certificate_that_is_no_transmitters_is_not_enabled(twin: Twin, open_channel: Open) -> None:
    stranger = twin.pki.sdi_client
    with pytest.raises(Misconfigured, match="EI03"):
        open_channel(certificate_file=str(stranger.certificate), key_file=str(stranger.key)).send(parcel())


def test_the_same_name_again_issues_no_second_invoice_but_gets_a_number_of_its_own(
    twin: Twin, open_channel: Open
) -> None:
    """Why this channel does not call repeats recognised: the second number is the one that will be rejected (00002)."""
    channel, sent = open_channel(), parcel()
    first, second = channel.send(sent), channel.send(sent)
    assert first.reference != second.reference
    assert [sight.outcome for sight in twin.ledger.sights("sdi") if sight.key == sent.key] == ["new", "repeat"]
