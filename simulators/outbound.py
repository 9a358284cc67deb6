"""The books of an access point: what it was asked to send, what became of it, and what the far end said later.

The directory says who receives what, and a receiver that honours the SBDH InstanceIdentifier takes the same envelope
once. The Message Level Status comes by the clock; a success is reported only to a sender who asked with MLS_TYPE =
ALWAYS_SEND (Peppol MLS 1.0; the default is FAILURE_ONLY).
"""

import hashlib
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import uuid4

from cryptography import x509

from simulators.directory import Directory
from simulators.sbd import PARTICIPANT_SCHEME, Envelope
from simulators.script import Rule, Step
from simulators.sending_report import (
    LookupFailure,
    Report,
    SendingFailure,
    build_report,
    not_receiving,
    not_registered,
    unreachable_smp,
)
from simulators.world import Presentation, World

ATTEMPTS = 5
OF_A_RETRY = ("accept", "reject", "silent")
MLS_WORDS = {"AP": "received_ap", "AB": "received_ab", "RE": "received_re"}


@dataclass
class Transaction:
    """One outbound document in the books of the access point."""

    envelope: Envelope
    sha256: str
    created: datetime
    id: str
    report: Report
    status: str = "pending"
    attempts: int = 0
    completed: datetime | None = None
    next_retry: datetime | None = None
    error: str | None = None
    mls: str = "pending"

    def as_json(self) -> Report:
        def moment(value: datetime | None) -> str | None:
            return value.isoformat(timespec="seconds") if value else None

        return {
            "id": self.id,
            "transactionType": "business_document",
            "senderID": f"{PARTICIPANT_SCHEME}::{self.envelope.sender}",
            "receiverID": f"{PARTICIPANT_SCHEME}::{self.envelope.receiver}",
            "docTypeID": f"{self.envelope.document_scheme}::{self.envelope.document_type}",
            "processID": f"{self.envelope.process_scheme}::{self.envelope.process}",
            "sbdhInstanceID": self.envelope.instance,
            "status": self.status,
            "attemptCount": self.attempts,
            "createdDT": moment(self.created),
            "completedDT": moment(self.completed),
            "reportingStatus": "reported" if self.status == "sent" else "pending",
            "nextRetryDT": moment(self.next_retry),
            "errorDetails": self.error,
            "mlsStatus": self.mls,
            "custom1": None,
            "custom2": None,
            "custom3": None,
        }


@dataclass(frozen=True)
class Answered:
    """A report to show, and whether the document was sent."""

    report: Report
    is_sent: bool


@dataclass(frozen=True)
class TurnedAway:
    """An HTTP status and a text instead of a report."""

    status: int
    text: str


class Unanswered:
    """The connection is closed without a word."""


