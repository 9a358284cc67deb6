"""What one transaction came to: a receipt with a result for each address, or one of the channel's failures."""

from collections.abc import Sequence
from email.parser import BytesHeaderParser

from channels.contract import AddressResult, ChannelFailure, Misconfigured, Receipt, Refused, Unavailable
from channels.mail.replies import (
    Meaning,
    Reply,
    meaning_for_message,
    meaning_for_recipient,
    meaning_for_sender,
)
from channels.mail.session import Answers

TRANSCRIPT = "text/plain; charset=utf-8"


def settle(content: bytes, addresses: Sequence[str], unwritable: Sequence[AddressResult], answers: Answers) -> Receipt:
    """The receipt where the relay took the message for at least one address.

    addresses:   those of the envelope, as the parcel has them
    unwritable:  results of addresses that could not stand in the envelope
    Raises Refused (`mail.5xx`, `mail.content`), Unavailable, Misconfigured.
    """
    if not answers.sender.is_positive:
        raise _failure(meaning_for_sender(answers.sender), answers.sender, answers.transcript, ())
    results = (*map(_result, addresses, answers.recipients), *unwritable)
    if answers.message is None:
        raise _nobody(results, answers)
    if not answers.message.is_positive:
        turned_away = (*(_result(one, answers.message) for one in addresses), *unwritable)
        raise _failure(meaning_for_message(answers.message), answers.message, answers.transcript, turned_away)
    taken = ", ".join(one.address for one in results if one.accepted)
    left = "; ".join(f"{one.address}: {one.text}" for one in results if not one.accepted)
    text = f"the relay took it for {taken} ({answers.message.words})" + (f"; not for {left}" if left else "")
    return Receipt(_message_id(content), "mail.250", text, answers.transcript, TRANSCRIPT, results)


def _nobody(results: tuple[AddressResult, ...], answers: Answers) -> ChannelFailure:
    """No address was taken. One that may be taken later keeps the message waiting for all."""
    meanings = {meaning_for_recipient(reply): reply for reply in reversed(answers.recipients)}
    meaning = next(one for one in (Meaning.LATER, *Meaning) if one in meanings)
    failure = _failure(meaning, meanings[meaning], answers.transcript, results)
    if isinstance(failure, Unavailable):
        # A grey list or a full mailbox, of which the relay only tells us; 421 is the relay's own.
        failure.beyond = meanings[meaning].code != 421
    return failure


def _failure(meaning: Meaning, reply: Reply, transcript: bytes, results: tuple[AddressResult, ...]) -> ChannelFailure:
    match meaning:
        case Meaning.LATER:
            return Unavailable("mail.later", f"the relay says later: {reply.words}", transcript)
        case Meaning.OURS:
            text = f"the relay does not let us send like this: {reply.words}. Mend what it names: login, sender or DNS"
            return Misconfigured("mail.standing", text, transcript)
        case Meaning.CONTENT:
            return Refused(f"mail.{reply.code}", reply.words, "mail.content", transcript, results)
    return Refused(f"mail.{reply.code}", reply.words, "mail.5xx", transcript, results)


def _result(address: str, reply: Reply) -> AddressResult:
    return AddressResult(address, reply.is_positive, reply.enhanced or str(reply.code), reply.text)


def _message_id(content: bytes) -> str:
    """By which the relay's log and every later notice name the message."""
    header, _, _ = content.partition(b"\r\n\r\n")
    return "".join(str(BytesHeaderParser().parsebytes(header)["Message-ID"] or "").split())
