"""The way to the print house: who it is, who we are, and what each break of the line means."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import paramiko
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from paramiko.common import AUTH_FAILED
from paramiko.sftp import SFTP_FAILURE, SFTP_PERMISSION_DENIED

from channels.contract import ChannelFailure, Misconfigured, OutcomeUnknown, Parcel, Refused, Unavailable
from channels.post import CHANNEL
from channels.post.drop import DropFolder
from simulators import drop_folder
from simulators.script import Rule
from simulators.twin import Twin
from tests.channels.far_side import babbling
from tests.channels.post.conftest import Open
from tests.channels.post.letters import ADDRESS, parcel
from tests.channels.post.wire import Wire

HOUR = 3600.0
SECRET = "canary-91"


@pytest.fixture
def wire(twin: Twin) -> Iterator[Wire]:
    with Wire(twin.print_house.port) as wire:
        yield wire


def taken(twin: Twin, sent: Parcel) -> int:
    assert twin.advance(HOUR)
    return sum((s.key, s.outcome) == (sent.key, "new") for s in twin.ledger.sights("print"))


def drop(twin: Twin) -> Path:
    return twin.work / "print" / "in"


def host_key_of(key: ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey) -> str:
    form = serialization.PublicFormat.OpenSSH
    return key.public_key().public_bytes(serialization.Encoding.OpenSSH, form).decode()


def write_key(path: Path, password: bytes | None = None) -> Path:
    locked = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    pem, form = serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH
    path.write_bytes(ed25519.Ed25519PrivateKey.generate().private_bytes(pem, form, locked))
    return path


# --- who the house is -------------------------------------------------------------------------------------------------


def test_whoever_shows_another_host_key_gets_neither_login_nor_letter(twin: Twin, open_channel: Open) -> None:
    sent, stranger = parcel(), host_key_of(ed25519.Ed25519PrivateKey.generate())
    with pytest.raises(Misconfigured, match="another host key") as caught:
        open_channel(host_key=stranger).send(sent)
    assert caught.value.code == "post.host_key"
    assert taken(twin, sent) == 0


def test_a_host_key_of_another_type_is_not_even_negotiated(open_channel: Open) -> None:
    with pytest.raises(Misconfigured) as caught:
        open_channel(host_key=host_key_of(ec.generate_private_key(ec.SECP256R1()))).send(parcel())
    assert caught.value.code == "post.algorithms"


@pytest.mark.parametrize(
    "written",
    [
        "{}",
        "# changes on 1 December\n127.0.0.1 {}\n",  # as ssh-keyscan writes it
        "{other}\n{} print house\n",  # the old one and the new one
    ],
)
def test_host_keys_are_read_as_known_hosts_writes_them(twin: Twin, open_channel: Open, written: str) -> None:
    other = host_key_of(ed25519.Ed25519PrivateKey.generate())
    line = written.format(twin.print_house.host_key_line, other=other)
    assert open_channel(host_key=line).send(parcel()).signal == "post.uploaded"


# --- who we are -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("password", [None, "not needed"])
def test_a_key_lets_us_in(twin: Twin, open_channel: Open, password: str | None) -> None:
    channel = open_channel(password=password, key_file=str(twin.pki.ssh_client_key))
    assert channel.send(parcel()).signal == "post.uploaded"


def test_a_locked_key_opens_with_its_password_alone(tmp_path: Path, open_channel: Open) -> None:
    locked = write_key(tmp_path / "locked", SECRET.encode())
    assert open_channel(key_file=str(locked), key_password=SECRET).name == "post"
    for more in ({}, {"key_password": "canary-wrong"}):
        with pytest.raises(Misconfigured, match="key_password") as caught:
            open_channel(key_file=str(locked), **more)
        assert "canary" not in str(caught.value)


def test_a_login_that_the_house_does_not_know_is_our_fault_and_is_not_shown(
    twin: Twin, open_channel: Open, tmp_path: Path
) -> None:
    stranger = {"password": None, "key_file": str(write_key(tmp_path / "stranger"))}
    for wrong in ({"password": SECRET}, {"username": "nobody"}, stranger):
        sent = parcel()
        with pytest.raises(Misconfigured, match="does not let us in") as caught:
            open_channel(**wrong).send(sent)
        assert caught.value.code == "post.credentials"
        assert SECRET not in f"{caught.value}{caught.value.__cause__}"
        assert taken(twin, sent) == 0


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"host_key": ""}, "host_key is empty"),
        ({"host_key": "ssh-ed25519"}, "host_key must be one of"),
        ({"host_key": "ssh-dss AAAA"}, "host_key must be one of"),
        ({"host_key": "ssh-ed25519 !!"}, "not base64"),
        ({"host_key": "ssh-rsa AAAAC3NzaC1lZDI1NTE5"}, "no key of type ssh-rsa"),
        ({"host_key": None}, "host_key"),
        ({"password": None}, "password, key_file, or both"),
        ({"key_file": "/does/not/exist"}, "key_file"),
        ({"key_file": __file__}, "key_file"),
        ({"profile": "two words"}, "profile"),
        ({"drop_folder": "/in\n"}, "drop_folder"),
    ],
)
def test_a_wrong_setting_is_named(settings: dict[str, object], wrong: dict[str, object], named: str) -> None:
    with pytest.raises(Misconfigured, match=named):
        CHANNEL.build(settings | wrong, {})


# --- breaks of the line -----------------------------------------------------------------------------------------------


def test_a_house_that_is_silent_from_the_first_moment_gets_nothing(open_channel: Open) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(Unavailable) as caught:
        open_channel(port=silent.getsockname()[1], connect_seconds=0.3).send(parcel())
    assert (type(caught.value), caught.value.code) == (Unavailable, "post.unreachable")


def test_a_service_of_another_kind_gets_nothing(open_channel: Open) -> None:
    with babbling(b"HTTP/1.1 400 Bad Request\r\n\r\n") as url, pytest.raises(Unavailable) as caught:
        open_channel(port=int(url.rpartition(":")[2]), connect_seconds=1).send(parcel())
    assert type(caught.value) is Unavailable


def test_a_house_that_leaves_our_login_unanswered_is_no_reason_to_change_it(
    open_channel: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    released = threading.Event()
    monkeypatch.setattr(drop_folder._Gate, "check_auth_password", lambda *_: released.wait(5) and AUTH_FAILED)
    with pytest.raises(Unavailable) as caught:
        open_channel(connect_seconds=0.3).send(parcel())
    released.set()
    assert caught.value.code == "post.unreachable"


def test_letters_share_a_connection_and_a_dead_one_is_replaced_before_anything_is_sent(
    open_channel: Open, wire: Wire
) -> None:
    channel = open_channel(port=wire.port)
    for _ in range(3):
        channel.send(parcel())
    assert wire.connections == 1
    wire.cut()
    assert channel.send(parcel()).signal == "post.uploaded"
    assert wire.connections == 2


def test_a_line_that_breaks_within_the_letter_leaves_nothing_taken_and_the_next_attempt_completes_it(
    twin: Twin, open_channel: Open, wire: Wire
) -> None:
    sent = parcel()
    big = replace(sent, content=sent.content + b"%" + b"x" * 3_000_000)
    channel = open_channel(port=wire.port)
    channel.send(parcel())
    wire.cut_after(500_000)
    with pytest.raises(Unavailable, match="Nothing was taken") as caught:
        channel.send(big)
    assert (type(caught.value), caught.value.code) == (Unavailable, "post.broken")
    assert taken(twin, big) == 0
    assert [one.is_dir() for one in drop(twin).glob(f"B-{big.key}-*.part")] == [True]
    assert channel.send(big).signal == "post.uploaded"
    assert taken(twin, big) == 1


def test_what_another_worker_is_filling_is_left_alone_and_does_not_get_into_the_batch(
    twin: Twin, open_channel: Open, wire: Wire
) -> None:
    """A lease may run out while its worker is merely slow: then two of them have the same letter in hand."""
    sent = parcel()
    big = replace(sent, content=sent.content + b"%" + b"x" * 3_000_000)
    wire.cut_after(500_000)
    with pytest.raises(Unavailable):
        open_channel(port=wire.port).send(big)
    (others,) = drop(twin).glob(f"B-{big.key}*.part")
    half = {one.name for one in others.iterdir()}
    with ThreadPoolExecutor() as another_worker:
        another_worker.submit(open_channel().send, big).result()
    assert taken(twin, big) == 1
    assert {one.name for one in others.iterdir()} == half


def test_a_lost_answer_names_what_to_look_for(twin: Twin, open_channel: Open) -> None:
    sent = parcel()
    twin.script.add("print", Rule("drop", {"key": sent.key}))
    with pytest.raises(OutcomeUnknown, match=rf"/in/B-{sent.key}\.ack"):
        open_channel().send(sent)


def test_a_second_worker_with_the_same_letter_makes_no_second_batch(
    twin: Twin, open_channel: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between our look and our rename the other one's batch comes into sight."""
    sent, channel = parcel(), open_channel()
    look, looks = DropFolder.look, iter((False, True))
    open_channel().send(sent)
    monkeypatch.setattr(DropFolder, "look", lambda *given: look(*given) if next(looks) else None)
    receipt = channel.send(sent)
    assert "already" in receipt.text
    assert taken(twin, sent) == 1


