"""`gateway doctor`: every question for itself, and a way out behind every answer that is no."""

import datetime
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from gateway.errors import SettingWrong
from gateway.store.upgrade import newest_revision
from gateway.wiring import doctor
from gateway.wiring.doctor import OWN_NAMES, refuse_strangers
from tests.cli.conftest import Gateway
from tests.signing.authority import issue, private_pem
from tests.wiring.stylesheets import judges_with, only

QUESTIONS = [
    "import names",
    "formats and channels",
    "database",
    "archive",
    "channels",
    "official rule sets",
    "signing certificate",
]
NOW = datetime.datetime.now(datetime.UTC)
YEAR = datetime.timedelta(days=365)


@pytest.fixture
def url(gateway_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An installation at the newest schema, with nothing set."""
    monkeypatch.setenv("DATABASE_URL", gateway_database)
    monkeypatch.chdir(tmp_path)
    return gateway_database


def answers(text: str) -> dict[str, tuple[str, str]]:
    """What was asked: whether it is fit, and in which words."""
    found = {}
    for line in text.splitlines()[1:]:
        question = next(one for one in QUESTIONS if line.startswith(one))
        rest = line[len(question) :].strip()
        verdict = next(one for one in ("not set", "UNFIT", "fit") if rest.startswith(one))
        found[question] = (verdict, rest[len(verdict) :].strip())
    return found


def test_an_installation_without_faults_is_fit(gateway: Gateway, url: str) -> None:
    ran = gateway("doctor")
    assert (ran.code, ran.err) == (0, "")
    said = answers(ran.text)
    assert list(said) == QUESTIONS
    assert {verdict for verdict, _ in said.values()} == {"fit", "not set"}
    assert "public bodies" in said["signing certificate"][1]
    assert "without settings: mail, peppol, post, sdi" in said["channels"][1]


def test_the_answer_of_the_archive_is_an_attempt(gateway: Gateway, url: str, tmp_path: Path) -> None:
    assert gateway("doctor").code == 0
    assert [one for one in (tmp_path / "gateway-data" / "archive").rglob("*") if one.is_file()]


def schema_of_a_newer_version(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("update alembic_version set version_num = '9999'")


def no_schema_yet(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("drop table alembic_version")


def test_a_database_without_a_schema_waits_for_the_first_start(gateway: Gateway, url: str) -> None:
    no_schema_yet(url)
    assert answers(gateway("doctor").text)["database"] == ("fit", "answers; the first start gives it its schema")


def test_a_database_of_a_newer_gateway_is_not_worked_on(gateway: Gateway, url: str) -> None:
    schema_of_a_newer_version(url)
    ran = gateway("doctor")
    verdict, words = answers(ran.text)["database"]
    assert (ran.code, verdict) == (1, "UNFIT")
    assert "a newer gateway made its schema (9999)" in words


def test_a_database_of_an_older_gateway_is_brought_along_by_the_next_start(gateway: Gateway, url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("update alembic_version set version_num = '0000'")
    verdict, words = answers(gateway("doctor").text)["database"]
    assert verdict == "fit"
    assert f"the next start makes it {newest_revision()}" in words


def test_a_database_that_is_away_leaves_the_other_questions_asked(gateway: Gateway, url: str) -> None:
    ran = gateway("doctor", DATABASE_URL="postgresql://nobody:hunter2@127.0.0.1:1/nothing")
    said = answers(ran.text)
    assert ran.code == 1
    assert [name for name, (verdict, _) in said.items() if verdict == "UNFIT"] == ["database"]
    assert "hunter2" not in ran.text + ran.err


def signing_key(folder: Path, ends: datetime.datetime) -> str:
    """A settings file with a key whose certificate ends then."""
    private = rsa.generate_private_key(65_537, 2_048)
    issued = issue(private, NOW - YEAR, ends)
    (folder / "key.pem").write_bytes(private_pem(private))
    (folder / "key.pem").chmod(0o600)
    (folder / "certificate.pem").write_bytes(issued.pem)
    return "[signing]\nkey_file = 'key.pem'\ncertificate_file = 'certificate.pem'\n"


def blocked_archive(folder: Path) -> str:
    (folder / "a-file").write_bytes(b"")
    return "archive_url = 'a-file'\n"


FAULTS: list[tuple[str, Callable[[Path], str], str, str]] = [
    # what, the settings file, whose question, what the answer says
    ("a channel of no kind", lambda _: "[channels.fax]\nx = 1\n", "channels", "no channel of this name"),
    ("a channel that lacks a setting", lambda _: "[channels.mail]\nport = 25\n", "channels", "host"),
    ("an archive that cannot be written", blocked_archive, "archive", ""),
    ("a key that is not there", lambda _: "[signing]\nkey_file = 'none.pem'\n", "signing certificate", "none.pem"),
    ("an expired certificate", lambda folder: signing_key(folder, NOW - YEAR / 2), "signing certificate", "ended on"),
]


@pytest.mark.parametrize(("what", "make", "question", "told"), FAULTS, ids=[one[0] for one in FAULTS])
def test_a_fault_is_found_named_and_alone(
    gateway: Gateway,
    url: str,
    tmp_path: Path,
    what: str,
    make: Callable[[Path], str],
    question: str,
    told: str,
) -> None:
    (tmp_path / "gateway.toml").write_text(make(tmp_path), encoding="utf-8")
    ran = gateway("doctor")
    assert ran.code == 1
    said = answers(ran.text)
    assert [name for name, (verdict, _) in said.items() if verdict == "UNFIT"] == [question]
    assert told in said[question][1]
    assert "Traceback" not in ran.err


def test_a_certificate_that_is_in_force_is_fit_and_one_that_ends_soon_says_so(
    gateway: Gateway, url: str, tmp_path: Path
) -> None:
    for ends, told in ((NOW + YEAR, "Officine Pratoverde"), (NOW + YEAR / 100, "")):
        (tmp_path / "gateway.toml").write_text(signing_key(tmp_path, ends), encoding="utf-8")
        verdict, words = answers(gateway("doctor").text)["signing certificate"]
        assert verdict == "fit"
        assert told in words


def test_the_official_rule_sets_are_told_with_their_hash_and_what_they_disagreed_on(
    gateway: Gateway, url: str, tmp_path: Path
) -> None:
    assert answers(gateway("doctor").text)["official rule sets"][1] == "none is installed: our own rules judge alone"
    judges = judges_with(tmp_path / "gateway-data")
    judges.tally.disagreed(only(judges))
    verdict, words = answers(gateway("doctor").text)["official rule sets"]
    assert (verdict, words) == ("fit", f"en16931 {only(judges).sha256[:12]} (disagreed 1, broke down 0)")


def test_a_rule_set_that_cannot_be_asked_is_a_fault(gateway: Gateway, url: str, tmp_path: Path) -> None:
    only(judges_with(tmp_path / "gateway-data")).file.write_bytes(b"changed")
    ran = gateway("doctor")
    assert ran.code == 1
    assert answers(ran.text)["official rule sets"][0] == "UNFIT"


def test_wrong_settings_are_said_before_anything_is_asked(gateway: Gateway, url: str, tmp_path: Path) -> None:
    (tmp_path / "gateway.toml").write_text("[api]\nprot = 1\n", encoding="utf-8")
    ran = gateway("doctor")
    assert (ran.code, ran.out) == (2, b"")
    assert "api.prot" in ran.err


def test_a_doctor_who_falls_ill_says_so_and_goes_on(
    gateway: Gateway, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise ZeroDivisionError("of all things")

    monkeypatch.setattr("gateway.registry.load", broken)
    said = answers(gateway("doctor").text)
    assert said["formats and channels"] == ("UNFIT", "ZeroDivisionError: of all things")
    assert said["database"][0] == "fit"


@pytest.mark.parametrize("name", OWN_NAMES)
def test_a_package_that_has_files_under_one_of_our_names_stops_every_start(
    gateway: Gateway, url: str, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """pip overwrites them without a word."""
    owners = {one: ["einvoice-gateway"] for one in OWN_NAMES} | {name: ["einvoice-gateway", "some-rules"]}
    monkeypatch.setattr(doctor, "packages_distributions", lambda: owners)
    with pytest.raises(SettingWrong, match="some-rules"):
        refuse_strangers()
    assert answers(gateway("doctor").text)["import names"][0] == "UNFIT"
    for command in ("work", "serve", "up"):
        ran = gateway(command)
        assert ran.code == 2
        assert "some-rules" in ran.err


def test_nobody_has_our_names_here() -> None:
    refuse_strangers()
