"""The post channel against the twin's print house: the contract of all channels, and the story of a letter."""

import json
from collections.abc import Callable

import pytest

from channels.contract import OutcomeUnknown, Parcel
from channels.post import CHANNEL
from simulators.script import Rule, Step
from simulators.twin import Twin
from tests.channels.contract_suite import ChannelCase, ChannelContract
from tests.channels.far_side import nobody_there
from tests.channels.post.conftest import Open
from tests.channels.post.letters import ADDRESS, parcel

HOUR, DAY = 3600.0, 86_400.0


def letters(twin: Twin, key: str) -> list[str]:
    """The PDFs, by hash, that the house took as new under this key; it looks into its drop folder every ten minutes."""
    assert twin.advance(HOUR)
    return [s.sha256 for s in twin.ledger.sights("print") if (s.key, s.outcome) == (key, "new")]


def another_of_this_name(twin: Twin) -> Callable[[str], None]:
    """The house says that it has this batch, with another content: the one refusal that an upload meets at once."""

    def acknowledge(key: str) -> None:
        note = {"batch": f"B-{key}", "content_sha256": "0" * 64}
        (twin.work / "print" / "in" / f"B-{key}.ack").write_text(json.dumps(note))

    return acknowledge


class TestPostContract(ChannelContract):
    """A drop folder has no answer but what lies in it; the rest comes as status files."""

    @pytest.fixture
    def case(self, twin: Twin, settings: dict[str, object], open_channel: Open) -> ChannelCase:
        def rule(behaviour: str) -> Callable[[str], None]:
            return lambda key: twin.script.add("print", Rule(behaviour, {"key": key}))

        return ChannelCase(
            type=CHANNEL,
            settings=settings,
            ports={},
            channel=open_channel(),
            unreachable=open_channel(port=int(nobody_there().rpartition(":")[2])),
            parcel=parcel,
            taken=lambda key: len(letters(twin, key)),
            arrived=lambda key: twin.ledger.content(letters(twin, key)[0]) or b"",
            refuse=another_of_this_name(twin),
            hang=rule("hang"),
            drop=rule("drop"),
            heal=twin.script.clear,
            signals=frozenset({"post.uploaded", "post.accepted"}),
            can_tell=True,
            secrets=(twin.sftp_password,),
            let_speak=lambda _: tell(twin, 2 * DAY),
        )


def tell(twin: Twin, seconds: float) -> None:
    assert twin.advance(seconds)


def story(twin: Twin, open_channel: Open, sent: Parcel, seconds: float = 30 * DAY) -> list[tuple[str, str, str]]:
    """What becomes of a letter: signal, code and words of each notice."""
    channel = open_channel()
    receipt = channel.send(sent)
    for passed in (HOUR, seconds - HOUR):  # what is planned when the house collects the batch comes after that
        tell(twin, passed)
    return [(one.signal, one.code, one.text) for one in channel.collect({sent.key: receipt.reference})]


def signals(twin: Twin, open_channel: Open, sent: Parcel) -> list[str]:
    return [signal for signal, _, _ in story(twin, open_channel, sent)]


USUAL = ["post.accepted", "post.accepted", "post.printed", "post.inserted", "post.posted"]
SPOILED = [*USUAL[:2], "post.spoiled", *USUAL[2:]]  # one letter of a hundred


def test_a_letter_is_taken_printed_put_in_its_envelope_and_posted(twin: Twin, open_channel: Open) -> None:
    assert signals(twin, open_channel, parcel()) in (USUAL, SPOILED)


