"""The sending report of phase4, which both access point products answer with: the same keys, only those that apply."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4
from xml.sax.saxutils import escape, quoteattr

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from simulators.directory import BILLING_PROCESS, BILLING_TYPES
from simulators.sbd import PARTICIPANT_SCHEME, Envelope

Report = dict[str, object]

EBMS = "http://docs.oasis-open.org/ebxml-msg/ebms/v3.0/ns/core/200704/"
SENDER_SEAT = "PXX000001"
SMP = "https://smp.twin.invalid"
FAR_END = "https://ap.twin.invalid/as4"


@dataclass(frozen=True)
class LookupFailure:
    """`exception`: the class by which a client tells "nobody knows this participant" from "not this document type"."""

    error: str
    exception: str
    is_final: bool = True


@dataclass(frozen=True)
class SendingFailure:
    """`result`: a word of phase4's send result; `error_code` and `detail`: of the AS4 error that the far end sent."""

    result: str
    error_code: str = ""
    detail: str = ""

    @property
    def is_final(self) -> bool:
        """phase4 tries again after transport trouble and bad signals, never after an AS4 error."""
        return self.result in ("AS4_ERROR_MESSAGE_RECEIVED", "INVALID_PARAMETERS", "TRANSPORT_ERROR_NO_RETRY")


def not_registered(envelope: Envelope) -> LookupFailure:
    participant = f"{PARTICIPANT_SCHEME}::{envelope.receiver}"
    return LookupFailure(
        f"The participant ID '{participant}' is not registered in the Peppol Network",
        "com.helger.smpclient.url.SMPDNSResolutionException",
    )


def not_receiving(envelope: Envelope) -> LookupFailure:
    return LookupFailure(
        f"No SMP endpoint of '{PARTICIPANT_SCHEME}::{envelope.receiver}' for '{envelope.document_type}'",
        "com.helger.smpclient.exception.SMPClientNotFoundException",
    )


def unreachable_smp() -> LookupFailure:
    return LookupFailure(
        "Error fetching Service Details from SMP", "com.helger.smpclient.exception.SMPClientException", is_final=False
    )


def build_report(
    envelope: Envelope, failure: LookupFailure | SendingFailure | None, far_end: x509.Certificate, now: datetime
) -> Report:
    """One sending attempt, told in the keys of phase4's report; without a failure it succeeded."""
    report = _addresses(envelope, now)
    if isinstance(failure, LookupFailure):
        report |= {"lookupError": failure.error, "lookupException": _exception(failure.exception, failure.error)}
        return report | {"lookupDurationMillis": 4, **_ending(is_success=False)}
    message = f"{uuid4()}@network-twin"
    report |= _endpoint(far_end, now) | {
        "countryC1": envelope.country_c1,
        "senderPartyId": SENDER_SEAT,
        "transportProfileId": "peppol-transport-as4-v2_0",
        "sbdhInstanceIdentifier": envelope.instance,
        "as4MessageId": message,
        "as4ConversationId": f"network-twin@{uuid4()}",
        "as4SendingDateTime": now.isoformat(timespec="milliseconds"),
    }
    if failure is None:
        report |= {"sendingResult": "SUCCESS", "as4ReceivedSignalMsg": _receipt(message, now)}
        return report | {"sendingDurationMillis": 6, **_ending(is_success=True)}
    report |= {"sendingResult": failure.result} | _sending_failure(failure, message)
    return report | {"sendingDurationMillis": 6, **_ending(is_success=False)}


def parsing_report(error: str, now: datetime) -> Report:
    """phase4-peppol-standalone for an envelope that can't be read: nothing but the exception and the verdict."""
    exception = _exception("com.helger.peppol.sbdh.PeppolSBDHDataReadException", error)
    return _opening(now) | {"sbdhParsingException": exception} | _ending(is_success=False)


def _opening(now: datetime) -> Report:
    return {
        "currentDateTimeUTC": now.isoformat(timespec="milliseconds"),
        "phase4Version": "0-network-twin",
        "smlDnsZone": "participant.sml.test.tech.peppol.org.",
        "as4ResponseError": False,
    }


def _addresses(envelope: Envelope, now: datetime) -> Report:
    return _opening(now) | {
        "senderId": f"{PARTICIPANT_SCHEME}::{envelope.sender}",
        "receiverId": f"{PARTICIPANT_SCHEME}::{envelope.receiver}",
        "docTypeId": f"{envelope.document_scheme}::{envelope.document_type}",
        "docTypeIdInCodeList": envelope.document_type in BILLING_TYPES,
        "processId": f"{envelope.process_scheme}::{envelope.process}",
        "processIdInCodeList": envelope.process == BILLING_PROCESS,
    }


def _endpoint(far_end: x509.Certificate, now: datetime) -> Report:
    def subject(oid: x509.ObjectIdentifier) -> str:
        return str(far_end.subject.get_attributes_for_oid(oid)[0].value)

    return {
        "c3SmpUrl": SMP,
        "c3EndpointUrl": FAR_END,
        "c3Cert": far_end.public_bytes(Encoding.PEM).decode(),
        "c3CertSubjectCN": subject(NameOID.COMMON_NAME),
        "c3CertSubjectO": subject(NameOID.ORGANIZATION_NAME),
        "c3CertSubjectC": subject(NameOID.COUNTRY_NAME),
        "c3CertCheckDT": now.isoformat(timespec="milliseconds"),
        "c3CertCheckResult": "VALID",
        "c3TechnicalContact": "support@ap.twin.invalid",
        "lookupDurationMillis": 4,
    }


def _sending_failure(failure: SendingFailure, message: str) -> Report:
    if not failure.error_code:
        text = failure.detail or f"The transmission to '{FAR_END}' failed"
        exception = _exception("com.helger.phase4.util.Phase4Exception", text)
        return {"sendingError": text, "sendingException": exception}
    error = {
        "errorDetails": failure.detail,
        "category": "Content",
        "refToMessageInError": message,
        "errorCode": failure.error_code,
        "severity": "failure",
        "shortDescription": "Other",
    }
    return {
        "as4ReceivedSignalMsg": _error_signal(error),
        "as4ResponseError": True,
        "as4ResponseErrors": [error],
    }


def _exception(name: str, message: str) -> Report:
    return {"class": name, "message": message, "stackTrace": f"{name}: {message}\n\tat network.twin"}


def _ending(*, is_success: bool) -> Report:
    return {"overallDurationMillis": 12, "sendingSuccess": is_success, "overallSuccess": is_success}


def _receipt(message: str, now: datetime) -> str:
    return (
        f'<eb:SignalMessage xmlns:eb="{EBMS}"><eb:MessageInfo><eb:Timestamp>{now.isoformat()}</eb:Timestamp>'
        f"<eb:MessageId>{uuid4()}@far-end</eb:MessageId><eb:RefToMessageId>{message}</eb:RefToMessageId>"
        "</eb:MessageInfo><eb:Receipt/></eb:SignalMessage>"
    )


def _error_signal(error: Mapping[str, str]) -> str:
    names = ("category", "refToMessageInError", "errorCode", "severity", "shortDescription")
    attributes = " ".join(f"{name}={quoteattr(error[name])}" for name in names)
    detail = f"<eb:ErrorDetail>{escape(error['errorDetails'])}</eb:ErrorDetail>"
    return f'<eb:SignalMessage xmlns:eb="{EBMS}"><eb:Error {attributes}>{detail}</eb:Error></eb:SignalMessage>'
