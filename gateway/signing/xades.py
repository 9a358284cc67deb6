"""XAdES-BES signatures inside a FatturaPA document (ETSI EN 319 132-1; SDI Allegato A 1.9.1 section 1.3.2).

The signature is enveloped: `ds:Signature` is the last child of the root. It covers the whole document, the signed
properties (signing time, digest of the certificate, media type) and the certificate itself.

Canonicalisation is inclusive on purpose: signxml 5.2 digests the signed properties without the transform that it
declares for exclusive C14N, and such a signature does not verify anywhere.
"""

import datetime
from dataclasses import dataclass
from typing import Any, Final

from lxml import etree
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureMethod
from signxml.util import SigningSettings
from signxml.xades.xades import XAdESDataObjectFormat, XAdESSigner

from formats.xml import parse, serialize
from gateway.errors import AlreadySigned
from gateway.signing.keys import SigningKey

_SIGNATURE: Final = "{http://www.w3.org/2000/09/xmldsig#}Signature"
_SIGNING_TIME: Final = "{http://uri.etsi.org/01903/v1.3.2#}SigningTime"
_DOCUMENT: Final = XAdESDataObjectFormat(Description="FatturaPA", MimeType="text/xml")


def sign_xades(content: bytes, key: SigningKey, signed_at: datetime.datetime) -> bytes:
    """The document with its signature, in UTF-8; what stands before the root element (a style sheet's PI) is left out.

    signed_at: the signing time that it claims, aware

    Raises SigningCertificateExpired, SigningCertificateEarly or AlreadySigned, and XmlRefused where it is no XML.
    """
    key.check_in_force(signed_at)
    root = parse(content)
    if root.find(_SIGNATURE) is not None:
        raise AlreadySigned(etree.QName(root).localname)
    # A signer keeps the ids that it gave for ever, so each document gets its own; making one costs nothing.
    signer = XAdESSigner(
        signature_algorithm=SignatureMethod.RSA_SHA256,
        digest_algorithm=DigestAlgorithm.SHA256,
        c14n_algorithm=CanonicalizationMethod.CANONICAL_XML_1_0,
        data_object_format=_DOCUMENT,
    )
    _claim_time(signer, signed_at)
    # signxml calls `sign` of the key and nothing else, so that a handle does.
    handle: Any = _Handle(key)
    return serialize(signer.sign(root, key=handle, cert=[key.certificate], always_add_key_value=False))


def _claim_time(signer: XAdESSigner, signed_at: datetime.datetime) -> None:
    """Replace signxml's own step, which reads the clock of the machine."""

    def add_signing_time(
        signed_signature_properties: etree._Element,
        sig_root: etree._Element,  # noqa: ARG001 - its caller names it
        signing_settings: SigningSettings,  # noqa: ARG001 - the same
    ) -> None:
        moment = signed_at.astimezone(datetime.UTC).replace(microsecond=0)
        etree.SubElement(signed_signature_properties, _SIGNING_TIME).text = moment.isoformat().replace("+00:00", "Z")

    steps = signer.signed_signature_properties_annotators
    steps[steps.index(signer.add_signing_time)] = add_signing_time


@dataclass(frozen=True, slots=True)
class _Handle:
    """What signxml calls in place of a key; the key itself stays in `signing.keys`."""

    key: SigningKey

    def sign(self, data: bytes, padding: object, algorithm: object) -> bytes:  # noqa: ARG002 - the key knows both
        return self.key.sign(data)
