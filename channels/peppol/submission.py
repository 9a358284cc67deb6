"""Handing one envelope to an access point, and reading its answer where it is no sending report."""

from channels.contract import ChannelFailure, Misconfigured, OutcomeUnknown, Parcel, Receipt, Refused
from channels.https import Answer, Line, failure_of_status
from channels.peppol.report import read_report, settle


def submit(line: Line, path: str, parcel: Parcel) -> Receipt:
    """POST the complete StandardBusinessDocument. The report decides, whatever the HTTP status around it.

    phase4-peppol-standalone answers 200 with a report even where sending failed, phoss-ap then answers 422.
    Raises a ChannelFailure.
    """
    answer = line.hand_over(path, parcel.content, {"Content-Type": "application/xml"})
    report = read_report(answer.body)
    if report is not None:
        return settle(report, answer.body)
    raise _failure(answer)


def _failure(answer: Answer) -> ChannelFailure:
    if answer.status == 404:
        text = "HTTP 404: sending is disabled at the access point, or `url` and `kind` do not belong together"
        return Misconfigured("peppol.url", text, answer.body)
    if failure := failure_of_status("peppol", answer):
        return failure
    if 400 <= answer.status < 500:
        text = f"the access point refused it (HTTP {answer.status}): {answer.words}"
        return Refused("peppol.refused", text, "peppol.refused", answer.body)
    text = f"the access point broke off (HTTP {answer.status}): {answer.words}. It may have sent the document"
    return OutcomeUnknown("peppol.no_report", text, answer.body)
