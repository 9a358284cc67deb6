"""What SDI delivers at our door, in the words of the lifecycle."""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from channels.contract import Notice
from formats.fatturapa.error_codes import explain
from formats.fatturapa.notices import NotANotice, SdiNotice, read_notice
from formats.fatturapa.sdicoop import read_notification

# SDI knows the file already: what it refuses then is the repeat, never the original.
_REPEATED: Final = frozenset({"00002", "00404"})
# Of another form it is no SHA-256, and says nothing about ours.
_SHA256: Final = re.compile("[0-9a-f]{64}")
_ZIP: Final = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class _Said:
    """A notice in our words: its signal, its code, and what it says."""

    signal: str
    code: str = ""
    text: str = ""


def read_sdi_delivery(body: bytes, media_type: str) -> Notice:
    """One call of TrasmissioneFatture as a notice. Raises SoapRefused for what is none of its operations.

    A notice that cannot be read is a notice all the same: its signal is unknown, and a person looks at its raw form.
    """
    delivered = read_notification(body, media_type)
    kept = Notice(
        key=hashlib.sha256(delivered.content).hexdigest(),
        parcel_key="",
        reference=delivered.sdi_id,
        signal="sdi.unreadable",
        said_at=None,
        code="",
        text="",
        raw=delivered.content,
        raw_media_type="application/zip" if delivered.content.startswith(_ZIP) else "application/xml",
        file_name=delivered.file_name,
    )
    try:
        notice = read_notice(delivered.content)
    except NotANotice as error:
        return replace(kept, text=str(error))
    said = _SAID.get(notice.kind, _unknown)(notice)
    reference = notice.sdi_id or delivered.sdi_id
    return replace(
        kept,
        key=f"{reference}:{notice.kind}:{notice.message_id}" if notice.message_id else kept.key,
        parcel_key=notice.file_name,
        reference=reference,
        signal=said.signal,
        said_at=notice.delivered_at or notice.received_at,
        code=said.code,
        text=said.text,
        sha256=notice.hash if _SHA256.fullmatch(notice.hash) else "",
    )


def _refused(notice: SdiNotice) -> _Said:
    codes = [one.code for one in notice.errors]
    is_known = bool(codes) and set(codes) <= _REPEATED
    reasons = "; ".join(_in_words(one.code, one.text) for one in notice.errors)
    return _Said("sdi.NS.00404" if is_known else "sdi.NS", ", ".join(codes), reasons or "it names no reason")


def _in_words(code: str, their_words: str) -> str:
    known = explain(code)
    meaning = known.meaning if known.known else their_words
    return f"{meaning.rstrip('.')} ({code})"


def _answered(notice: SdiNotice) -> _Said:
    return _Said(f"sdi.NE.{notice.outcome}", notice.outcome, notice.description or "no reason given")


def _not_delivered(notice: SdiNotice) -> _Said:
    return _Said("sdi.MC.public" if notice.is_public else "sdi.MC", text=notice.description)


def _described(notice: SdiNotice) -> _Said:
    return _Said(f"sdi.{notice.kind}", text=notice.description)


def _unknown(notice: SdiNotice) -> _Said:
    return _Said(f"sdi.{notice.kind}", notice.kind, notice.description)


_SAID: Final[Mapping[str, Callable[[SdiNotice], _Said]]] = {
    "NS": _refused,
    "NE": _answered,
    "MC": _not_delivered,
    "RC": _described,
    "DT": _described,
    "AT": _described,
}
