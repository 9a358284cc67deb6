"""Loading keys, refusing wrong ones with the way out, warning of the end; and showing nothing."""

import copy
import datetime
import pickle
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.serialization import pkcs12

from gateway.errors import SigningCertificateEarly, SigningCertificateExpired, SigningKeyUnusable
from gateway.signing.keys import SigningKey, load_signing_key
from tests.signing.authority import SUBJECT, Issued, issue, private_pem
from tests.signing.conftest import secret

CANARY = b"correct horse battery staple"
MOMENT = datetime.timedelta(seconds=1)
DAY = datetime.timedelta(days=1)


def as_pkcs12(issued: Issued, password: bytes | None) -> bytes:
    """Key and certificate in one PKCS #12 file."""
    assert isinstance(issued.private, rsa.RSAPrivateKey)
    encryption = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return pkcs12.serialize_key_and_certificates(b"signing", issued.private, issued.certificate, None, encryption)


@pytest.mark.parametrize(
    ("name", "content", "password"),
    [
        ("key.pem", lambda one: private_pem(one.private) + one.pem, None),
        ("certificate-first.pem", lambda one: one.pem + private_pem(one.private), None),
        ("encrypted.pem", lambda one: private_pem(one.private, CANARY) + one.pem, CANARY),
        ("store.p12", lambda one: as_pkcs12(one, CANARY), CANARY),
        ("open.p12", lambda one: as_pkcs12(one, None), None),
        # editors end a file with a line break
        ("line-break.p12", lambda one: as_pkcs12(one, CANARY), CANARY + b"\n"),
    ],
)
def test_a_key_is_loaded_from_the_usual_files(
    tmp_path: Path, issued: Issued, name: str, content: Callable[[Issued], bytes], password: bytes | None
) -> None:
    password_file = secret(tmp_path / "password", password) if password else None
    key = load_signing_key(secret(tmp_path / name, content(issued)), password_file)
    assert (key.subject, key.certificate) == (SUBJECT, issued.certificate)
    assert isinstance(issued.private, rsa.RSAPrivateKey)
    issued.private.public_key().verify(key.sign(b"content"), b"content", PKCS1v15(), hashes.SHA256())


def test_the_certificate_is_the_one_of_the_key_wherever_it_stands(tmp_path: Path, issued: Issued) -> None:
    other = issue(
        ec.generate_private_key(ec.SECP256R1()),
        issued.certificate.not_valid_before_utc,
        issued.certificate.not_valid_after_utc,
    )
    chain = tmp_path / "chain.pem"
    chain.write_bytes(other.pem + issued.pem)
    key = load_signing_key(secret(tmp_path / "key.pem", private_pem(issued.private)), certificate_file=chain)
    assert key.certificate == issued.certificate


@pytest.mark.parametrize(
    ("content", "password", "problem"),
    [
        pytest.param(lambda one: b"", None, "it is no PEM or PKCS #12 key", id="empty"),
        pytest.param(lambda one: b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END", None, "it is no PEM", id="cut off"),
        pytest.param(lambda one: one.pem, None, "it is no PEM", id="certificate alone"),
        pytest.param(lambda one: private_pem(one.private), None, "there is no certificate of this key", id="key alone"),
        pytest.param(lambda one: private_pem(one.private, CANARY), None, "no password was given", id="encrypted"),
        pytest.param(lambda one: private_pem(one.private), CANARY, "or the other way round", id="not encrypted"),
        pytest.param(lambda one: private_pem(one.private, CANARY), b"?", "the password is wrong", id="wrong for PEM"),
        pytest.param(lambda one: as_pkcs12(one, CANARY), b"?", "the password is wrong", id="wrong for PKCS 12"),
        pytest.param(lambda one: as_pkcs12(one, CANARY), None, "the password is wrong", id="encrypted PKCS 12"),
    ],
)
def test_a_wrong_file_is_refused_with_its_name_and_reason(
    tmp_path: Path, issued: Issued, content: Callable[[Issued], bytes], password: bytes | None, problem: str
) -> None:
    file = secret(tmp_path / "key", content(issued))
    password_file = secret(tmp_path / "password", password) if password else None
    with pytest.raises(SigningKeyUnusable) as refused:
        load_signing_key(file, password_file)
    assert problem in refused.value.problem
    assert str(file) in str(refused.value)


def test_a_pkcs12_file_without_its_key_is_refused(tmp_path: Path, issued: Issued) -> None:
    content = pkcs12.serialize_key_and_certificates(None, None, issued.certificate, None, serialization.NoEncryption())
    with pytest.raises(SigningKeyUnusable, match="it lacks the key or its certificate"):
        load_signing_key(secret(tmp_path / "store.p12", content))


def test_keys_that_sdi_does_not_take_are_refused(tmp_path: Path, issued: Issued) -> None:
    begins, ends = issued.certificate.not_valid_before_utc, issued.certificate.not_valid_after_utc
    weak = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - weak on purpose
    for other in (issue(ec.generate_private_key(ec.SECP256R1()), begins, ends), issue(weak, begins, ends)):
        file = secret(tmp_path / f"{id(other)}.pem", private_pem(other.private) + other.pem)
        with pytest.raises(SigningKeyUnusable, match="no RSA key of at least 2048 bits"):
            load_signing_key(file)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SigningKeyUnusable, match=r"it cannot be read \(No such file or directory\)"):
        load_signing_key(tmp_path / "nothing.pem")


