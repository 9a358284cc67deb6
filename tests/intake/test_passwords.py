"""Passwords are kept as hashes that no other password opens."""

import pytest

from gateway.errors import WrongContent
from gateway.intake.passwords import LONGEST, hash_password, verify_password

GOOD = "correct horse battery staple"


def test_a_password_opens_its_own_hash_and_no_other_does() -> None:
    kept = hash_password(GOOD)
    assert verify_password(kept, GOOD)
    assert not verify_password(kept, GOOD + " ")
    assert not verify_password(kept, "")


def test_a_hash_is_argon2id_tells_nothing_and_is_never_the_same_twice() -> None:
    kept = hash_password(GOOD)
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert GOOD not in kept
    assert kept != hash_password(GOOD)


def test_a_password_of_many_scripts_is_taken_as_it_is() -> None:
    kept = hash_password("Straße 東京 пароль 🔑")
    assert verify_password(kept, "Straße 東京 пароль 🔑")
    assert not verify_password(kept, "Strasse 東京 пароль 🔑")


@pytest.mark.parametrize(
    "broken",
    [
        "",  # an account without a password
        "no hash at all",
        "$argon2id$v=19$m=19456,t=2,p=1$",  # cut off
        "$2b$12$abcdefghijklmnopqrstuv",  # another scheme
    ],
)
def test_what_is_no_hash_is_opened_by_nothing(broken: str) -> None:
    assert not verify_password(broken, GOOD)


@pytest.mark.parametrize(
    "odd",
    [
        "x" * (LONGEST + 1),  # hashing a book would be a way to keep the gateway busy
        "ab\ud800c",  # a lone surrogate, as a client with a wrong encoding may send it
    ],
)
def test_a_password_that_cannot_be_one_is_refused_and_never_opens(odd: str) -> None:
    with pytest.raises(WrongContent, match="password"):
        hash_password(odd)
    assert not verify_password(hash_password(GOOD), odd)
