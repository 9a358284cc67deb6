"""kill -9 of the doors: what was answered is kept, what was not answered is taken in once when it comes again."""

import json
from contextlib import suppress
from typing import Final

import httpx
import paramiko
import pytest

from gateway.clock import SystemClock
from gateway.intake.accounts import add_key, add_sftp_account, sender_named
from gateway.lifecycle import Headline
from gateway.store import log
from gateway.store.records import SubmissionView
from tests.crash.scene import EXAMPLES, TENANT, Scene

FILE: Final = "fatture-vendita.csv"
CONTENT: Final = (EXAMPLES / "erp" / FILE).read_bytes()
USER, PASSWORD = "erp-north", "a password that opens nothing"
# Where the doors die, and what the same call is answered when it is made again.
POINTS: Final = {
    "before the archiving of receive receive": "accepted",
    "after the archiving of receive receive": "accepted",
    "before the commit of receive receive": "accepted",
    "after the commit of receive receive": "same_key",
}


def opened(run: Scene, end: str = "") -> dict[str, object]:
    """The doors, and where they are; with an end, they die at it."""
    ready = run.folder / "ready.json"
    ready.unlink(missing_ok=True)
    run.start("serve", end=end)
    run.wait(ready.exists, "open doors")
    where: dict[str, object] = json.loads(ready.read_text(encoding="utf-8"))
    return where


def taken_in(run: Scene) -> list[SubmissionView]:
    """What came in under the name of the file."""
    with run.store.of(TENANT) as transaction:
        found = log.submissions(transaction, after=None, limit=100)
    return [one for one in found if one.file_name == FILE]


def kept_once(run: Scene) -> None:
    """One submission, its bytes in the archive, one event that says so."""
    (one,) = taken_in(run)
    assert run.archive.get(TENANT, one.sha256) == CONTENT
    with run.store.of(TENANT) as transaction:
        told = [event for event in log.events_of(transaction) if event.submission_id == one.id]
    assert [event.type for event in told] == ["submission.received"]


@pytest.mark.slow
@pytest.mark.parametrize("end", POINTS)
def test_a_call_that_was_cut_off_is_made_again(packed: Scene, end: str) -> None:
    with packed.store.of(TENANT) as transaction:
        key = add_key(transaction, sender_named(transaction, "").id, "the test", SystemClock().now()).text

    def submit(api: object, idempotency_key: str = "once") -> httpx.Response:
        headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": idempotency_key}
        return httpx.post(
            f"{api}/v1/submissions", params={"file_name": FILE}, content=CONTENT, headers=headers, timeout=60
        )

    dying = opened(packed, end)["api"]
    with pytest.raises(httpx.TransportError):
        submit(dying)
    packed.wait(lambda: packed.started[0].ends_within(0), "the end of the doors")
    assert packed.started[0].journal[-1] == end
    again = opened(packed)["api"]
    assert submit(again).json()["answer"] == POINTS[end]
    assert submit(again).json()["answer"] == "same_key"
    kept_once(packed)
    assert submit(again, "another-key").json()["answer"] == "same_bytes"


def upload(where: dict[str, object]) -> None:
    """Drop the file as an ERP does."""
    door = where["sftp"]
    assert isinstance(door, dict)
    transport = paramiko.Transport((str(door["host"]), int(str(door["port"]))))
    try:
        transport.connect(username=USER, password=PASSWORD)
        client = paramiko.SFTPClient.from_transport(transport)
        assert client is not None
        with client.open(f"in/{FILE}.part", "wb") as file:
            file.write(CONTENT)
        client.rename(f"in/{FILE}.part", f"in/{FILE}")
    finally:
        transport.close()


@pytest.mark.slow
@pytest.mark.parametrize("end", POINTS)
def test_an_upload_that_was_cut_off_is_taken_in_by_the_next_doors(packed: Scene, end: str) -> None:
    """The file is complete and on the disk when the doors die: nobody has to upload it again."""
    with packed.store.of(TENANT) as transaction:
        sender = sender_named(transaction, "")
    add_sftp_account(packed.store, sender, USER, SystemClock().now(), password=PASSWORD)
    dying = opened(packed, end)
    with suppress(OSError, EOFError, paramiko.SSHException):
        upload(dying)
    packed.wait(lambda: packed.started[0].ends_within(0), "the end of the doors")
    opened(packed)
    packed.wait(lambda: bool(taken_in(packed)), "the file taken in")
    kept_once(packed)


@pytest.mark.slow
def test_what_the_doors_took_in_before_they_died_is_delivered(packed: Scene) -> None:
    with packed.store.of(TENANT) as transaction:
        key = add_key(transaction, sender_named(transaction, "").id, "the test", SystemClock().now()).text
    api = opened(packed, "after the commit of receive receive")["api"]
    with suppress(httpx.TransportError):
        httpx.post(
            f"{api}/v1/submissions",
            params={"file_name": FILE},
            content=CONTENT,
            headers={"Authorization": f"Bearer {key}"},
        )
    packed.drain()
    ends = {one.document.number: one.document.headline for one in packed.documents()}
    assert {ends[number] for number in ("2026/77", "2026/78", "2026/79")} == {Headline.DELIVERED}