@pytest.mark.parametrize("exposed", ["key.pem", "password"])
def test_a_secret_that_everybody_may_read_is_refused(tmp_path: Path, issued: Issued, exposed: str) -> None:
    key_file = secret(tmp_path / "key.pem", private_pem(issued.private, CANARY) + issued.pem)
    password_file = secret(tmp_path / "password", CANARY)
    (tmp_path / exposed).chmod(0o444)
    with pytest.raises(SigningKeyUnusable, match="chmod 0400") as refused:
        load_signing_key(key_file, password_file)
    assert refused.value.file.endswith(exposed)


# --- nothing shows ---------------------------------------------------------------------------------------------------


def test_a_key_shows_its_subject_and_nothing_else(key: SigningKey) -> None:
    assert repr(key) == str(key) == f"SigningKey(subject={SUBJECT!r})"


def test_a_key_leaves_its_process_in_no_way(key: SigningKey) -> None:
    for attempt in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="stays in the process"):
            attempt(key)


def test_no_error_tells_a_password_or_a_key(tmp_path: Path, issued: Issued) -> None:
    file = secret(tmp_path / "key.pem", private_pem(issued.private, b"another") + issued.pem)
    with pytest.raises(SigningKeyUnusable) as refused:
        load_signing_key(file, secret(tmp_path / "password", CANARY))
    told = "".join(traceback.format_exception(refused.value))
    assert CANARY.decode() not in told
    assert "PRIVATE KEY" not in told
    assert refused.value.__suppress_context__


# --- validity --------------------------------------------------------------------------------------------------------


def test_a_key_is_in_force_from_the_first_to_the_last_second_of_its_certificate(key: SigningKey) -> None:
    begins, ends = key.certificate.not_valid_before_utc, key.certificate.not_valid_after_utc
    for moment in (begins, begins + DAY, ends):
        key.check_in_force(moment)
    with pytest.raises(SigningCertificateEarly, match=f"certificate of {SUBJECT} begins on 2026-01-01 00:00 UTC"):
        key.check_in_force(begins - MOMENT)
    with pytest.raises(SigningCertificateExpired, match=f"certificate of {SUBJECT} ended on 2027-01-01 00:00 UTC"):
        key.check_in_force(ends + MOMENT)


@pytest.mark.parametrize(
    ("left", "window", "sentence"),
    [
        (61 * DAY, None, ""),
        (60 * DAY + MOMENT, None, ""),
        (60 * DAY, 60, "ends in 60 days, on 2027-01-01"),
        (31 * DAY, 60, "ends in 31 days"),
        (30 * DAY, 30, "ends in 30 days"),
        (14 * DAY, 14, "ends in 14 days"),
        (7 * DAY, 7, "ends in 7 days"),
        (MOMENT, 7, "ends in 0 days"),
        (-MOMENT, 7, "ended on 2027-01-01"),
    ],
)
def test_the_end_of_a_certificate_is_told_in_time(
    key: SigningKey, left: datetime.timedelta, window: int | None, sentence: str
) -> None:
    warning = key.warning(key.certificate.not_valid_after_utc - left)
    assert (warning and warning.window) == window
    assert sentence in str(warning or "")


def test_a_subject_without_common_name_is_told_in_full(tmp_path: Path, issued: Issued) -> None:
    nameless = issue(
        issued.private, issued.certificate.not_valid_before_utc, issued.certificate.not_valid_after_utc, None
    )
    key = load_signing_key(secret(tmp_path / "key.pem", private_pem(issued.private) + nameless.pem))
    assert key.subject == f"O={SUBJECT}"
