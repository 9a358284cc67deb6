"""A complete upload becomes a submission: taken in, then gone from `in/`. In this order a crash loses nothing.

    complete/<id>.<name>  ->  archive  ->  database (key: the id)  ->  the file is removed  ->  the client hears OK

Whoever dies on the way leaves the file in `complete/`, and the next start takes it in under the same key: what was
committed already is found by it, so that it is not even a duplicate.
"""

import threading
from typing import Final

import structlog

from gateway.errors import GatewayError, TooBusy
from gateway.ids import row_id
from gateway.intake.receive import Door, Incoming, receive
from gateway.intake.sftp.root import Complete, Root
from gateway.intake.sftp.uploads import Upload
from gateway.intake.sftp.wire import Refusal, Status
from gateway.store.submissions import Intake

log = structlog.get_logger()

DOOR: Final = "sftp"

# A file is in memory while it is taken in: many small ones at once, few large ones.
_LARGE: Final = 1_000_000
_SMALL_AT_ONCE: Final = 8
_LARGE_AT_ONCE: Final = 2
_TO_CLOSE: Final = 10.0

_KEPT: Final = (
    "The file is complete and safe here, but could not be taken in yet. The gateway goes on trying: "
    "you need not upload it again."
)


class Taker:
    """Takes in the complete uploads of all senders, a bounded number at once."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._small = threading.BoundedSemaphore(_SMALL_AT_ONCE)
        self._large = threading.BoundedSemaphore(_LARGE_AT_ONCE)
        self._closing = threading.Event()

    def finish(self, root: Root, upload: Upload) -> Intake:
        """The client says that this upload is complete. Returns once it is durable; raises Refusal where it is not."""
        complete = root.complete(upload, row_id(self._door.clock.now()))
        try:
            return self.take(root, complete)
        except Exception:
            log.exception("a file waits to be taken in", tenant=str(root.tenant), file=complete.name)
            raise Refusal(Status.FAILURE, _KEPT) from None

    def take(self, root: Root, complete: Complete) -> Intake:
        """Take one complete upload in. Where that fails, it stays where it is and is tried again."""
        try:
            with self._large if complete.size > _LARGE else self._small:
                if self._closing.is_set():
                    raise TooBusy("the SFTP door is closing", 60)
                intake = receive(
                    self._door,
                    Incoming(
                        tenant=root.tenant,
                        sender_id=root.sender_id,
                        door=DOOR,
                        file_name=complete.name,
                        content=complete.path.read_bytes(),
                        idempotency_key=complete.key,
                    ),
                )
        except BaseException:
            root.postpone(complete)
            raise
        root.taken(complete)
        log.info(
            "a file was taken in",
            tenant=str(root.tenant),
            file=complete.name,
            size=complete.size,
            submission=str(intake.submission_id),
            taken=intake.taken.value,
        )
        return intake

    def close(self) -> None:
        """Begin nothing more, and wait for what has begun."""
        self._closing.set()
        for places, count in ((self._small, _SMALL_AT_ONCE), (self._large, _LARGE_AT_ONCE)):
            held = sum(places.acquire(timeout=_TO_CLOSE) for _ in range(count))
            for _ in range(held):
                places.release()

    def take_waiting(self, root: Root) -> int:
        """Take in what a crash or a failure left behind; returns how many files were."""
        taken = 0
        for complete in root.waiting():
            try:
                self.take(root, complete)
            except GatewayError as error:
                log.warning("a file waits to be taken in", file=complete.name, code=error.code, reason=str(error))
            except Exception:
                log.exception("a file waits to be taken in", file=complete.name)
            else:
                taken += 1
        return taken
