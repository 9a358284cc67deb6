"""What SDI delivers at our door, in the words of the lifecycle."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Final

from channels.contract import Notice
from formats.fatturapa.error_codes import explanations
from formats.fatturapa.notices import NotANotice, SdiNotice, read_notice
from formats.fatturapa.sdicoop import read_notification

# SDI knows the file already: what it refuses then is the repeat, never the original.
_REPEATED: Final = frozenset({"00002", "00404"})


def read_sdi_delivery(body: bytes, media_type: str) -> Notice:
    """One call of TrasmissioneFatture as a notice. Raises SoapRefused for what is none of its operations.

    A notice that cannot be read is a notice all the same: its signal is unknown, and a person looks at its raw form.
    """
    delivered = read_notification(body, media_type)
    try:
        said = read_notice(delivered.content)
    except NotANotice as error:
        return _notice(delivered.content, delivered.file_name, "", delivered.sdi_id, "sdi.unreadable", ("", str(error)))
    signal, words = _SIGNALS.get(said.kind, _unknown)(said)
    reference = said.sdi_id or delivered.sdi_id
    found = _notice(delivered.content, delivered.file_name, said.file_name, reference, signal, words)
    key = f"{reference}:{said.kind}:{said.message_id}" if said.message_id else found.key
    return Notice(
        key=key,
        parcel_key=found.parcel_key,
        reference=found.reference,
        signal=found.signal,
        said_at=said.delivered_at or said.received_at,
        code=found.code,
        text=found.text,
        raw=found.raw,
        raw_media_type=found.raw_media_type,
        file_name=found.file_name,
    )


def _notice(raw: bytes, name: str, parcel_key: str, reference: str, signal: str, words: tuple[str, str]) -> Notice:
    return Notice(
        key=hashlib.sha256(raw).hexdigest(),
        parcel_key=parcel_key,
        reference=reference,
        signal=signal,
        said_at=None,
        code=words[0],
        text=words[1],
        raw=raw,
        raw_media_type="application/xml",
        file_name=name,
    )


Words = tuple[str, tuple[str, str]]


def _refused(said: SdiNotice) -> Words:
    codes = [one.code for one in said.errors]
    known = bool(codes) and set(codes) <= _REPEATED
    return ("sdi.NS.00404" if known else "sdi.NS"), (
        ", ".join(codes),
        "; ".join(_in_words(one.code, one.text) for one in said.errors),
    )


def _in_words(code: str, their_words: str) -> str:
    known = explanations().get(code)
    return f"{known.meaning if known else their_words} ({code})"


def _outcome(said: SdiNotice) -> Words:
    return f"sdi.NE.{said.outcome}", (said.outcome, said.description or "no reason given")


def _not_delivered(said: SdiNotice) -> Words:
    return ("sdi.MC.public" if said.is_public else "sdi.MC"), ("", said.description)


def _plain(kind: str) -> Callable[[SdiNotice], Words]:
    return lambda said: (f"sdi.{kind}", ("", said.description))


def _unknown(said: SdiNotice) -> Words:
    return f"sdi.{said.kind}", (said.kind, said.description)


_SIGNALS: Final[Mapping[str, Callable[[SdiNotice], Words]]] = {
    "NS": _refused,
    "NE": _outcome,
    "MC": _not_delivered,
    "RC": _plain("RC"),
    "DT": _plain("DT"),
    "AT": _plain("AT"),
}