@pytest.mark.parametrize(
    ("post_code", "more", "last"),
    [
        # postcodes with a fate at the twin, what the letter asks for, and the end of its story
        ("99999", {}, ("post.returned", "address_unknown", "the address does not exist, or nobody knows")),
        ("99998", {}, ("post.returned", "moved_new_address", "the addressee has moved")),
        ("99998", {"handling": "forward_and_report"}, ("post.forwarded", "moved_new_address", "Nuova Via 1")),
        ("11122", {"registered": "true", "proof_of_delivery": "true"}, ("post.delivered", "delivered", "signed for")),
        ("", {}, ("post.rejected.address", "address_incomplete", "the address is incomplete: name, postcode and")),
        ("11122", {"expires_at": "2026-01-01T00:00:00Z"}, ("post.rejected", "expired", "the time in which it might")),
        ("11122", {"pages": "3"}, ("post.rejected", "other", "the ticket speaks of page 3")),
    ],
)
def test_each_fate_of_a_letter_is_told_in_plain_words(
    twin: Twin, open_channel: Open, post_code: str, more: dict[str, str], last: tuple[str, str, str]
) -> None:
    signal, code, text = story(twin, open_channel, parcel(ADDRESS | {"post_code": post_code}, **more))[-1]
    assert (signal, code) == last[:2]
    assert text.startswith(last[2])


def test_a_letter_of_which_the_house_says_nothing_more_is_taken_and_no_more(twin: Twin, open_channel: Open) -> None:
    assert signals(twin, open_channel, parcel(ADDRESS | {"post_code": "99997"})) == ["post.accepted"]


def test_a_delivery_that_nobody_scanned_proves_nothing(twin: Twin, open_channel: Open) -> None:
    sent = parcel()
    twin.script.add("print", Rule("accept", {"key": sent.key}, then=(Step("posted"), Step("delivered"))))
    assert signals(twin, open_channel, sent)[-2:] == ["post.posted", "post.tracked"]


def test_a_refused_batch_says_why_and_may_be_sent_again_once_the_house_takes_it(twin: Twin, open_channel: Open) -> None:
    sent, channel = parcel(), open_channel()
    twin.script.add("print", Rule("reject", {"key": f"B-{sent.key}"}, "batch_refused", "unknown profile", times=1))
    assert story(twin, open_channel, sent, HOUR) == [("post.batch_refused", "other", "unknown profile")]
    assert channel.ask(sent, "") is None
    assert channel.send(sent).signal == "post.uploaded"
    assert len(letters(twin, sent.key)) == 1


def test_a_batch_with_a_long_story_is_told_in_its_order(twin: Twin, open_channel: Open) -> None:
    sent = parcel()
    steps = tuple(Step("spoiled", text=str(number), after=HOUR) for number in range(12))
    twin.script.add("print", Rule("accept", {"key": sent.key}, then=steps))
    told = [text for signal, _, text in story(twin, open_channel, sent) if signal == "post.spoiled"]
    assert told == [str(number) for number in range(12)]


def test_a_test_ticket_prints_nothing(twin: Twin, open_channel: Open) -> None:
    sent, channel = parcel(), open_channel(test="true", profile="eletter-se")
    channel.send(sent)
    tell(twin, 30 * DAY)
    told = [one.signal for one in channel.collect({sent.key: ""})]
    assert told == ["post.accepted", "post.accepted"]


def test_a_letter_that_was_taken_is_found_by_its_acknowledgement_and_by_its_status_files(
    twin: Twin, open_channel: Open
) -> None:
    sent, channel = parcel(), open_channel()
    assert channel.send(sent).signal == "post.uploaded"
    lying = channel.ask(sent, "")
    assert lying is not None
    assert (lying.signal, lying.reference) == ("post.uploaded", f"B-{sent.key}")
    tell(twin, HOUR)
    acknowledgement = twin.work / "print" / "in" / f"B-{sent.key}.ack"
    assert channel.send(sent).proof == acknowledgement.read_bytes()
    acknowledgement.unlink()
    told = channel.ask(sent, "")
    assert told is not None
    assert told.signal == "post.accepted"
    assert b"batch_received" in told.proof
    assert len(letters(twin, sent.key)) == 1


def test_at_a_house_that_acknowledges_nothing_only_what_is_seen_is_known(twin: Twin, open_channel: Open) -> None:
    sent, channel = parcel(), open_channel(acknowledges=False)
    assert not channel.recognises_repeats
    assert open_channel().recognises_repeats
    twin.script.add("print", Rule("drop", {"key": sent.key}))
    with pytest.raises(OutcomeUnknown):
        channel.send(sent)
    found = channel.ask(sent, "")  # it lies there
    assert found is not None
    with pytest.raises(OutcomeUnknown, match="telephone"):
        channel.ask(parcel(), "")  # it may never have come, or have been taken away
