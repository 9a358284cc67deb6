"""Signing keys: loaded once, checked, and never shown. The only module that sees a private key.

A key is a PEM file (key and certificate in it, or the certificate in a file of its own) or a PKCS #12 file; its
password stands in a file. Loading takes 35 ms at 2048 bits and 283 ms at 4096, because it proves the key sound:
load at start, keep the `SigningKey`.

Others get signatures from it, not the key: `sign` is also the shape of a token or a key service (PKCS #11, KMS).
"""

import datetime
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NoReturn

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, pkcs12

from gateway.errors import SigningCertificateEarly, SigningCertificateExpired, SigningKeyUnusable

# Days before its end at which a certificate is spoken of (ask once a day: each window is then said at least once).
WARNING_DAYS: Final = (60, 30, 14, 7)
LEAST_BITS: Final = 2048


@dataclass(frozen=True, slots=True, eq=False)
class SigningKey:
    """A private RSA key with its certificate. Shows its subject, nothing else.

    certificate: of the key, as it goes into signatures
    """

    certificate: x509.Certificate = field(repr=False)
    _private: RSAPrivateKey = field(repr=False)
    subject: str

    def sign(self, content: bytes) -> bytes:
        """The signature of these bytes: RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 section 8.2)."""
        return self._private.sign(content, PKCS1v15(), hashes.SHA256())

    def check_in_force(self, now: datetime.datetime) -> None:
        """Raises SigningCertificateExpired or SigningCertificateEarly outside the validity of the certificate."""
        if now > self.certificate.not_valid_after_utc:
            raise SigningCertificateExpired(self.subject, self.certificate.not_valid_after_utc)
        if now < self.certificate.not_valid_before_utc:
            raise SigningCertificateEarly(self.subject, self.certificate.not_valid_before_utc)

    def warning(self, now: datetime.datetime) -> "EndsSoon | None":
        """What to tell the operator about the end of the certificate, None while that is far."""
        left = self.certificate.not_valid_after_utc - now
        windows = [days for days in WARNING_DAYS if left <= datetime.timedelta(days=days)]
        return EndsSoon(self.subject, self.certificate.not_valid_after_utc, windows[-1], left.days) if windows else None

    def __reduce__(self) -> NoReturn:
        raise TypeError("a signing key stays in the process that loaded it")


@dataclass(frozen=True, slots=True)
class EndsSoon:
    """A certificate that ends soon, or has ended (`days_left` is negative then).

    window: the warning it is in: 60, 30, 14 or 7 days before the end
    """

    subject: str
    ends: datetime.datetime
    window: int
    days_left: int

    def __str__(self) -> str:
        when = f"ends in {self.days_left} days, on" if self.days_left >= 0 else "ended on"
        return f"The signing certificate of {self.subject} {when} {self.ends:%Y-%m-%d}. Install its successor."


def load_signing_key(
    key_file: Path, password_file: Path | None = None, certificate_file: Path | None = None
) -> SigningKey:
    """Load a signing key. Raises SigningKeyUnusable with the file and the way out.

    certificate_file: for a PEM key whose certificate does not stand in the same file
    """
    content = _secret(key_file)
    password = _secret(password_file).strip() if password_file else None
    if content.lstrip().startswith(b"-----BEGIN"):
        certificates = _read(certificate_file) if certificate_file else content
        private, certificate = _from_pem(key_file, content, certificates, password)
    else:
        private, certificate = _from_pkcs12(key_file, content, password)
    if not isinstance(private, RSAPrivateKey) or private.key_size < LEAST_BITS:
        _refuse(key_file, f"it is no RSA key of at least {LEAST_BITS} bits", "Use such a key; SDI takes no other.")
    return SigningKey(certificate, private, _subject(certificate))


def _from_pem(
    file: Path, content: bytes, certificates: bytes, password: bytes | None
) -> tuple[object, x509.Certificate]:
    try:
        private = load_pem_private_key(content, password)
    except TypeError:
        _refuse(file, *_PASSWORD_MISFIT)
    except (ValueError, UnsupportedAlgorithm):
        _refuse(file, *_NOT_OPENED)
    try:
        known = x509.load_pem_x509_certificates(certificates)
    except ValueError:
        known = []
    public = private.public_key()
    certificate = next((one for one in known if one.public_key() == public), None)
    if certificate is None:
        _refuse(file, "there is no certificate of this key", "Put its certificate beside it, in PEM form.")
    return private, certificate


def _from_pkcs12(file: Path, content: bytes, password: bytes | None) -> tuple[object, x509.Certificate]:
    try:
        private, certificate, _ = pkcs12.load_key_and_certificates(content, password)
    except (ValueError, UnsupportedAlgorithm):
        _refuse(file, *_NOT_OPENED)
    if private is None or certificate is None:
        _refuse(file, "it lacks the key or its certificate", "Export both into one PKCS #12 file.")
    return private, certificate


_PASSWORD_MISFIT: Final = (
    "it is encrypted and no password was given, or the other way round",
    "Name the file with its password, or none.",
)
_NOT_OPENED: Final = ("it is no PEM or PKCS #12 key, or the password is wrong", "Check both files.")


def _secret(file: Path) -> bytes:
    """The content of a file that only the service may read."""
    content = _read(file)
    if file.stat().st_mode & stat.S_IROTH:
        _refuse(file, "every account of this machine may read it", "Take that right away: chmod 0400.")
    return content


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        _refuse(file, f"it cannot be read ({error.strerror})", "Check its path and its rights.")


def _refuse(file: Path, problem: str, fix: str) -> NoReturn:
    # Without the cause: messages of the libraries below may quote what they read.
    raise SigningKeyUnusable(str(file), problem, fix) from None


def _subject(certificate: x509.Certificate) -> str:
    names = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()
