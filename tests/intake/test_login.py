"""Who comes in at the SFTP door, who does not, and that nothing but files is behind it."""

import datetime
import re
import socket
import struct
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import paramiko
import pytest
from structlog.testing import capture_logs

from gateway.errors import DatabaseUnavailable, SettingWrong, TooBusy
from gateway.intake.sftp.gate import Doorkeeper
from gateway.intake.sftp.guests import Guests, network_of
from gateway.settings import SftpSettings
from gateway.store import access
from gateway.store.session import Store
from gateway.store.tables import SftpAccountRow
from tests.clocks import MovableClock
from tests.intake.house import (
    OTHER_USER,
    PASSWORD,
    PATIENCE,
    USER,
    Premises,
    client,
    eventually,
    line,
    new_key,
    premises,
)
from tests.pipeline.house import SENDER, TENANT

SECOND = datetime.timedelta(seconds=1)


def test_a_sender_comes_in_by_its_key_and_sees_its_three_folders(made: Premises) -> None:
    with made.door() as door, client(door, made.key) as sftp:
        assert sorted(sftp.listdir("/")) == ["errors", "in", "out"]


def test_a_sender_comes_in_by_its_password(made: Premises) -> None:
    with made.door() as door, line(door) as transport:
        transport.auth_password(USER, PASSWORD)
        assert transport.is_authenticated()
        opened = paramiko.SFTPClient.from_transport(transport)
        assert opened is not None
        assert opened.listdir("in") == []


def test_everybody_is_told_the_same_ways_to_log_in(made: Premises) -> None:
    with made.door() as door:
        for user in (USER, "nobody-here"):
            with line(door) as transport, pytest.raises(paramiko.BadAuthenticationType) as refused:
                transport.auth_none(user)
            assert sorted(refused.value.allowed_types) == ["password", "publickey"]


FAILURES: list[tuple[str, Callable[[paramiko.Transport, Premises], object]]] = [
    ("a wrong password", lambda transport, made: transport.auth_password(USER, "wrong")),
    ("an empty password", lambda transport, made: transport.auth_password(USER, "")),
    ("an unknown name", lambda transport, made: transport.auth_password("nobody-here", PASSWORD)),
    ("a name with a NUL", lambda transport, made: transport.auth_password("a\x00b", PASSWORD)),
    ("a name without end", lambda transport, made: transport.auth_password("a" * 10_000, PASSWORD)),
    ("a key that nobody knows", lambda transport, made: transport.auth_publickey(USER, new_key())),
    ("the key of another sender", lambda transport, made: transport.auth_publickey(USER, made.other_key)),
    ("a key under an unknown name", lambda transport, made: transport.auth_publickey("nobody-here", made.key)),
]


@pytest.mark.parametrize(("_what", "attempt"), FAILURES, ids=[what for what, _ in FAILURES])
def test_nobody_else_comes_in_and_the_log_says_so_without_secrets(
    made: Premises, _what: str, attempt: Callable[[paramiko.Transport, Premises], object]
) -> None:
    with capture_logs() as logged, made.door() as door, line(door) as transport:
        with pytest.raises(paramiko.AuthenticationException):
            attempt(transport, made)
        assert not transport.is_authenticated()
    failed = [entry for entry in logged if entry["event"] == "a login failed at the SFTP door"]
    assert len(failed) == 1
    assert failed[0]["network"] == "127.0.0.1"
    assert PASSWORD not in repr(logged)
    assert "wrong" not in repr(logged)
    assert len(failed[0]["username"]) < 70


def test_an_account_that_is_disabled_loses_its_open_session_within_five_seconds(made: Premises) -> None:
    with made.door() as door, client(door, made.key) as sftp, client(door, made.other_key, OTHER_USER) as other:
        upload = sftp.open("in/half.xml", "wb")
        upload.write(b"<Invoice>")
        upload.flush()
        channel, begun = sftp.get_channel(), time.monotonic()
        assert channel is not None
        with made.house.store.of(TENANT) as transaction:
            access.disable_sftp_account(transaction, USER, made.receiving.clock.now())
        eventually(lambda: channel.closed)
        assert time.monotonic() - begun < 5
        with pytest.raises(OSError, match="closed"):
            sftp.listdir("in")
        assert other.listdir("in") == [], "others stay"
    assert made.submissions() == [], "what it had not closed is not complete"


