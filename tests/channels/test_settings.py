"""Settings of a channel: refused with the name of what is wrong, and secrets that don't show."""

from pathlib import Path

import msgspec
import pytest

from channels.contract import Misconfigured
from channels.settings import Secret, read_settings


class TrialSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What some channel might want to know."""

    host: str
    password: Secret
    second_password: Secret | None = None
    file: Path | None = None
    seconds: float = 1.0


RIGHT: dict[str, object] = {"host": "mx.example.com", "password": "canary-77"}


@pytest.mark.parametrize(
    ("given", "named"),
    [
        (RIGHT | {"hsot": "x"}, "hsot"),  # misspelt
        ({"host": "x"}, "password"),  # missing
        (RIGHT | {"host": 7}, r"\$\.host"),
        (RIGHT | {"password": ""}, r"\$\.password"),
        (RIGHT | {"password": 7}, r"\$\.password"),
        (RIGHT | {"file": 7}, r"\$\.file"),
        (RIGHT | {"seconds": "soon"}, r"\$\.seconds"),
        ({"host": "x", "password_file": "/does/not/exist"}, "password_file"),
        (RIGHT | {"password_file": "/does/not/exist"}, "both set"),
    ],
)
def test_the_wrong_setting_is_named(given: dict[str, object], named: str) -> None:
    with pytest.raises(Misconfigured, match=named) as caught:
        read_settings("trial", given, TrialSettings)
    assert caught.value.code == "trial.settings"
    assert "canary-77" not in str(caught.value)
    assert caught.value.__cause__ is None or isinstance(caught.value.__cause__, OSError)


def test_a_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    for name in ("password", "second_password"):
        (tmp_path / name).write_text(f"{name}-canary\n")
    given = {"host": "x", "password_file": tmp_path / "password", "second_password_file": tmp_path / "second_password"}
    settings = read_settings("trial", given, TrialSettings)
    assert settings.password.reveal() == "password-canary"
    assert settings.second_password is not None
    assert settings.second_password.reveal() == "second_password-canary"


def test_text_of_the_environment_becomes_numbers_and_files() -> None:
    settings = read_settings("trial", RIGHT | {"seconds": "2.5", "file": "/etc/trust.pem"}, TrialSettings)
    assert (settings.seconds, settings.file) == (2.5, Path("/etc/trust.pem"))


def test_a_secret_never_shows() -> None:
    settings = read_settings("trial", RIGHT, TrialSettings)
    assert "canary-77" not in f"{settings!r} {settings} {settings.password!r} {settings.password}"
    assert settings.password.reveal() == "canary-77"
