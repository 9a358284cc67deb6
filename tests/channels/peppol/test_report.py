"""The sending report of phase4: which attempt counts as handed over, and who acts where it does not."""

import json
from collections.abc import Mapping

import pytest

from channels.contract import ChannelFailure, Misconfigured, OutcomeUnknown, Refused, Unavailable
from channels.peppol.report import read_report, settle

BUYER = "iso6523-actorid-upis::0088:7300009999994"
JSON = Mapping[str, object]


def java(name: str, message: str = "", trace: str = "") -> JSON:
    """An exception as the report shows it."""
    return {"class": name, "message": message, "stackTrace": f"{name}: {message}\n\tat some.frame\n{trace}"}


def as4(code: str, detail: str = "") -> JSON:
    """One AS4 error as the report shows it; without a detail its keys are missing."""
    return {"errorCode": code, "severity": "failure"} | ({"errorDetails": detail} if detail else {})


def report(**changes: object) -> bytes:
    """A report of an attempt that did not succeed, with what the test says of it."""
    return json.dumps(
        {
            "currentDateTimeUTC": "2026-11-02T09:00:00.000Z",
            "receiverId": BUYER,
            "sbdhInstanceIdentifier": "4b1a6d0e",
            "overallDurationMillis": 12,
            "sendingSuccess": False,
            "overallSuccess": False,
        }
        | changes
    ).encode()


def verdict(raw: bytes) -> ChannelFailure:
    """The failure that a report stands for."""
    read = read_report(raw)
    assert read is not None
    with pytest.raises(ChannelFailure) as caught:
        settle(read, raw)
    return caught.value


@pytest.mark.parametrize(
    "success",
    [
        {"overallSuccess": True, "sendingSuccess": True, "sendingResult": "SUCCESS"},
        {"overallSuccess": True},
        # Sent, but the access point could not book it for its Peppol statistics.
        {"overallSuccess": False, "sendingSuccess": True, "sendingResult": "SUCCESS"},
        # The receipt of an earlier try was lost; the other side has the message.
        {"as4ResponseErrors": [as4("EBMS:4001")], "sendingResult": "AS4_ERROR_MESSAGE_RECEIVED"},
    ],
)
def test_an_as4_receipt_means_handed_over(success: JSON) -> None:
    raw = report(as4MessageId="m-1@ap", **success)
    read = read_report(raw)
    assert read is not None
    receipt = settle(read, raw)
    assert (receipt.signal, receipt.reference, receipt.proof) == ("peppol.handed_over", "m-1@ap", raw)


NOT_FOUND = "com.helger.smpclient.exception.SMPClientNotFoundException"
SMP = "com.helger.smpclient.exception.SMPClient"
DNS = "com.helger.smpclient.url.SMPDNSResolutionException"
PHASE4_SMP = "com.helger.phase4.dynamicdiscovery.Phase4SMPException"


@pytest.mark.parametrize(
    ("told", "signal"),
    [
        # phoss-ap: no NAPTR record
        (
            {
                "lookupError": f"The participant ID '{BUYER}' is not registered in the Peppol Network",
                "lookupException": java(DNS, "Failed to resolve"),
            },
            "peppol.not_registered",
        ),
        # phase4-peppol-standalone: the same, where a failed sending stands
        ({"sendingException": java(DNS, "Failed to resolve")}, "peppol.not_registered"),
        # the SMP answered 404 for this document type
        (
            {"lookupError": "Failed to resolve SMP endpoint (...)", "lookupException": java(NOT_FOUND)},
            "peppol.no_document_type",
        ),
        # the SMP knows the document type, but not for this process or transport: no cause is given
        ({"lookupError": "Failed to resolve SMP endpoint (...)"}, "peppol.no_document_type"),
        (
            {"sendingException": java(PHASE4_SMP, "Failed to resolve SMP endpoint (...)", f"Caused by: {NOT_FOUND}")},
            "peppol.no_document_type",
        ),
    ],
)
def test_a_buyer_who_does_not_receive_is_refused_with_the_reason(told: JSON, signal: str) -> None:
    failure = verdict(report(**told))
    assert isinstance(failure, Refused)
    assert failure.signal == signal
    assert failure.proof == report(**told)


@pytest.mark.parametrize(
    "told",
    [
        # DNS did not answer, which says nothing about the buyer (peppol-commons 12.5.0)
        {"lookupException": java(DNS, "no answer", "ErrorCode=DNS_TECHNICAL_FAILURE")},
        # the SMP could not be reached; the older name of this exception is misleading
        {"lookupError": "Failed to resolve SMP endpoint", "lookupException": java(f"{SMP}SMPUnavailableException")},
        {
            "lookupError": "Failed to resolve SMP endpoint",
            "lookupException": java(f"{SMP}ParticipantNotFoundException"),
        },
        # the SMP broke: 5xx, 400, 401, or something that is no SMP answer
        {"lookupError": "Error fetching Service Details from SMP", "lookupException": java(f"{SMP}Exception")},
        {"lookupError": "Failed to resolve SMP endpoint", "lookupException": java(f"{SMP}BadRequestException")},
        {"lookupError": "Failed to resolve SMP endpoint", "lookupException": java(f"{SMP}BadResponseException")},
        {"lookupError": "Failed to resolve SMP endpoint", "lookupException": java(f"{SMP}UnauthorizedException")},
        {"lookupError": "SMP access limited by Circuit Breaker"},
        # a word that no version has used yet
        {"lookupError": "something new"},
    ],
)
def test_a_look_up_that_failed_is_tried_again(told: JSON) -> None:
    failure = verdict(report(**told))
    assert type(failure) is Unavailable
    assert failure.code == "peppol.lookup"
    assert failure.beyond  # the access point is well: the next buyer need not wait


