"""The drop folder: a batch comes into sight by one rename, or not at all.

<drop>/B-...-N.part/  is filled, the ticket last; the house does not look into it. N is the worker's own, so that two
                      with the same letter never touch each other's files, and one that comes again clears its own
<drop>/B-.../         after the rename: complete, until the house takes it away
<drop>/B-....ack      the house has it; with its `content_sha256` where the house is thorough
"""

import hashlib
import os
import socket
import threading
from dataclasses import dataclass
from typing import Final

import msgspec

from channels.contract import OutcomeUnknown, Refused
from channels.post.line import Line, LineBroke
from channels.post.ticket import Batch

_LARGEST_ANSWER: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Trace:
    """Where a batch was found, and what lies there."""

    signal: str
    text: str
    proof: bytes


class _Head(msgspec.Struct, frozen=True):
    content_sha256: str = ""


class _Answer(msgspec.Struct, frozen=True):
    """What of an acknowledgement or of a ticket tells its batch from another one."""

    content_sha256: str = ""
    batch: _Head | str = ""

    @property
    def sha256(self) -> str:
        return self.batch.content_sha256 if isinstance(self.batch, _Head) else self.content_sha256


@dataclass(frozen=True, slots=True)
class DropFolder:
    """A folder at the house, by its path there. The methods raise what `Line` raises, and more where they say so."""

    path: str

    def hand_over(self, line: Line, batch: Batch) -> Trace:
        """Bring the batch into sight, unless it has been before.

        Raises OutcomeUnknown where the answer to the rename is lost, Refused where the house has another batch of
        this id.
        """
        found = self.look(line, batch)
        if found is not None:
            return found
        folder, hidden = self._at(batch.id), self._at(f"{batch.id}-{_worker()}.part")
        try:
            self._fill(line, batch, hidden)
            self._reveal(line, hidden, folder)
        except OSError:
            # A second worker with the same letter may have been quicker: then its batch is ours.
            found = self.look(line, batch)
            if found is None:
                raise
            return found
        return Trace("post.uploaded", f"batch {batch.id} was uploaded to {folder}", batch.ticket)

    def look(self, line: Line, batch: Batch) -> Trace | None:
        """The batch in the drop folder, None where it has never been, or where the house leaves no trace.

        Raises Refused where there is another one of this id.
        """
        folder = self._at(batch.id)
        acknowledgement = _read(line, f"{folder}.ack")
        if acknowledgement is not None:
            _check_same(batch, acknowledgement)
            proof = acknowledgement or batch.ticket
            return Trace("post.accepted", f"the print house has taken batch {batch.id}", proof)
        ticket = _read(line, f"{folder}/{batch.ticket_name}")
        if ticket is not None:
            _check_same(batch, ticket)
            return Trace("post.uploaded", f"batch {batch.id} lies in {folder} already", ticket)
        return None

    def _fill(self, line: Line, batch: Batch, folder: str) -> None:
        """The hidden folder with the batch's files and nothing else, whatever an earlier attempt has left there."""
        try:
            line.make_folder(folder)
        except OSError:
            if not line.exists(folder):
                raise
            for name in line.names(folder):
                line.remove(f"{folder}/{name}")
        for name, content in batch.files.items():
            line.write(f"{folder}/{name}", content)
        line.write(f"{folder}/{batch.ticket_name}", batch.ticket)

    def _reveal(self, line: Line, hidden: str, folder: str) -> None:
        try:
            line.rename(hidden, folder)
        except LineBroke as broke:
            text = (
                f"the answer to the rename of {hidden} was lost ({broke}): the print house may have the batch. Look "
                f"for {folder} or {folder}.ack there before it is sent again"
            )
            raise OutcomeUnknown("post.no_answer", text) from broke

    def _at(self, name: str) -> str:
        return f"{self.path.rstrip('/')}/{name}"


def _worker() -> str:
    """This thread among all that may fill folders: containers on two machines share process and thread ids."""
    who = f"{socket.gethostname()}/{os.getpid()}/{threading.get_native_id()}"
    return hashlib.sha256(who.encode()).hexdigest()[:12]


def _read(line: Line, path: str) -> bytes | None:
    try:
        return line.read(path, _LARGEST_ANSWER)
    except FileNotFoundError:
        return None


def _check_same(batch: Batch, seen: bytes) -> None:
    """A house may acknowledge with an empty file: then the id alone must do, which no other letter has."""
    try:
        sha256 = msgspec.json.decode(seen, type=_Answer).sha256
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return
    if sha256 and sha256 != batch.content_sha256:
        text = (
            f"the print house has another batch under the id {batch.id}: content {sha256[:12]}, ours is "
            f"{batch.content_sha256[:12]}. Ask the print house which one it prints"
        )
        raise Refused("post.batch_known", text, "post.batch_refused", seen)
