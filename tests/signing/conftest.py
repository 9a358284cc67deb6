"""Throw-away keys, made for one run of the tests."""

import datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from gateway.signing.keys import SigningKey, load_signing_key
from tests.signing.authority import Issued, issue, private_pem


@pytest.fixture(scope="session")
def private() -> rsa.RSAPrivateKey:
    """One RSA key for all tests: making one takes longer than everything that is done with it."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="session")
def issued(private: rsa.RSAPrivateKey) -> Issued:
    """That key with a certificate in force from 1 January 2026 for a year."""
    begins = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    return issue(private, begins, begins + datetime.timedelta(days=365))


@pytest.fixture(scope="session")
def key(issued: Issued, tmp_path_factory: pytest.TempPathFactory) -> SigningKey:
    """The same, loaded."""
    file = tmp_path_factory.mktemp("keys") / "signing.pem"
    return load_signing_key(secret(file, private_pem(issued.private) + issued.pem))


def secret(file: Path, content: bytes) -> Path:
    """Write a file that only its owner may read."""
    file.write_bytes(content)
    file.chmod(0o400)
    return file
