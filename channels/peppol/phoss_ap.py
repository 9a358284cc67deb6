"""phoss-ap: an access point with a memory. It keeps each envelope, tries again by itself, and can be asked.

Its REST interface under /api/outbound: `submit-sbd` takes a complete StandardBusinessDocument and answers when the
first attempt is over; `status/{SBDH InstanceIdentifier}` says how far it has come and which Message Level Status (MLS)
came back.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import quote

import msgspec

from channels.contract import Notice, OutcomeUnknown, Parcel, Receipt, Refused, Unavailable
from channels.https import Answer, Line, failure_of_status
from channels.peppol.report import JSON
from channels.peppol.submission import submit

_MLS: Final = {
    "received_ap": ("AP", "delivered, and the buyer's system confirmed it"),
    "received_ab": ("AB", "delivered; the buyer's system does not confirm"),
    "received_re": ("RE", "turned away by the buyer's provider"),
}
_UNREADABLE: Final = "peppol.status"
# Peppol MLS 1.1: StatusReasonCode, where the access point hands it on.
_REASON: Final = re.compile(r"\bRE (BV|BW|SV|FD)\b")
# With these the access point gave up before the document left it, or was answered "no".
_NEVER_TAKEN: Final = re.compile("not registered|SMP|AS4_ERROR_MESSAGE_RECEIVED")


class Transaction(msgspec.Struct, frozen=True, rename="camel"):
    """What the access point knows about one envelope."""

    id: str
    status: str
    attempt_count: int = 0
    error_details: str | None = None
    mls_status: str | None = None


class PhossAp:
    """Sends, asks and collects by the SBDH InstanceIdentifier.

    recognises_repeats is True by asking first: the access point books every POST as a new transaction, with a new AS4
    MessageId, so the same envelope again would go out again; but it books the envelope under its SBDH
    InstanceIdentifier before it sends, and shows it there. `send` looks before it posts (half a millisecond on a kept
    connection) and leaves alone what is sent or still being tried; so we never try beside the access point's own five
    attempts either.
    """

    name = "peppol"
    recognises_repeats = True

    def __init__(self, line: Line) -> None:
        self._line = line

    def __repr__(self) -> str:
        return f"PhossAp({self._line!r})"

    def close(self) -> None:
        """Close the kept connections."""
        self._line.close()

    def destination(self, parcel: Parcel) -> str:
        """The access point: it is what goes down for all buyers together."""
        del parcel
        return self._line.host

    def send(self, parcel: Parcel) -> Receipt:
        """POST /api/outbound/submit-sbd, unless the access point has the envelope already. Raises a ChannelFailure."""
        receipt = self.ask(parcel, "")
        if receipt is not None:
            return receipt
        try:
            return submit(self._line, "/api/outbound/submit-sbd", parcel)
        except Refused as refusal:
            # Refused for good is what the access point has stopped trying; before that it may still get through.
            known = self._look(parcel.key)
            if known is not None and known[0].status == "failed":
                text = f"{refusal.text}; the access point tries again"
                raise Unavailable(refusal.code, text, refusal.proof, beyond=True) from None
            raise

    def ask(self, parcel: Parcel, reference: str) -> Receipt | None:
        """GET /api/outbound/status: a receipt where it was sent, None where it never left the access point.

        Raises Unavailable while the access point is still trying (ask again), OutcomeUnknown where it gave up after
        an attempt that may have arrived.
        """
        del reference
        known = self._look(parcel.key)
        if known is None:
            return None
        transaction, proof = known
        if transaction.status == "sent":
            text = "the access point has sent it and got an AS4 receipt"
            return Receipt(transaction.id, "peppol.handed_over", text, proof, JSON)
        said = transaction.error_details or "no reason given"
        if transaction.status in ("pending", "sending", "failed"):
            text = f"the access point has it and is still trying ({transaction.status}): {said}"
            raise Unavailable("peppol.still_trying", text, proof, beyond=True)
        if transaction.status == "rejected" or _NEVER_TAKEN.search(said):
            return None
        text = (
            f"the access point gave up after {transaction.attempt_count} attempts ({transaction.status}): {said}. "
            "One of them may have arrived; ask the buyer's provider for this SBDH InstanceIdentifier"
        )
        raise OutcomeUnknown("peppol.gave_up", text, proof, beyond=True)

    def collect(self, references: Mapping[str, str]) -> Iterator[Notice]:
        """The Message Level Status of each envelope that has one: signals `peppol.mls.AP`, `.AB`, `.RE`, `.RE.FD`.

        A provider reports failures alone unless MLS_TYPE=ALWAYS_SEND was asked for (SBDH 2.0.2), so most envelopes
        never have one. Raises Unavailable or Misconfigured where the access point can't be asked.
        """
        trouble: Unavailable | None = None
        for key, reference in references.items():
            try:
                known = self._look(key)
            except Unavailable as failure:
                if failure.code != _UNREADABLE:
                    raise
                # One record that can't be read must not hide what the others say.
                trouble = failure
                continue
            if known is not None and known[0].mls_status in _MLS:
                yield _notice(key, reference, *known)
        if trouble is not None:
            raise trouble

    def _look(self, key: str) -> tuple[Transaction, bytes] | None:
        """The access point's record of an envelope and its raw form, None where it has none (HTTP 404)."""
        answer = self._line.fetch(f"/api/outbound/status/{quote(key, safe='')}")
        if answer.status == 404:
            return None
        if answer.status != 200:
            raise failure_of_status("peppol", answer) or _unreadable(answer)
        try:
            return msgspec.json.decode(answer.body, type=Transaction), answer.body
        except (msgspec.DecodeError, RecursionError):
            raise _unreadable(answer) from None


def _unreadable(answer: Answer) -> Unavailable:
    text = f"the access point's record can't be read (HTTP {answer.status}): {answer.words}"
    return Unavailable(_UNREADABLE, text, answer.body)


def _notice(key: str, reference: str, transaction: Transaction, raw: bytes) -> Notice:
    code, meaning = _MLS[transaction.mls_status or ""]
    details = transaction.error_details if code == "RE" else None
    reason = _REASON.search(details or "")
    return Notice(
        key=f"{key}:mls:{code}",
        parcel_key=key,
        reference=reference or transaction.id,
        signal=f"peppol.mls.{code}" + (f".{reason[1]}" if reason else ""),
        said_at=None,
        code=reason[1] if reason else code,
        text=details or meaning,
        raw=raw,
        raw_media_type=JSON,
    )
