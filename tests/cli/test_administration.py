"""Tenants, senders, keys, accounts, people and rules, as an operator makes them."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from gateway.intake.accounts import add_person, add_sender, add_sftp_account, add_tenant, sender_named
from gateway.intake.passwords import verify_password
from gateway.store import access, parties
from gateway.store.session import open_store
from tests.cli.conftest import Gateway
from tests.cli.test_route import BOOK
from tests.clocks import NOON
from tests.databases import database

PASSWORD = "a long enough password"


@pytest.fixture
def url(gateway_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An installation without anybody in it."""
    monkeypatch.setenv("DATABASE_URL", gateway_database)
    monkeypatch.chdir(tmp_path)
    return gateway_database


@pytest.fixture
def north(url: str, gateway: Gateway) -> str:
    """An installation with one tenant and one sender."""
    assert gateway("tenant", "add", "North").code == 0
    assert gateway("sender", "add", "ERP").code == 0
    return url


def test_the_first_tenant_sender_and_key(gateway: Gateway, north: str) -> None:
    assert gateway("tenant", "list").text.splitlines()[1].split()[0] == "North"
    assert gateway("sender", "list").text.splitlines()[1].split()[0] == "ERP"
    made = gateway("key", "add", "nightly", "--days", 30)
    key = made.text.strip()
    assert made.out == f"{key}\n".encode(), "the key, and nothing that a script would take for a part of it"
    store = open_store(north)
    with store.across() as transaction:
        (found,) = access.api_keys(transaction, key[:11])
    store.close()
    assert key not in found.hash
    assert found.expires_at is not None


def test_a_tenant_begins_with_rules(gateway: Gateway, north: str) -> None:
    assert "rules:" in gateway("rules", "export").text


def test_a_key_is_revoked_by_its_visible_part(gateway: Gateway, north: str) -> None:
    key = gateway("key", "add", "nightly").text.strip()
    assert gateway("key", "revoke", key[:11]).code == 0
    ran = gateway("key", "revoke", "gw_00000000")
    assert (ran.code, ran.out) == (2, b"")


def key_pair() -> tuple[str, str]:
    """A new key as OpenSSH writes it: public, private."""
    made = Ed25519PrivateKey.generate()
    public = made.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    return public, made.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode()


def test_an_account_of_the_sftp_door_has_keys_a_password_or_both(gateway: Gateway, north: str, tmp_path: Path) -> None:
    public, _ = key_pair()
    file = tmp_path / "erp.pub"
    file.write_text(f"# ours\n{public} erp@north\n\n", encoding="utf-8")
    assert gateway("sftp", "add", "erp-north", "--public-key", file).code == 0
    assert gateway("sftp", "add", "erp-both", "--public-key", file, "--password", typed=f"{PASSWORD}\n" * 2).code == 0
    store = open_store(north)
    with store.across() as transaction:
        by_key, both = (access.sftp_account(transaction, name) for name in ("erp-north", "erp-both"))
    store.close()
    assert by_key is not None
    assert both is not None
    assert by_key.public_keys == both.public_keys == (public,)
    assert by_key.password_hash is None
    assert verify_password(both.password_hash or "", PASSWORD)


def test_a_private_key_that_is_given_by_mistake_is_neither_kept_nor_shown(
    gateway: Gateway, north: str, tmp_path: Path
) -> None:
    _, private = key_pair()
    file = tmp_path / "id_ed25519"
    file.write_text(private, encoding="utf-8")
    ran = gateway("sftp", "add", "erp-north", "--public-key", file)
    assert (ran.code, ran.out) == (2, b"")
    assert "public key" in ran.err
    assert not [line for line in private.splitlines() if line in ran.err]


def test_a_person_at_the_desk_gets_a_login(gateway: Gateway, north: str) -> None:
    ran = gateway("user", "add", "Mira@Support.example", "--role", "operator", typed=f"{PASSWORD}\n" * 2)
    assert ran.code == 0
    store = open_store(north)
    with store.across() as transaction:
        (found,) = access.people(transaction, "mira@support.example")
    store.close()
    assert (found.role, found.email) == ("operator", "mira@support.example")
    assert verify_password(found.password_hash, PASSWORD)


