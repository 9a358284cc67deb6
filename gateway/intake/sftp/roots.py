"""The roots of all senders below one folder: `<tenant>/<sender>/`, by their ids."""

import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

from gateway.intake.sftp.disk import Caps
from gateway.intake.sftp.root import Root


class Roots:
    """Gives every session and every answer for a sender the same root."""

    def __init__(self, folder: Path, caps: Caps) -> None:
        self._folder, self._caps = folder, caps
        self._lock = threading.Lock()
        self._known: dict[tuple[uuid.UUID, uuid.UUID], Root] = {}

    def of(self, tenant: uuid.UUID, sender_id: uuid.UUID) -> Root:
        """The root of this sender; its folders are made where they are not there."""
        with self._lock:
            root = self._known.get((tenant, sender_id))
            if root is None:
                folder = self._folder / str(tenant) / str(sender_id)
                root = self._known[tenant, sender_id] = Root(folder, tenant, sender_id, self._caps)
            return root

    def known(self) -> list[Root]:
        """The roots of all senders that came since the start, and those that `on_disk` found."""
        with self._lock:
            return list(self._known.values())

    def on_disk(self) -> Iterator[Root]:
        """The root of every sender that ever came."""
        for folder in self._folder.glob("*/*"):
            try:
                yield self.of(uuid.UUID(folder.parent.name), uuid.UUID(folder.name))
            except ValueError:
                continue  # not a sender's folder: nothing of ours