@pytest.mark.parametrize("result", ["REVOKED", "EXPIRED", "NOT_YET_VALID", "UNSUPPORTED_ISSUER"])
def test_a_bad_certificate_of_the_other_access_point_names_its_operator(result: str) -> None:
    raw = report(
        c3CertCheckResult=result,
        c3CertSubjectCN="PXX000777",
        c3TechnicalContact="support@ap.example.com",
        sendingException=java("com.helger.phase4.util.Phase4Exception", "the certificate is not valid"),
    )
    failure = verdict(raw)
    assert type(failure) is Unavailable
    assert failure.code == "peppol.receiver_certificate"
    for word in (result, "PXX000777", "support@ap.example.com"):
        assert word in failure.text


@pytest.mark.parametrize(
    ("errors", "family", "signal"),
    [
        ([as4("EBMS:0009", "bad header")], Refused, "peppol.refused"),  # InvalidHeader: the same bytes fail again
        ([as4("EBMS:0303")], Refused, "peppol.refused"),  # DecompressionFailure
        ([as4("EBMS:0004", "PEPPOL:NOT_SERVICED")], Refused, "peppol.not_serviced"),  # profile 2.0.3
        ([as4("EBMS:0004", "could not be processed")], Unavailable, ""),  # Other: nobody knows, so again
        ([as4("EBMS:0202")], Unavailable, ""),  # DeliveryFailure behind the other access point
        ([as4("EBMS:0101")], Unavailable, ""),  # FailedAuthentication: the two operators have to talk
        ([as4("EBMS:0103")], Unavailable, ""),  # PolicyNoncompliance
        ([as4("EBMS:9999")], Unavailable, ""),  # a code that nobody has published
        ([as4("EBMS:0301")], OutcomeUnknown, ""),  # MissingReceipt: the message may be there
        ([as4("EBMS:0004"), as4("EBMS:0009")], Refused, "peppol.refused"),  # the final one of two decides
        ([as4("EBMS:4001"), as4("EBMS:0004")], Unavailable, ""),  # known, and yet something is wrong
    ],
)
def test_an_as4_error_is_refused_or_tried_again_by_its_code(
    errors: list[JSON], family: type[ChannelFailure], signal: str
) -> None:
    failure = verdict(report(as4ResponseErrors=errors, sendingResult="AS4_ERROR_MESSAGE_RECEIVED"))
    assert type(failure) is family
    assert failure.code == f"peppol.as4.{errors[0]['errorCode']}"
    assert getattr(failure, "signal", "") == signal
    assert str(errors[0].get("errorDetails", "")) in failure.text


@pytest.mark.parametrize(
    ("told", "family"),
    [
        # nothing left: no connection, no handshake, or the access point's own circuit breaker
        ({"sendingException": java("Phase4Exception", "", "Caused by: java.net.ConnectException")}, Unavailable),
        ({"sendingException": java("Phase4Exception", "", "Caused by: java.net.UnknownHostException")}, Unavailable),
        ({"sendingException": java("javax.net.ssl.SSLHandshakeException", "PKIX path")}, Unavailable),
        ({"sendingError": "AP access limited by Circuit Breaker"}, Unavailable),
        # the message may lie at the other side
        ({"sendingResult": "TRANSPORT_ERROR", "sendingException": java("SocketTimeoutException")}, OutcomeUnknown),
        ({"sendingResult": "TRANSPORT_ERROR"}, OutcomeUnknown),
        ({"sendingResult": "NO_SIGNAL_MESSAGE_RECEIVED"}, OutcomeUnknown),
        ({"sendingResult": "INVALID_SIGNAL_MESSAGE_RECEIVED"}, OutcomeUnknown),
        ({}, OutcomeUnknown),  # a report that says nothing
        # the access point could not build a message at all
        ({"sendingResult": "INVALID_PARAMETERS"}, Misconfigured),
        ({"sbdhParsingException": java("PeppolSBDHDataReadException", "no COUNTRY_C1")}, Refused),
    ],
)
def test_silence_leaves_the_outcome_unknown_and_no_connection_does_not(
    told: JSON, family: type[ChannelFailure]
) -> None:
    failure = verdict(report(**told))
    assert type(failure) is family
    assert failure.proof == report(**told)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>Bad Gateway</html>",
        b'"Failed to submit outbound SBD transaction"',
        b'{"error": "Invalid or missing API token"}',
        b'{"overallSuccess": "yes"}',
        b"[" * 100_000,
        b'{"overallSuccess": true, "x": ' + b"[" * 100_000,
    ],
)
def test_what_is_no_report_is_not_read_as_one(body: bytes) -> None:
    assert read_report(body) is None


def test_keys_that_are_null_or_new_do_no_harm() -> None:
    raw = report(
        lookupError=None, as4ResponseErrors=None, c3CertCheckResult=None, newKey={"a": [1]}, overallSuccess=True
    )
    read = read_report(raw)
    assert read is not None
    assert settle(read, raw).signal == "peppol.handed_over"