# --- what the house does not let us do --------------------------------------------------------------------------------


def say(code: int) -> Callable[..., int]:
    return lambda *_: code


@pytest.mark.parametrize(
    ("place", "step", "code", "family", "failure"),
    [
        (drop_folder.Session, "mkdir", SFTP_PERMISSION_DENIED, Misconfigured, "post.permission"),
        (drop_folder.Session, "rename", SFTP_PERMISSION_DENIED, Misconfigured, "post.permission"),
        (drop_folder.Session, "rename", SFTP_FAILURE, Unavailable, "post.failure"),
        (paramiko.SFTPHandle, "write", SFTP_FAILURE, Unavailable, "post.failure"),  # the disk is full
    ],
)
def test_what_the_house_refuses_has_its_family_and_the_letter_waits(
    twin: Twin,
    open_channel: Open,
    monkeypatch: pytest.MonkeyPatch,
    place: type,
    step: str,
    code: int,
    family: type[ChannelFailure],
    failure: str,
) -> None:
    sent, channel = parcel(), open_channel()
    with monkeypatch.context() as patch:
        patch.setattr(place, step, say(code))
        with pytest.raises(ChannelFailure) as caught:
            channel.send(sent)
        assert (type(caught.value), caught.value.code) == (family, failure)
    assert channel.send(sent).signal == "post.uploaded"
    assert taken(twin, sent) == 1


