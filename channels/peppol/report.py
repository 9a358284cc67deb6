"""The sending report of phase4, with which both access point products answer: what one attempt came to.

A positive report is an AS4 receipt of the receiving access point and means *handed over*, never *delivered*. Whether
a failed attempt may be repeated depends on whether the document can have reached the other side: after a failed
look-up it can't, after silence it may have (Peppol AS4 profile 2.0.3, receipts and errors).
"""

import re
from typing import Final

import msgspec

from channels.contract import ChannelFailure, Misconfigured, OutcomeUnknown, Receipt, Refused, Unavailable
from channels.peppol.as4_errors import As4Error, failure_of_errors, is_duplicate

JSON: Final = "application/json"

# Java's names for "there was no connection yet", and the access point's own circuit breakers.
_NOTHING_LEFT: Final = re.compile(
    "ConnectException|ConnectTimeout|HttpHostConnect|UnknownHost|NoRouteToHost|SSLHandshake|Circuit Breaker"
)
# The look-up could not be done, which says nothing about the buyer. ParticipantNotFound belongs here against its
# name: peppol-commons raises it when the SMP's host can't be reached.
_LOOKUP_FAILED: Final = re.compile(
    "DNS_TECHNICAL_FAILURE|SMPClientSMPUnavailable|SMPClientParticipantNotFound|SMPClientBadRe|SMPClientUnauthorized"
    "|SMPClientException"
)
_NOT_REGISTERED: Final = re.compile("SMPDNSResolutionException|not registered")
_NO_DOCUMENT_TYPE: Final = re.compile("SMPClientNotFound|Failed to resolve SMP endpoint")


class JavaException(msgspec.Struct, frozen=True, rename="camel"):
    """An exception of the access point."""

    name: str = msgspec.field(default="", name="class")
    message: str | None = None
    stack_trace: str | None = None


class SendingReport(msgspec.Struct, frozen=True, rename="camel"):
    """The keys of the report that decide; the whole report is kept as proof."""

    overall_success: bool
    sending_success: bool = False
    sbdh_parsing_exception: JavaException | None = None
    lookup_error: str | None = None
    lookup_exception: JavaException | None = None
    c3_cert_check_result: str | None = None
    c3_cert_subject_cn: str | None = msgspec.field(default=None, name="c3CertSubjectCN")
    c3_technical_contact: str | None = None
    as4_message_id: str | None = None
    as4_response_errors: list[As4Error] | None = None
    sending_result: str | None = None
    sending_error: str | None = None
    sending_exception: JavaException | None = None


def read_report(body: bytes) -> SendingReport | None:
    """The report in an answer, None where the answer is something else."""
    try:
        return msgspec.json.decode(body, type=SendingReport)
    except (msgspec.DecodeError, RecursionError):
        return None


def settle(report: SendingReport, proof: bytes) -> Receipt:
    """What the attempt came to: a receipt, or one of the channel's failures.

    `overallSuccess` also asks whether the access point could book the transmission for its Peppol statistics; the
    document is handed over as soon as `sendingSuccess` holds.
    """
    if report.overall_success or report.sending_success:
        return _receipt(report, "the receiving access point confirmed it with an AS4 receipt", proof)
    if is_duplicate(report.as4_response_errors or ()):
        return _receipt(report, "the receiving access point says that it has this message already", proof)
    failure = _failure(report, proof)
    if isinstance(failure, Unavailable):
        # A report is an answer of the access point itself: what failed lies behind it, with this one buyer.
        failure.beyond = True
    raise failure


def _receipt(report: SendingReport, text: str, proof: bytes) -> Receipt:
    return Receipt(report.as4_message_id or "", "peppol.handed_over", text, proof, JSON)


def _failure(report: SendingReport, proof: bytes) -> ChannelFailure:
    """In the order in which an access point works: envelope, look-up, certificate, transmission."""
    if report.sbdh_parsing_exception is not None:
        text = f"the access point can't read the envelope: {report.sbdh_parsing_exception.message}"
        return Refused("peppol.envelope", text, "peppol.refused", proof)
    if report.lookup_error or report.lookup_exception or _is_about_lookup(report.sending_exception):
        return _lookup_failure(report, proof)
    if report.c3_cert_check_result not in (None, "VALID"):
        return _certificate_failure(report, proof)
    if report.as4_response_errors:
        return failure_of_errors(report.as4_response_errors, proof)
    return _transmission_failure(report, proof)


def _lookup_failure(report: SendingReport, proof: bytes) -> ChannelFailure:
    seen = f"{report.lookup_error} {_words(report.lookup_exception)} {_words(report.sending_exception)}"
    said = report.lookup_error or (report.sending_exception and report.sending_exception.message) or "no reason given"
    if _LOOKUP_FAILED.search(seen):
        return Unavailable("peppol.lookup", f"the buyer could not be looked up: {said}", proof)
    if _NOT_REGISTERED.search(seen):
        return Refused("peppol.not_registered", said, "peppol.not_registered", proof)
    if _NO_DOCUMENT_TYPE.search(seen):
        return Refused("peppol.no_document_type", said, "peppol.no_document_type", proof)
    return Unavailable("peppol.lookup", f"the buyer could not be looked up: {said}", proof)


def _certificate_failure(report: SendingReport, proof: bytes) -> Unavailable:
    contact = f" ({report.c3_technical_contact})" if report.c3_technical_contact else ""
    text = (
        f"the certificate of the buyer's access point {report.c3_cert_subject_cn or 'without a name'} is not accepted: "
        f"{report.c3_cert_check_result}. Nothing was sent; its operator{contact} must renew it"
    )
    return Unavailable("peppol.receiver_certificate", text, proof)


def _transmission_failure(report: SendingReport, proof: bytes) -> ChannelFailure:
    exception = report.sending_exception
    said = report.sending_error or (exception and exception.message) or report.sending_result or "no reason given"
    if report.sending_result == "INVALID_PARAMETERS":
        text = f"the access point lacks something to send with: {said}. Its operator must complete its configuration"
        return Misconfigured("peppol.parameters", text, proof)
    if _NOTHING_LEFT.search(f"{report.sending_error} {_words(exception)}"):
        text = f"the buyer's access point can't be reached: {said}"
        return Unavailable("peppol.receiver_unreachable", text, proof)
    # TRANSPORT_ERROR, NO_SIGNAL_MESSAGE_RECEIVED, INVALID_SIGNAL_MESSAGE_RECEIVED and whatever comes with phase4's
    # next version: the message may lie at the other side.
    text = f"the buyer's access point gave no valid answer ({report.sending_result}): {said}"
    return OutcomeUnknown("peppol.no_signal", text, proof)


def _is_about_lookup(exception: JavaException | None) -> bool:
    """phase4-peppol-standalone looks up and sends in one step: a failed look-up stands where a failed sending does."""
    return exception is not None and "SMP" in f"{exception.name} {exception.message}"


def _words(exception: JavaException | None) -> str:
    return f"{exception.name} {exception.message} {exception.stack_trace}" if exception is not None else ""
