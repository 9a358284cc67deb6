"""Controls of SDI that need more than the document: the name of the file, the moment, the signature.

They run on what leaves, when it leaves. Files that come in are written anew and signed by the gateway, so their own
names and signatures never reach SDI. Source: Elenco controlli 2.0, Allegato A 1.9.1 sections 1.2.2 and 1.3.2.
"""

import datetime
import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from formats import xml
from formats.checking import CheckSet, Finding, Report, check, checks_in, run
from formats.fatturapa.document import date_in
from formats.fatturapa.file_names import is_file_name
from formats.fatturapa.signature import Signature, signature_of
from formats.fatturapa.submission import Submission, broken, submission_of

_ROME: Final = zoneinfo.ZoneInfo("Europe/Rome")


@dataclass(frozen=True, slots=True)
class Sending:
    """A file that is about to be sent.

    name, size: of the file; an empty one has no document
    document:   None where there is none
    signature:  None where it is not signed
    at:         when, aware
    """

    name: str
    size: int
    document: Submission | None
    signature: Signature | None
    at: datetime.datetime

    @property
    def today(self) -> datetime.date:
        """The day that it is in Italy."""
        return self.at.astimezone(_ROME).date()


def check_sending(name: str, content: bytes, at: datetime.datetime) -> Report:
    """What SDI would say of this file under this name at this moment, beside the controls of the document itself.

    Raises XmlRefused where it is no XML: only what was written by the gateway gets here.
    """
    document = submission_of(xml.parse(content), len(content)) if content else None
    signature = signature_of(content) if content else None
    return run(SENDING_CONTROLS, Sending(name, len(content), document, signature, at))


@check("00001")
def file_is_named_as_sdi_wants_it(sending: Sending) -> Iterator[Finding]:
    """Country, fiscal identifier, progressive."""
    if not is_file_name(sending.name):
        yield broken("00001", "", None, name=sending.name)


@check("EI01")
def file_has_a_content(sending: Sending) -> Iterator[Finding]:
    """The channel takes no empty file."""
    if not sending.size:
        yield broken("EI01", "", None)


@check("00403")
def document_is_not_of_tomorrow(sending: Sending) -> Iterator[Finding]:
    """No document is dated later than the day in Italy on which SDI gets it."""
    for body in sending.document.bodies if sending.document is not None else ():
        stated = body.head.first("Data")
        day = date_in(stated.peek()) if stated is not None else None
        if day is not None and day > sending.today:
            yield broken("00403", "BT-2", stated, date=day, today=sending.today)


@check("00100")
def certificate_was_in_force(sending: Sending) -> Iterator[Finding]:
    """The time of signing lies in the validity of the certificate."""
    signature = sending.signature
    if signature is None or signature.certificate is None or signature.signed_at is None:
        return
    begins, ends = signature.certificate.not_valid_before_utc, signature.certificate.not_valid_after_utc
    if not begins <= signature.signed_at <= ends:
        values = {"subject": signature.subject, "begins": begins, "ends": ends, "signed_at": signature.signed_at}
        yield broken("00100", "", None, **values)


@check("00102")
def signature_holds(sending: Sending) -> Iterator[Finding]:
    """The document is the one that was signed."""
    if sending.signature is not None and not sending.signature.holds:
        yield broken("00102", "", None)


@check("00103")
def signature_names_its_time(sending: Sending) -> Iterator[Finding]:
    """SigningTime."""
    if sending.signature is not None and sending.signature.signed_at is None:
        yield broken("00103", "", None)


@check("00105")
def signature_is_not_of_the_future(sending: Sending) -> Iterator[Finding]:
    """The time of signing is not later than now."""
    signed_at = sending.signature.signed_at if sending.signature is not None else None
    if signed_at is not None and signed_at > sending.at:
        yield broken("00105", "", None, signed_at=signed_at, now=sending.at)


@check("00107")
def certificate_is_for_signatures(sending: Sending) -> Iterator[Finding]:
    """A certificate that says what its key is for says that it is for signatures."""
    signature = sending.signature
    if signature is not None and not signature.may_sign:
        yield broken("00107", "", None, subject=signature.subject)


SENDING_CONTROLS: Final[CheckSet[Sending]] = CheckSet("sdi-sending", "2.0", checks_in(__name__))