def test_a_file_that_arrives_shorter_than_it_was_is_no_letter(
    open_channel: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = paramiko.SFTPHandle.write
    monkeypatch.setattr(paramiko.SFTPHandle, "write", lambda handle, at, data: write(handle, at, data[:-1]))
    with pytest.raises(Unavailable, match="size mismatch"):
        open_channel().send(parcel())


def test_a_missing_status_folder_is_named(open_channel: Open) -> None:
    with pytest.raises(Misconfigured, match="status_folder") as caught:
        list(open_channel(status_folder="/nowhere").collect({parcel().key: ""}))
    assert caught.value.code == "post.folder"


def test_another_batch_of_this_id_is_found_wherever_it_lies(twin: Twin, open_channel: Open) -> None:
    sent, channel = parcel(), open_channel()
    channel.send(sent)
    other = replace(sent, content=sent.content + b"\n")
    for seconds in (0, HOUR):  # in the drop folder, and taken
        assert twin.advance(seconds)
        for call in (channel.send, lambda one: channel.ask(one, "")):
            with pytest.raises(Refused, match="another batch") as caught:
                call(other)
            assert caught.value.signal == "post.batch_refused"


def test_a_file_is_read_to_one_byte_behind_the_limit(twin: Twin, open_channel: Open) -> None:
    (drop(twin) / "long.ack").write_bytes(b"x" * 100_000)
    with open_channel()._lines.lend() as line:
        assert len(line.read("/in/long.ack", 40_000)) == 40_001
        assert len(line.read("/in/long.ack", 100_000)) == 100_000


def test_an_acknowledgement_need_not_say_anything(twin: Twin, open_channel: Open) -> None:
    for content in (
        b"",
        b"taken, thank you",
        b'["B-1"]',
        json.dumps({"taken": "yes"}).encode(),
        b"[" * 5000,
        b'"\xff"',
    ):
        sent = parcel()
        (drop(twin) / f"B-{sent.key}.ack").write_bytes(content)
        receipt = open_channel().send(sent)
        assert receipt.signal == "post.accepted"
        assert receipt.proof
        assert taken(twin, sent) == 0


@pytest.mark.parametrize("key", ["../../etc/x", "short", "a" * 65, "a b c d e f g h", "12345678.pdf"])
def test_a_key_that_is_none_never_becomes_a_path(open_channel: Open, key: str) -> None:
    with pytest.raises(Misconfigured, match="no key of a letter"):
        open_channel().send(replace(parcel(), key=key))


def test_a_letter_without_an_address_is_not_uploaded(twin: Twin, open_channel: Open) -> None:
    sent = parcel({term: text for term, text in ADDRESS.items() if term != "line1"} | {"city": " "})
    with pytest.raises(ChannelFailure, match="no street and no town") as caught:
        open_channel().send(sent)
    assert vars(caught.value)["signal"] == "post.rejected.address"
    assert not list(drop(twin).glob(f"*{sent.key}*"))
