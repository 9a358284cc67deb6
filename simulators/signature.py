"""Is a FatturaPA file signed, by whom, and does it hold? XAdES inside the document and CAdES around it.

The answers are the codes of SDI's signature controls (specifiche tecniche, Allegato A, 00100-00107). The XML is
verified by signxml with a canonicalisation that re-reads a node before it is canonicalised: libxml2 writes a wrong
`xmlns=""` into parts of a document otherwise, and two users of the same library would never notice.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature as WrongIssuer
from lxml import etree
from signxml.algorithms import CanonicalizationMethod
from signxml.exceptions import SignXMLException
from signxml.xades.xades import XAdESSignatureConfiguration, XAdESVerifier

from simulators.cms import CmsRefused, Opened, open_signed

DS = "http://www.w3.org/2000/09/xmldsig#"
XADES = "http://uri.etsi.org/01903/v1.3.2#"
SIGNED_PROPERTIES = "http://uri.etsi.org/01903#SignedProperties"
CLOCK_SKEW = timedelta(minutes=5)
TRANSFORMS = {f"{DS}enveloped-signature"} | {method.value for method in CanonicalizationMethod}


class SignatureRefused(ValueError):
    """`code`: one of 00100, 00102, 00103, 00104, 00105, 00107."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


@dataclass(frozen=True)
class TrustedList:
    """The authorities whose signing certificates count as qualified."""

    authorities: tuple[x509.Certificate, ...]

    def judge(self, certificate: x509.Certificate, signed_at: datetime | None, now: datetime) -> None:
        """Raises SignatureRefused for a certificate that SDI would not accept, or a time that can't be."""
        if now > certificate.not_valid_after_utc:
            raise SignatureRefused("00100", f"the certificate expired on {certificate.not_valid_after_utc:%Y-%m-%d}")
        if not any(_issued(certificate, authority) for authority in self.authorities):
            raise SignatureRefused("00104", f"{certificate.issuer.rfc4514_string()} is not on the trusted list")
        if not _is_for_signing(certificate):
            raise SignatureRefused("00107", "the certificate is not for signing")
        if signed_at is None:
            raise SignatureRefused("00103", "the signature has no time")
        if signed_at > now + CLOCK_SKEW:
            raise SignatureRefused("00105", f"signed at {signed_at.isoformat()}, which is still to come")


class _Verifier(XAdESVerifier):
    def _c14n(
        self,
        nodes: etree._Element | list[etree._Element],
        algorithm: CanonicalizationMethod,
        inclusive_ns_prefixes: list[str] | None = None,
    ) -> bytes:
        found = nodes if isinstance(nodes, list) else [nodes]
        fresh = [etree.fromstring(etree.tostring(node, with_tail=False)) for node in found]
        return bytes(super()._c14n(fresh, algorithm, inclusive_ns_prefixes))


def verify_xades(root: etree._Element, trusted: TrustedList, now: datetime) -> None:
    """An enveloped XAdES-BES signature over the whole document, as the last child of its root."""
    signature = root.find(f"{{{DS}}}Signature")
    if signature is None or root[-1] is not signature or len(root.findall(f".//{{{DS}}}Signature")) != 1:
        raise SignatureRefused("00102", "there must be one ds:Signature, the last child of the root")
    _check_references(signature)
    certificate = _certificate(signature)
    trusted.judge(certificate, _signing_time(signature), now)
    config = XAdESSignatureConfiguration(location="./", expect_references=True, verification_time=now)
    try:
        _Verifier().verify(etree.tostring(root), x509_cert=certificate, expect_config=config)
    except (SignXMLException, ValueError, etree.XMLSyntaxError) as error:
        raise SignatureRefused("00102", f"the signature does not hold: {error}") from error


def open_p7m(file: bytes) -> Opened:
    """The invoice inside a CAdES-BES file; its signer is still to be judged."""
    try:
        return open_signed(file)
    except CmsRefused as error:
        raise SignatureRefused("00102", str(error)) from error


def _check_references(signature: etree._Element) -> None:
    """The whole document and the signed properties must be among what is signed, by transforms that we know."""
    references = signature.findall(f"{{{DS}}}SignedInfo/{{{DS}}}Reference")
    if not any(reference.get("URI") == "" for reference in references):
        raise SignatureRefused("00102", "the document itself is not signed")
    if not any(reference.get("Type") == SIGNED_PROPERTIES for reference in references):
        raise SignatureRefused("00102", "the signed properties are not signed: this is not XAdES")
    used = {str(found.get("Algorithm")) for found in signature.iterfind(f".//{{{DS}}}Transform")}
    if used - TRANSFORMS:
        raise SignatureRefused("00102", f"transforms {sorted(used - TRANSFORMS)} are not known here")


def _certificate(signature: etree._Element) -> x509.Certificate:
    text = signature.findtext(f"{{{DS}}}KeyInfo/{{{DS}}}X509Data/{{{DS}}}X509Certificate", "")
    try:
        pem = f"-----BEGIN CERTIFICATE-----\n{text.strip()}\n-----END CERTIFICATE-----\n"
        return x509.load_pem_x509_certificate(pem.encode())
    except ValueError as error:
        raise SignatureRefused("00102", "KeyInfo holds no certificate") from error


def _signing_time(signature: etree._Element) -> datetime | None:
    text = signature.findtext(f".//{{{XADES}}}SigningTime", "").strip()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _issued(certificate: x509.Certificate, authority: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(authority)
    except (ValueError, TypeError, WrongIssuer):
        return False
    return True


def _is_for_signing(certificate: x509.Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return False
    return usage.digital_signature or usage.content_commitment
