"""The signature inside a document that is about to be sent (XAdES, the last child of the root), as SDI will see it.

What it proves of whom is another matter: here it is only asked whether it holds, when it was made, and what its
certificate says of itself.
"""

import binascii
import datetime
from dataclasses import dataclass
from typing import Final

from cryptography import x509
from lxml import etree

from formats import xml

_DS: Final = "{http://www.w3.org/2000/09/xmldsig#}"
_XADES: Final = "{http://uri.etsi.org/01903/v1.3.2#}"


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature of a document.

    certificate:  that it names, None where it names none that can be read
    signed_at:    the time that it claims, None where it claims none; without a zone it is taken as UTC
    holds:        whether document, signed properties and certificate are those that were signed
    """

    certificate: x509.Certificate | None
    signed_at: datetime.datetime | None
    holds: bool

    @property
    def subject(self) -> str:
        """Whose certificate it is."""
        return self.certificate.subject.rfc4514_string() if self.certificate is not None else "—"

    @property
    def may_sign(self) -> bool:
        """Whether its certificate leaves its key to signatures (RFC 5280 section 4.2.1.3); one that is silent does."""
        extensions = self.certificate.extensions if self.certificate is not None else ()
        usage = next((one.value for one in extensions if isinstance(one.value, x509.KeyUsage)), None)
        return usage is None or usage.digital_signature or usage.content_commitment


def signature_of(content: bytes) -> Signature | None:
    """The signature of a document, None where it has none. Raises XmlRefused where it is no XML."""
    found = xml.parse(content).find(f"{_DS}Signature")
    if found is None:
        return None
    certificate = _certificate_in(found)
    return Signature(certificate, _time_in(found), certificate is not None and _holds(content, certificate))


def _certificate_in(signature: etree._Element) -> x509.Certificate | None:
    text = signature.findtext(f"{_DS}KeyInfo/{_DS}X509Data/{_DS}X509Certificate")
    try:
        return x509.load_der_x509_certificate(binascii.a2b_base64(text)) if text else None
    except ValueError:
        return None


def _time_in(signature: etree._Element) -> datetime.datetime | None:
    text = next((one.text for one in signature.iter(f"{_XADES}SigningTime")), None)
    try:
        moment = datetime.datetime.fromisoformat((text or "").strip())
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=datetime.UTC)


def _holds(content: bytes, certificate: x509.Certificate) -> bool:
    # Most files carry no signature, and these take longer to load than all the rest.
    from signxml.exceptions import SignXMLException  # noqa: PLC0415
    from signxml.xades.xades import XAdESSignatureConfiguration, XAdESVerifier  # noqa: PLC0415

    # Whether the certificate was in force is a question of its own (00100), so here it always is.
    rules = XAdESSignatureConfiguration(
        location="./", expect_references=True, verification_time=certificate.not_valid_before_utc
    )
    try:
        XAdESVerifier().verify(content, x509_cert=certificate, expect_config=rules)
    except (SignXMLException, etree.DocumentInvalid, ValueError):
        return False
    return True