class Books:
    def __init__(self, world: World, directory: Directory, far_end: x509.Certificate) -> None:
        self._world = world
        self._directory = directory
        self._far_end = far_end
        self._lock = threading.Lock()
        self._transactions: dict[str, Transaction] = {}

    def find(self, instance: str) -> Transaction | None:
        return self._transactions.get(instance)

    def under_way(self) -> list[Transaction]:
        with self._lock:
            return [each for each in self._transactions.values() if each.status in ("pending", "sending", "failed")]

    def send(self, envelope: Envelope, body: bytes, *, may_retry: bool) -> Answered | TurnedAway | Unanswered:
        """Send, once: the same envelope again gets the same answer, another one under its identifier is turned away.

        `may_retry`: the access point goes on by itself after a failure that may pass (phoss-ap does).
        """
        shown = Presentation("ap", envelope.instance, body, envelope.sender, envelope.receiver, envelope.payload_number)
        if known := self._known(shown, envelope):
            return known
        rule = self._world.script.pick("ap", shown.facts())
        if not self._world.admit(rule, shown):
            return Unanswered()
        if rule and rule.behaviour == "reject" and rule.code.isdigit():
            self._world.note(shown, "untaken", rule.code)
            return TurnedAway(int(rule.code), rule.text)
        with self._lock:
            # Two calls with the same envelope may have waited side by side: the first of them is the delivery.
            if known := self._known_locked(shown, envelope):
                return known
            transaction = self._attempt(envelope, body, rule, may_retry=may_retry)
        is_sent = transaction.status == "sent"
        self._world.note(shown, "new" if is_sent else "refused", transaction.error or "SUCCESS")
        return Unanswered() if rule and rule.behaviour == "drop" else Answered(transaction.report, is_sent)

    def _known(self, shown: Presentation, envelope: Envelope) -> Answered | TurnedAway | None:
        with self._lock:
            return self._known_locked(shown, envelope)

    def _known_locked(self, shown: Presentation, envelope: Envelope) -> Answered | TurnedAway | None:
        """The answer to an envelope that was there before; None when it is new or its last attempt failed."""
        known = self._transactions.get(envelope.instance)
        if known is None:
            return None
        if known.sha256 != hashlib.sha256(shown.content).hexdigest() or known.envelope != envelope:
            self._world.note(shown, "refused", "InstanceIdentifier used before with other bytes")
            text = f"The SBDH Instance Identifier '{envelope.instance}' was used before for another document"
            return TurnedAway(422, text)
        if known.status != "sent":
            return None
        self._world.note(shown, "repeat", "SUCCESS")
        return Answered(known.report, is_sent=True)

    def _attempt(self, envelope: Envelope, body: bytes, rule: Rule | None, *, may_retry: bool) -> Transaction:
        """One sending attempt, with its place in the books; the caller holds the lock."""
        now = self._world.now()
        failure = self._failure(envelope, rule)
        report = build_report(envelope, failure, self._far_end, now)
        sha256 = hashlib.sha256(body).hexdigest()
        transaction = self._transactions.get(envelope.instance) or Transaction(
            envelope, sha256, now, str(uuid4()), report
        )
        transaction.report, transaction.attempts = report, transaction.attempts + 1
        transaction.error, transaction.next_retry = None, None
        if failure is None:
            transaction.status, transaction.completed = "sent", now
            self._plan_mls(transaction, rule)
        elif failure.is_final or not may_retry or transaction.attempts >= ATTEMPTS:
            transaction.status, transaction.error = "permanently_failed", _words(failure)
        else:
            wait = self._world.pace.ap_retry * 2 ** (transaction.attempts - 1)
            transaction.status, transaction.error = "failed", _words(failure)
            transaction.next_retry = now + timedelta(seconds=wait)
            self._world.agenda.after(wait, envelope.instance, lambda: self._retry(transaction, body))
        self._transactions[envelope.instance] = transaction
        return transaction

    def _retry(self, transaction: Transaction, body: bytes) -> None:
        """The access point's own next attempt (phoss-ap: five, ever farther apart)."""
        envelope = transaction.envelope
        shown = Presentation("ap", envelope.instance, body, envelope.sender, envelope.receiver, envelope.payload_number)
        rule = self._world.script.pick("ap", shown.facts(), lambda rule: rule.behaviour in OF_A_RETRY)
        with self._lock:
            if transaction.status != "failed":
                return
            self._attempt(envelope, body, rule, may_retry=True)
        outcome = "new" if transaction.status == "sent" else "refused"
        self._world.note(shown, outcome, "the access point's own attempt")

    def _failure(self, envelope: Envelope, rule: Rule | None) -> LookupFailure | SendingFailure | None:
        code = rule.code if rule and rule.behaviour == "reject" else ""
        text = rule.text if rule else ""
        types = self._directory.document_types(envelope.receiver)
        if types is None or code == "not_registered":
            return not_registered(envelope)
        if envelope.document_type not in types or code == "no_doctype":
            return not_receiving(envelope)
        if code == "smp_down":
            return unreachable_smp()
        if code.startswith("EBMS:"):
            return SendingFailure("AS4_ERROR_MESSAGE_RECEIVED", code, text)
        if rule and rule.behaviour == "reject":
            return SendingFailure(code or "TRANSPORT_ERROR", detail=text)
        return None

    def _plan_mls(self, transaction: Transaction, rule: Rule | None) -> None:
        if rule and rule.behaviour == "silent":
            return
        steps = rule.then if rule else ()
        if not steps and transaction.envelope.mls_type == "ALWAYS_SEND":
            steps = (Step("AP"),)
        moment = self._world.now()
        for step in steps:
            moment += timedelta(seconds=self._world.pace.mls if step.after is None else step.after)
            self._world.agenda.at(moment, transaction.envelope.instance, partial(arrive, transaction, step))


def arrive(transaction: Transaction, step: Step) -> None:
    """A Message Level Status comes in. phoss-ap shows its code alone; here errorDetails tells the reason of an RE."""
    transaction.mls = MLS_WORDS.get(step.say, "pending")
    if step.say == "RE":
        transaction.error = f"MLS RE {step.code or 'SV'}: {step.text}"


def _words(failure: LookupFailure | SendingFailure) -> str:
    if isinstance(failure, LookupFailure):
        return failure.error
    return " ".join(part for part in (failure.result, failure.error_code, failure.detail) if part)
