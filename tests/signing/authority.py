"""Certificates of invented subjects, signed by their own keys."""

import datetime
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

SUBJECT = "Officine Pratoverde S.r.l."


@dataclass(frozen=True)
class Issued:
    """A key with its certificate."""

    private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def pem(self) -> bytes:
        """The certificate as PEM."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)


def issue(
    private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey,
    begins: datetime.datetime,
    ends: datetime.datetime,
    subject: str | None = SUBJECT,
) -> Issued:
    """A certificate of this key. subject: its common name; None leaves just an organisation."""
    attribute = x509.NameOID.COMMON_NAME if subject else x509.NameOID.ORGANIZATION_NAME
    name = x509.Name([x509.NameAttribute(attribute, subject or SUBJECT)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(20260101)
        .not_valid_before(begins)
        .not_valid_after(ends)
        .sign(private, hashes.SHA256())
    )
    return Issued(private, certificate)


def private_pem(private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, password: bytes | None = None) -> bytes:
    """A private key as PEM, encrypted where there is a password."""
    encryption = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)