REFUSED: list[tuple[list[str], str, str]] = [
    # words, typed, told
    (["tenant", "add", "North"], "", "there is one called North"),
    (["tenant", "add", " "], "", "one line"),
    (["tenant", "add", "a\x1b[31mb"], "", "one line"),
    (["sender", "add", "ERP"], "", "there is one called ERP"),
    (["sender", "add", "x" * 201], "", "one line"),
    (["key", "add", "k", "--sender", "CRM"], "", "none called CRM; there are ERP"),
    (["key", "add", "k", "--tenant", "South"], "", "none called South; there are North"),
    (["sftp", "add", "ERP North", "--password"], f"{PASSWORD}\n" * 2, "small letters"),
    (["sftp", "add", "erp-north"], "", "a password or a public key"),
    (["sftp", "add", "taken", "--password"], f"{PASSWORD}\n" * 2, "taken"),
    (["user", "add", "nobody"], "", "nobody is none"),
    (["user", "add", "a@b.example", "--role", "king"], "", "support, operator"),
    (["user", "add", "a@b.example"], "short\nshort\n", "fewer than 12"),
    (["user", "add", "taken@b.example"], f"{PASSWORD}\n" * 2, "taken"),
    (["rules", "import", "missing.yaml"], "", "No such file"),
    (["sender", "add", "B", "--settings", "list.json"], "", "no JSON object"),
    (["sender", "add", "B", "--settings", "broken.json"], "", "settings file"),
    (["sender", "add", "B", "--mapping", "broken.json"], "", "mapping"),
]


@pytest.fixture(scope="module")
def settled(postgres_server: str, newest_schema: str) -> Iterator[str]:
    """An installation with a tenant, a sender, an account and a person, that nothing below changes."""
    with database(postgres_server, template=newest_schema) as url:
        store = open_store(url, connections=1)
        tenant = add_tenant(store, "North", NOON)
        with store.of(tenant) as transaction:
            add_sender(transaction, "ERP", {}, NOON)
            add_person(transaction, "taken@b.example", "Mira", PASSWORD, "support", NOON)
            sender = sender_named(transaction, "")
        add_sftp_account(store, sender, "taken", NOON, password=PASSWORD)
        store.close()
        yield url


@pytest.mark.parametrize(("words", "typed", "told"), REFUSED, ids=[" ".join(one[0])[:40] for one in REFUSED])
def test_what_cannot_be_taken_is_said_and_nothing_changes(
    gateway: Gateway,
    settled: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    typed: str,
    told: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "list.json").write_text("[]", encoding="utf-8")
    (tmp_path / "broken.json").write_text("{", encoding="utf-8")
    ran = gateway(*words, typed=typed, DATABASE_URL=settled)
    assert (ran.code, ran.out) == (2, b"")
    assert told in ran.err
    assert PASSWORD not in ran.err
    assert len(gateway("tenant", "list").text.splitlines()) == 2
    assert len(gateway("sender", "list").text.splitlines()) == 2


def test_settings_of_a_sender_are_kept_as_they_are_given(gateway: Gateway, north: str, tmp_path: Path) -> None:
    settings = tmp_path / "sender.json"
    settings.write_text(json.dumps({"language": "de", "country": "AT"}), encoding="utf-8")
    assert gateway("sender", "add", "Second", "--settings", settings).code == 0
    store = open_store(north)
    with store.across() as across:
        ((tenant, _),) = parties.tenants(across)
    with store.of(tenant) as transaction:
        (found,) = [one for one in parties.senders(transaction) if one.name == "Second"]
    store.close()
    assert found.settings == {"language": "de", "country": "AT"}


def settings_of(url: str) -> dict[str, object]:
    """The settings of the only sender."""
    store = open_store(url)
    with store.across() as across:
        ((tenant, _),) = parties.tenants(across)
    with store.of(tenant) as transaction:
        found = dict(sender_named(transaction, "").settings)
    store.close()
    return found


def test_a_setting_of_a_sender_is_changed_and_the_others_stay(gateway: Gateway, north: str, tmp_path: Path) -> None:
    settings = tmp_path / "sender.json"
    for given in ({"language": "de", "country": "AT"}, {"language": "sv", "country": None}):
        settings.write_text(json.dumps(given), encoding="utf-8")
        assert gateway("sender", "set", "ERP", "--settings", settings).code == 0
    assert settings_of(north) == {"language": "sv"}
    assert gateway("sender", "set", "CRM", "--settings", settings).code == 2


