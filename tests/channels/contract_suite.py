"""What every channel owes the house, whichever network lies behind it.

A channel's tests subclass `ChannelContract` and give the fixture `case`: the channel against its twin, and the twin's
levers. The promises here are those of `channels.contract`; what is special to a channel stands in its own tests.

    class TestMailContract(ChannelContract):
        @pytest.fixture
        def case(self, twin: Twin) -> Iterator[ChannelCase]: ...
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import pytest

from channels.contract import (
    Channel,
    ChannelFailure,
    ChannelType,
    Misconfigured,
    Notice,
    OutcomeUnknown,
    Parcel,
    Receipt,
    Refused,
    Unavailable,
)


@dataclass(frozen=True)
class ChannelCase:
    """One channel in front of its twin, and what the twin can be told to do.

    type, settings, ports:  what `channel` was built of
    channel:                built, with short timeouts; the fixture closes it
    unreachable:            the same channel towards an address where nobody listens
    parcel:                 a fresh parcel that the twin will take, with a key of its own
    taken:                  how often the twin took a parcel with this key as new
    arrived:                the bytes that the twin saw under this key, b"" where it saw none
    refuse, hang, drop:     from now on the twin refuses / never answers / takes and then drops the connection without
                            an answer, for this key; None where the network has no such moment
    heal:                   the twin behaves again
    signals:                the signals that a receipt may carry
    secrets:                what must not be shown anywhere
    can_tell:               whether `ask` knows what became of a parcel
    let_speak:              makes the twin say something about a parcel that it took, and waits until it has; None
                            where notices are pushed or do not exist
    """

    type: ChannelType
    settings: Mapping[str, object]
    ports: Mapping[str, object]
    channel: Channel
    unreachable: Channel
    parcel: Callable[[], Parcel]
    taken: Callable[[str], int]
    arrived: Callable[[str], bytes]
    refuse: Callable[[str], None]
    hang: Callable[[str], None] | None
    drop: Callable[[str], None] | None
    heal: Callable[[], None]
    signals: frozenset[str]
    can_tell: bool
    secrets: Sequence[str] = ()
    let_speak: Callable[[Parcel], None] | None = None


class ChannelContract:
    """Subclass it as `Test...` and define the fixture `case`."""

    @pytest.fixture
    def case(self) -> ChannelCase:
        raise NotImplementedError("a channel's tests define the fixture `case`")

    def test_a_parcel_that_is_taken_gives_a_receipt_with_proof(self, case: ChannelCase) -> None:
        parcel = case.parcel()
        receipt = case.channel.send(parcel)
        assert receipt.signal in case.signals
        assert receipt.reference
        assert receipt.text
        assert receipt.proof
        assert receipt.proof_media_type
        assert case.taken(parcel.key) == 1

    def test_the_bytes_arrive_as_they_were_sealed(self, case: ChannelCase) -> None:
        parcel = case.parcel()
        case.channel.send(parcel)
        assert case.arrived(parcel.key) == parcel.content

    def test_it_goes_by_its_name_and_towards_a_named_destination(self, case: ChannelCase) -> None:
        parcel = case.parcel()
        assert case.channel.name == case.type.name
        assert case.channel.destination(parcel)
        assert case.channel.destination(parcel) == case.channel.destination(replace(parcel, key=case.parcel().key))

    def test_a_refusal_is_a_failure_with_a_code_a_signal_and_the_other_sides_words(self, case: ChannelCase) -> None:
        parcel = case.parcel()
        case.refuse(parcel.key)
        with pytest.raises(Refused) as caught:
            case.channel.send(parcel)
        assert caught.value.signal.startswith(f"{case.channel.name}.")
        assert caught.value.code
        assert caught.value.text
        assert caught.value.proof or caught.value.addresses
        assert case.taken(parcel.key) == 0

    def test_after_a_refusal_the_next_parcel_goes_through(self, case: ChannelCase) -> None:
        refused = case.parcel()
        case.refuse(refused.key)
        with pytest.raises(Refused):
            case.channel.send(refused)
        assert case.channel.send(case.parcel()).signal in case.signals

    def test_where_nobody_listens_nothing_was_handed_over(self, case: ChannelCase) -> None:
        with pytest.raises(Unavailable) as caught:
            case.unreachable.send(case.parcel())
        assert not isinstance(caught.value, OutcomeUnknown)

    def test_silence_leaves_the_outcome_unknown(self, case: ChannelCase) -> None:
        if case.hang is None:
            pytest.skip(f"{case.channel.name}: the other side is never silent at this point")
        parcel = case.parcel()
        case.hang(parcel.key)
        with pytest.raises(OutcomeUnknown):
            case.channel.send(parcel)
        assert case.taken(parcel.key) == 0

    def test_a_lost_answer_leaves_the_outcome_unknown_and_a_question_settles_it_or_a_person(
        self, case: ChannelCase
    ) -> None:
        parcel = self._lose_the_answer(case)
        assert case.taken(parcel.key) == 1
        if case.can_tell:
            receipt = case.channel.ask(parcel, "")
            assert isinstance(receipt, Receipt)
            assert receipt.signal in case.signals
        else:
            with pytest.raises(OutcomeUnknown):
                case.channel.ask(parcel, "")

    def test_the_same_parcel_again_is_never_taken_twice_where_repeats_are_recognised(self, case: ChannelCase) -> None:
        if not case.channel.recognises_repeats:
            pytest.skip(f"{case.channel.name}: the house sends nothing again by itself")
        parcel = self._lose_the_answer(case)
        for _ in range(2):
            assert case.channel.send(parcel).signal in case.signals
        assert case.taken(parcel.key) == 1

    def test_what_was_never_sent_is_not_said_to_have_arrived(self, case: ChannelCase) -> None:
        if case.can_tell:
            assert case.channel.ask(case.parcel(), "") is None
        else:
            with pytest.raises(OutcomeUnknown):
                case.channel.ask(case.parcel(), "")

    def test_without_parcels_there_are_no_notices(self, case: ChannelCase) -> None:
        assert list(case.channel.collect({})) == []

    def test_a_notice_names_its_parcel_and_keeps_its_key(self, case: ChannelCase) -> None:
        if case.let_speak is None:
            assert list(case.channel.collect({case.parcel().key: ""})) == []
            return
        parcel = case.parcel()
        receipt = case.channel.send(parcel)
        case.let_speak(parcel)
        first, again = (self._collect(case, {parcel.key: receipt.reference}) for _ in range(2))
        assert first
        assert [notice.key for notice in first] == [notice.key for notice in again]
        assert len({notice.key for notice in first}) == len(first)
        for notice in first:
            assert parcel.key == notice.parcel_key or receipt.reference == notice.reference
            assert notice.signal.startswith(f"{case.channel.name}.")
            assert notice.raw
            assert notice.raw_media_type
            assert notice.said_at is None or notice.said_at.utcoffset() is not None

    def test_an_unknown_setting_is_refused_by_its_name(self, case: ChannelCase) -> None:
        with pytest.raises(Misconfigured, match="no_such_setting"):
            case.type.build({**case.settings, "no_such_setting": "x"}, case.ports)

    def test_no_secret_is_shown(self, case: ChannelCase) -> None:
        shown = [repr(case.channel), repr(case.unreachable), case.channel.destination(case.parcel())]
        refused = case.parcel()
        case.refuse(refused.key)
        for channel, parcel in ((case.channel, refused), (case.unreachable, case.parcel())):
            with pytest.raises(ChannelFailure) as caught:
                channel.send(parcel)
            shown += [str(caught.value), repr(caught.value), repr(vars(caught.value))]
        case.heal()
        shown.append(repr(case.channel.send(case.parcel())))
        text = "\n".join(shown)
        assert not [secret for secret in case.secrets if secret in text]

    @staticmethod
    def _lose_the_answer(case: ChannelCase) -> Parcel:
        """A parcel that the twin took without our knowing."""
        if case.drop is None:
            pytest.skip(f"{case.channel.name}: there is no moment between taking and answering")
        parcel = case.parcel()
        case.drop(parcel.key)
        with pytest.raises(OutcomeUnknown):
            case.channel.send(parcel)
        case.heal()
        return parcel

    @staticmethod
    def _collect(case: ChannelCase, references: Mapping[str, str]) -> list[Notice]:
        return list(case.channel.collect(references))
