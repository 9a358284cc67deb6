"""Throw-away keys and certificates, made on the spot: nothing here is trusted by anybody but the twin and its guests.

Two authorities: one for TLS, one that plays the trusted list of qualified signing certificates, so that a TLS
certificate never passes for a signing one.
"""

import datetime as dt
import os
import ssl
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

CLIENT, SERVER = ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH
VALID_FOR = dt.timedelta(days=800)
PKCS12_PASSWORD = "throw-away"  # noqa: S105  (it protects a key that dies with the process)


@dataclass(frozen=True)
class Pair:
    """A certificate and its private key, as PEM files that only their owner can read."""

    certificate: Path
    key: Path

    def load_certificate(self) -> x509.Certificate:
        return x509.load_pem_x509_certificate(self.certificate.read_bytes())

    def load_key(self) -> Key:
        # Checking an RSA key for primality takes a tenth of a second, and this one was made here.
        key = serialization.load_pem_private_key(
            self.key.read_bytes(), password=None, unsafe_skip_rsa_key_validation=True
        )
        if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
            raise TypeError(f"{self.key} holds a key of another kind than this module makes")
        return key


@dataclass(frozen=True)
class Pki:
    tls_ca: Path
    server: Pair
    """The twin's own HTTPS and STARTTLS certificate, for localhost and 127.0.0.1."""
    gateway_client: Pair
    """The gateway's client certificate at SDI."""
    gateway_server: Pair
    """For the gateway's own endpoint of TrasmissioneFatture."""
    sdi_client: Pair
    """What SDI shows when it calls that endpoint."""
    receiving_ap: Pair
    """The access point at the far end, shown in sending reports."""
    trusted_list: Path
    signer: Pair
    signer_pkcs12: Path
    expired_signer: Pair
    sdi_signer: Pair
    """With which SDI signs its notices."""
    ssh_host_key: Path
    ssh_client_key: Path


@dataclass(frozen=True)
class _Subject:
    common_name: str
    usage: x509.ObjectIdentifier | None = None
    organisation: str = "Network twin"


@dataclass(frozen=True)
class _Authority:
    key: Key
    certificate: x509.Certificate


def make_pki(folder: Path, now: dt.datetime) -> Pki:
    """All keys and certificates, in `folder` (mode 0700, files 0600), in place of those of an earlier run."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    tls, trust = _authority("Throw-away TLS CA", now), _authority("Throw-away Trust Services CA", now)
    long_ago = now - VALID_FOR - dt.timedelta(days=30)
    signing_key = rsa.generate_private_key(65_537, 2_048)
    sdi_key = rsa.generate_private_key(65_537, 2_048)
    far_end = _Subject("PXX000777", CLIENT, "Far End Access Point")
    signer = _issue(folder / "signer", trust, signing_key, _Subject("Nadia Esempio"), now)
    return Pki(
        tls_ca=_write(folder / "tls-ca.pem", _pem(tls.certificate)),
        server=_issue(folder / "server", tls, _tls_key(), _Subject("localhost", SERVER), now),
        gateway_client=_issue(folder / "gateway-client", tls, _tls_key(), _Subject("gateway", CLIENT), now),
        gateway_server=_issue(folder / "gateway-server", tls, _tls_key(), _Subject("localhost", SERVER), now),
        sdi_client=_issue(folder / "sdi-client", tls, _tls_key(), _Subject("sdi", CLIENT), now),
        receiving_ap=_issue(folder / "receiving-ap", tls, _tls_key(), far_end, now),
        trusted_list=_write(folder / "trusted-list.pem", _pem(trust.certificate)),
        signer=signer,
        signer_pkcs12=_write_pkcs12(folder / "signer.p12", signer, trust.certificate),
        expired_signer=_issue(folder / "expired-signer", trust, signing_key, _Subject("Scaduta Esempio"), long_ago),
        sdi_signer=_issue(folder / "sdi-signer", trust, sdi_key, _Subject("Sistema di Interscambio"), now),
        ssh_host_key=_ssh_key(folder / "ssh-host-key"),
        ssh_client_key=_ssh_key(folder / "ssh-client-key"),
    )


def server_context(pair: Pair, client_ca: Path | None = None) -> ssl.SSLContext:
    """TLS 1.2 or later; with `client_ca` nobody gets in without a certificate of it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(pair.certificate, pair.key)
    if client_ca is not None:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(client_ca)
    return context


def client_context(ca: Path, pair: Pair) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(ca))
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(pair.certificate, pair.key)
    return context


def _tls_key() -> Key:
    return ec.generate_private_key(ec.SECP256R1())


def _name(common_name: str, organisation: str = "Network twin") -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "IT"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _authority(common_name: str, now: dt.datetime) -> _Authority:
    key = _tls_key()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(_name(common_name))
        .issuer_name(_name(common_name))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 2 * VALID_FOR)
        .not_valid_after(now + 2 * VALID_FOR)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage("key_cert_sign", "crl_sign"), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return _Authority(key, certificate)


def _issue(path: Path, authority: _Authority, key: Key, subject: _Subject, start: dt.datetime) -> Pair:
    """A leaf certificate: for TLS when the subject has a usage, else for signing (non-repudiation)."""
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(subject.common_name, subject.organisation))
        .issuer_name(authority.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start - dt.timedelta(days=1))
        .not_valid_after(start + VALID_FOR)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key()), critical=False)
    )
    if subject.usage is None:
        builder = builder.add_extension(_key_usage("digital_signature", "content_commitment"), critical=True)
    else:
        hosts = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1")), x509.IPAddress(ip_address("::1"))]
        builder = (
            builder.add_extension(_key_usage("digital_signature"), critical=True)
            .add_extension(x509.ExtendedKeyUsage([subject.usage]), critical=False)
            .add_extension(x509.SubjectAlternativeName(hosts), critical=False)
        )
    certificate = builder.sign(authority.key, hashes.SHA256())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return Pair(
        _write(path.with_name(f"{path.name}.crt.pem"), _pem(certificate)),
        _write(path.with_name(f"{path.name}.key.pem"), private),
    )


def _key_usage(*wanted: str) -> x509.KeyUsage:
    names = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(**{name: name in wanted for name in names})


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _write_pkcs12(path: Path, pair: Pair, authority: x509.Certificate) -> Path:
    encryption = serialization.BestAvailableEncryption(PKCS12_PASSWORD.encode())
    return _write(
        path,
        pkcs12.serialize_key_and_certificates(
            b"signer", pair.load_key(), pair.load_certificate(), [authority], encryption
        ),
    )


def _ssh_key(path: Path) -> Path:
    key = ed25519.Ed25519PrivateKey.generate()
    return _write(
        path,
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
        ),
    )


def _write(path: Path, content: bytes) -> Path:
    """A file that nobody but its owner could ever open, not even for the moment between creation and chmod.

    One of an earlier run goes: nothing that is signed or encrypted with these keys outlives the twin.
    """
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    return path