def test_an_account_is_closed_and_a_person_shut_out(gateway: Gateway, north: str) -> None:
    assert gateway("sftp", "add", "erp-north", "--password", typed=f"{PASSWORD}\n{PASSWORD}\n").code == 0
    assert gateway("user", "add", "mira@support.example", typed=f"{PASSWORD}\n{PASSWORD}\n").code == 0
    assert gateway("sftp", "disable", "erp-north").code == 0
    assert gateway("user", "disable", "mira@support.example").code == 0
    store = open_store(north)
    with store.across() as across:
        account = access.sftp_account(across, "erp-north")
        (person,) = access.people(across, "mira@support.example")
    store.close()
    assert account is not None
    assert account.disabled
    assert person.disabled
    assert gateway("sftp", "disable", "nobody-here").code == 2
    assert gateway("user", "disable", "nobody@support.example").code == 2


def test_rules_go_out_and_come_back_the_same(gateway: Gateway, north: str, tmp_path: Path) -> None:
    book = tmp_path / "rules.yaml"
    book.write_text(BOOK, encoding="utf-8")
    assert gateway("rules", "import", book).text == "2 rules and 1 recipients.\n"
    exported = gateway("rules", "export")
    again = tmp_path / "again.yaml"
    again.write_bytes(exported.out)
    assert gateway("rules", "import", again).text == "2 rules and 1 recipients.\n"
    assert gateway("rules", "export").out == exported.out


def test_the_rules_of_several_books_stand_one_after_the_other(gateway: Gateway, north: str, tmp_path: Path) -> None:
    first, second = tmp_path / "first.yaml", tmp_path / "second.yaml"
    first.write_text("rules: [{name: A, then: {channel: mail}}, {name: B, then: {channel: post}}]", encoding="utf-8")
    second.write_text("rules: [{name: C, then: {channel: peppol}}]", encoding="utf-8")
    assert gateway("rules", "import", first, second).text == "3 rules and 0 recipients.\n"
    exported = gateway("rules", "export").text
    assert [line[8:] for line in exported.splitlines() if line.startswith("- name: ")] == ["A", "B", "C"]
    ran = gateway("rules", "import", first, second, first)
    assert (ran.code, ran.text) == (0, "3 rules and 0 recipients.\n"), "the same file named twice is one file"


def test_what_is_wrong_in_one_of_several_books_names_its_file(gateway: Gateway, north: str, tmp_path: Path) -> None:
    good, bad, twin = (tmp_path / name for name in ("good.yaml", "bad.yaml", "twin.yaml"))
    good.write_text(BOOK, encoding="utf-8")
    twin.write_text(BOOK, encoding="utf-8")
    bad.write_text("nothing of the kind", encoding="utf-8")
    assert f"This rule book {bad} cannot be taken: line 1: the file must" in gateway("rules", "import", good, bad).err
    assert "is given more than once" in gateway("rules", "import", good, twin).err


def test_an_option_that_nobody_knows_is_refused_with_its_row(gateway: Gateway, north: str, tmp_path: Path) -> None:
    book = tmp_path / "rules.yaml"
    book.write_text("rules:\n- name: A\n  then: {channel: sdi, options: {singed: true}}\n", encoding="utf-8")
    ran = gateway("rules", "import", book)
    assert ran.code == 2
    assert "rules[0].then (line 3): options of the way `sdi`" in ran.err
    assert "`singed`; it may hold sign, recipient_code" in ran.err


def test_of_several_rule_books_all_are_taken_or_none(gateway: Gateway, north: str, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text(BOOK, encoding="utf-8")
    bad.write_text("rules: 7", encoding="utf-8")
    before = gateway("rules", "export").out
    assert gateway("rules", "import", good, bad).code == 2
    assert gateway("rules", "export").out == before


def test_without_a_tenant_the_way_to_make_one_is_said(gateway: Gateway, url: str) -> None:
    ran = gateway("log")
    assert ran.code == 2
    assert "gateway tenant add" in ran.err