def test_while_accounts_cannot_be_looked_at_nobody_is_sent_away(
    made: Premises, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = threading.Event()

    def away(self: Doorkeeper, accounts: object) -> frozenset[uuid.UUID]:
        looked.set()
        raise DatabaseUnavailable("restarting")

    monkeypatch.setattr(Doorkeeper, "shut_out", away)
    with made.door() as door, client(door, made.key) as sftp:
        assert looked.wait(PATIENCE)
        assert sftp.listdir("in") == []


def test_a_disabled_account_is_closed_to_its_key_and_its_password(made: Premises, store: Store) -> None:
    with store.across() as across:
        account = access.sftp_account(across, USER)
    assert account is not None
    with store.of(TENANT) as transaction:
        row = transaction.session.get_one(SftpAccountRow, (TENANT, account.id))
        row.disabled_at = made.receiving.clock.now()
        transaction.session.add(row)
    keeper = Doorkeeper(store)
    assert keeper.by_password(USER, PASSWORD) is None
    assert keeper.by_key(USER, made.key) is None
    assert keeper.by_password(OTHER_USER, PASSWORD) is not None


def test_an_account_without_a_password_is_not_opened_by_any(made: Premises, store: Store) -> None:
    with store.of(TENANT) as transaction:
        access.add_sftp_account(
            transaction,
            sender_id=SENDER,
            username="key-only",
            password_hash=None,
            public_keys=[],
            now=made.house.clock.now(),
        )
    keeper = Doorkeeper(store)
    for guess in ("", PASSWORD, "None"):
        assert keeper.by_password("key-only", guess) is None


def test_a_short_rsa_key_opens_nothing_and_keys_are_found_among_options_and_rubbish(
    store: Store, made: Premises
) -> None:
    short, good = paramiko.RSAKey.generate(1_024), new_key()
    lines = [f"ssh-rsa {short.get_base64()}", "rubbish", "AAAA!", f'from="10.0.0.1" ssh-ed25519 {good.get_base64()} me']
    with store.of(TENANT) as transaction:
        access.add_sftp_account(
            transaction,
            sender_id=SENDER,
            username="many-keys",
            password_hash=None,
            public_keys=lines,
            now=made.house.clock.now(),
        )
    keeper = Doorkeeper(store)
    assert keeper.by_key("many-keys", short) is None
    assert keeper.by_key("many-keys", good) is not None


def test_an_unknown_name_takes_as_long_as_a_wrong_password(made: Premises, store: Store) -> None:
    keeper = Doorkeeper(store)

    def fastest(username: str) -> float:
        times = []
        for _ in range(5):
            begun = time.perf_counter()
            assert keeper.by_password(username, "wrong") is None
            times.append(time.perf_counter() - begun)
        return min(times)

    # Hashing takes tens of milliseconds; without it, an unknown name would be answered in one or two.
    assert fastest("nobody-here") > fastest(USER) / 3


# --- nothing but files


def refused_channel(transport: paramiko.Transport, kind: str) -> None:
    with pytest.raises(paramiko.ChannelException):
        transport.open_channel(kind, ("127.0.0.1", 5432), ("127.0.0.1", 1), timeout=PATIENCE)


def test_there_is_no_shell_no_command_no_terminal_and_no_forwarding(made: Premises) -> None:
    with made.door() as door, line(door) as transport:
        transport.auth_publickey(USER, made.key)
        refused_channel(transport, "direct-tcpip")
        refused_channel(transport, "x11")
        with pytest.raises(paramiko.SSHException):
            transport.request_port_forward("127.0.0.1", 0)
        wanted: list[Callable[[paramiko.Channel], object]] = [
            lambda channel: channel.exec_command("id"),
            lambda channel: channel.invoke_shell(),
            lambda channel: channel.get_pty(),
            lambda channel: channel.invoke_subsystem("scp"),
        ]
        for asked in wanted:
            channel = transport.open_session(timeout=PATIENCE)
            with pytest.raises((paramiko.SSHException, EOFError)):
                asked(channel)


def test_nothing_is_behind_the_door_for_who_has_not_logged_in(made: Premises) -> None:
    with made.door() as door, line(door) as transport, pytest.raises((paramiko.SSHException, EOFError)):
        transport.open_session(timeout=PATIENCE)


def test_old_ciphers_are_not_spoken(made: Premises) -> None:
    with made.door() as door:
        for old in ("aes128-cbc", "3des-cbc"):
            transport = paramiko.Transport(("127.0.0.1", door.port))
            transport.get_security_options().ciphers = (old,)
            with pytest.raises(paramiko.SSHException):
                transport.start_client(timeout=PATIENCE)
            transport.close()


def test_a_packet_that_says_it_is_huge_ends_the_connection_before_it_is_kept(made: Premises) -> None:
    with made.door() as door, socket.create_connection(("127.0.0.1", door.port), timeout=PATIENCE) as raw:
        raw.sendall(b"SSH-2.0-test\r\n" + struct.pack(">I", 2**31 - 4) + b"\x00" * 64)
        while raw.recv(4_096):
            pass  # its greeting and its offer of algorithms; then it hangs up


def test_a_request_that_says_it_is_huge_ends_the_session(made: Premises) -> None:
    with made.door() as door, client(door, made.key) as sftp:
        channel = sftp.get_channel()
        assert channel is not None
        channel.sendall(struct.pack(">IBI", 2**31, 5, 1))
        eventually(lambda: channel.closed or bool(channel.eof_received))


# --- how many, how often, how long


def test_a_line_that_never_logs_in_is_cut_after_twenty_seconds(store: Store, tmp_path: Path) -> None:
    clock = MovableClock()
    made = premises(store, tmp_path, clock)
    with (
        made.door() as door,
        line(door) as silent,
        socket.create_connection(("127.0.0.1", door.port), timeout=PATIENCE) as mute,
        client(door, made.key) as sftp,
    ):
        clock.let_pass(21 * SECOND)
        eventually(lambda: not silent.is_active())
        while mute.recv(4_096):
            pass
        assert sftp.listdir("in") == []


def test_a_session_that_says_nothing_is_cut_after_its_idle_time(store: Store, tmp_path: Path) -> None:
    clock = MovableClock()
    made = premises(store, tmp_path, clock)
    with made.door(idle=60) as door, client(door, made.key) as sftp:
        clock.let_pass(59 * SECOND)
        assert sftp.listdir("in") == []
        clock.let_pass(59 * SECOND)
        assert sftp.listdir("in") == []
        channel = sftp.get_channel()
        assert channel is not None

        def is_cut_when_a_minute_has_gone() -> bool:
            clock.let_pass(61 * SECOND)
            return channel.closed

        eventually(is_cut_when_a_minute_has_gone)


def test_an_account_has_no_more_sessions_than_it_may_and_they_end_with_their_line(made: Premises) -> None:
    with made.door(sessions_per_account=2) as door:
        with client(door, made.key), client(door, made.key):
            with line(door) as third:
                third.auth_publickey(USER, made.key)
                with pytest.raises(paramiko.ChannelException):
                    third.open_session(timeout=PATIENCE)
            with client(door, made.other_key, OTHER_USER) as other:
                assert other.listdir("in") == []

        def comes_in() -> bool:
            try:
                with client(door, made.key) as sftp:
                    return sftp.listdir("in") == []
            except paramiko.ChannelException:
                return False  # paramiko's client lets go of its line a moment after it was closed

        eventually(comes_in)


def test_an_address_that_knocks_too_often_is_not_listened_to(made: Premises) -> None:
    with made.door(logins_per_minute=3) as door:
        with line(door) as guessing:
            for guess in ("one", "two"):
                with pytest.raises(paramiko.AuthenticationException):
                    guessing.auth_password(USER, guess)
            # The right one, but too late: what is not looked at tells nothing.
            with pytest.raises(paramiko.AuthenticationException):
                guessing.auth_password(USER, PASSWORD)
        with pytest.raises((paramiko.SSHException, EOFError, OSError)), line(door):
            pass


def test_attempts_come_back_with_time_and_each_network_has_its_own() -> None:
    clock = MovableClock()
    guests = Guests(SftpSettings(logins_per_minute=2), clock)
    guests.arrive("192.0.2.1")
    guests.arrive("192.0.2.1")
    with pytest.raises(TooBusy):
        guests.arrive("192.0.2.1")
    guests.arrive("192.0.2.2")
    clock.let_pass(31 * SECOND)
    guests.arrive("192.0.2.1")


def test_strangers_take_no_place_from_who_has_a_session() -> None:
    clock = MovableClock()
    guests = Guests(SftpSettings(sessions=2, sessions_per_account=2), clock)
    inside = guests.arrive("192.0.2.1")
    guests.enter(inside, uuid.UUID(int=1))
    first = guests.arrive("192.0.2.2")
    guests.arrive("192.0.2.3")
    with pytest.raises(TooBusy):
        guests.arrive("192.0.2.4")
    guests.enter(first, uuid.UUID(int=2))
    guests.arrive("192.0.2.4")
    assert not guests.is_overdue(inside)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),  # the same, as a socket for both kinds tells it
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),  # one customer has all of these
        ("fe80::1%eth0", "fe80::/64"),
    ],
)
def test_attempts_are_counted_by_what_one_guest_holds_of_an_address(address: str, network: str) -> None:
    assert network_of(address) == network


# --- the door itself


def test_the_door_has_the_same_key_after_a_restart_and_it_is_its_own_alone(made: Premises) -> None:
    with made.door() as door:
        first = door.host_key
    with made.door() as door:
        assert door.host_key == first
    assert re.fullmatch(r"ssh-ed25519 AAAA[A-Za-z0-9+/=]+", first)
    assert (made.folder / "host_key").stat().st_mode & 0o777 == 0o600
    assert made.folder.stat().st_mode & 0o777 == 0o700


def test_a_host_key_that_others_may_read_or_that_is_broken_is_not_used(made: Premises) -> None:
    with made.door():
        pass
    key = made.folder / "host_key"
    key.chmod(0o644)
    with pytest.raises(SettingWrong, match="others may read"), made.door():
        pass
    key.chmod(0o600)
    key.write_text("rubbish")
    with pytest.raises(SettingWrong, match="cannot be read"), made.door():
        pass


def test_small_answers_are_sent_at_once(made: Premises) -> None:
    with made.door() as door, client(door, made.key):
        (connection,) = door._connections
        assert connection.transport.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)  # type: ignore[union-attr]  # a socket, as we gave it


def test_a_session_that_cannot_begin_is_logged_and_the_door_stays_open(
    made: Premises, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with made.door() as door:
        with capture_logs() as logged, monkeypatch.context() as patch:
            patch.setattr("gateway.intake.sftp.roots.Root", full)
            with pytest.raises((paramiko.SSHException, EOFError)), client(door, made.key):
                pass
            eventually(lambda: any(entry["event"] == "a session of the SFTP door broke down" for entry in logged))
        with client(door, made.key) as sftp:
            assert sftp.listdir("in") == []


def test_a_folder_has_one_door(made: Premises) -> None:
    with made.door(), pytest.raises(SettingWrong, match="another SFTP door"), made.door():
        pass
    with made.door():
        pass


def test_a_door_that_closes_cuts_its_lines(made: Premises) -> None:
    with made.door() as door:
        transport = paramiko.Transport(("127.0.0.1", door.port))
        transport.start_client(timeout=PATIENCE)
        transport.auth_publickey(USER, made.key)
    eventually(lambda: not transport.is_active())
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", door.port), timeout=1)
