"""The post channel: one print house, its connections kept between letters."""

import contextlib
from collections.abc import Iterator, Mapping

from channels.contract import (
    Channel,
    ChannelFailure,
    ChannelType,
    Misconfigured,
    Notice,
    OutcomeUnknown,
    Parcel,
    Receipt,
    Unavailable,
)
from channels.kept import Kept
from channels.post.drop import DropFolder, Trace
from channels.post.host_key import read_host_keys
from channels.post.line import Account, Gate, Line, LineBroke, connect, load_key
from channels.post.settings import PostSettings
from channels.post.status import JSON, StatusFile, batch_in, notices
from channels.post.ticket import Batch, batch_id, batch_of
from channels.settings import read_settings


class PostChannel:
    """Uploads letters and reads what the house says about them.

    recognises_repeats holds by a look: before anything is uploaded, the drop folder is searched for the batch itself
    and for its acknowledgement, and a rename never replaces what is there. What the house has taken away without an
    acknowledgement can't be seen; so it holds only for a house that acknowledges, or knows a batch id again by itself
    (setting `acknowledges`).
    """

    name = "post"

    def __init__(self, gate: Gate, account: Account, settings: PostSettings) -> None:
        self._gate, self._settings = gate, settings
        self._drop = DropFolder(settings.drop_folder)
        self._lines: Kept[Line] = Kept(lambda: connect(gate, account, settings.drop_folder))

    def __repr__(self) -> str:
        return f"PostChannel({self._gate.name!r})"

    @property
    def recognises_repeats(self) -> bool:
        return self._settings.acknowledges

    def close(self) -> None:
        """Close the kept connections."""
        self._lines.close()

    def destination(self, parcel: Parcel) -> str:
        """The print house: there is one for all."""
        del parcel
        return self._gate.name

    def send(self, parcel: Parcel) -> Receipt:
        """Upload the letter as a batch of its own. Raises a ChannelFailure."""
        batch = self._batch(parcel)
        with self._lend() as line:
            trace = self._drop.hand_over(line, batch)
        return _receipt(batch.id, trace)

    def ask(self, parcel: Parcel, reference: str) -> Receipt | None:
        """Whether the house has the letter: by the drop folder, then by its status files.

        Raises OutcomeUnknown where nothing is found at a house that leaves no trace of what it takes.
        """
        batch = self._batch(parcel)
        with self._lend() as line:
            trace = self._drop.look(line, batch) or self._told(line, batch, parcel.key)
        if trace is not None:
            return _receipt(batch.id, trace)
        if self._settings.acknowledges:
            return None
        text = (
            f"batch {reference or batch.id} is not in the drop folder of {self._gate.name}, which says nothing: this "
            "house leaves no trace of what it takes. Ask it by telephone before the letter is sent again"
        )
        raise OutcomeUnknown("post.no_trace", text)

    def collect(self, references: Mapping[str, str]) -> Iterator[Notice]:
        """What the house's status files say about these letters, each time all of it."""
        if not references:
            return
        keys = {reference or batch_id(key): key for key, reference in references.items()}
        with self._lend() as line:
            found: dict[str, list[str]] = {}
            for name in line.names(self._settings.status_folder):
                found.setdefault(batch_in(name), []).append(name)
            for batch, key in keys.items():
                yield from notices(batch, key, self._read(line, found.get(batch, [])))

    def _batch(self, parcel: Parcel) -> Batch:
        return batch_of(parcel, self._settings.profile, is_test=self._settings.test)

    def _told(self, line: Line, batch: Batch, key: str) -> Trace | None:
        """What the house has said about the batch, if that was anything but a refusal."""
        names = [name for name in line.names(self._settings.status_folder) if batch_in(name) == batch.id]
        for notice in notices(batch.id, key, self._read(line, names)):
            if notice.signal == "post.accepted":
                text = f"the print house reports batch {batch.id} as taken"
                return Trace("post.accepted", text, notice.raw)
        return None

    def _read(self, line: Line, names: list[str]) -> Iterator[StatusFile]:
        limit = self._settings.largest_status
        for name in names:
            try:
                content = line.read(f"{self._settings.status_folder.rstrip('/')}/{name}", limit)
            except FileNotFoundError:  # the house tidied up in the meantime
                continue
            yield StatusFile(name, content[:limit], is_cut=len(content) > limit)

    @contextlib.contextmanager
    def _lend(self) -> Iterator[Line]:
        """A connection; what goes wrong on it in the families of the contract."""
        try:
            with self._lines.lend() as line:
                yield line
        except (LineBroke, OSError) as error:
            raise self._failure(error) from error

    def _failure(self, error: LineBroke | OSError) -> ChannelFailure:
        name = self._gate.name
        match error:
            case LineBroke():
                text = f"the connection to {name} broke before the batch came into sight ({error}). Nothing was taken"
                return Unavailable("post.broken", text)
            case PermissionError():
                text = f"{name} does not let us: {error}. Ask the print house for the rights on both folders"
                return Misconfigured("post.permission", text)
            case FileNotFoundError():
                text = f"a folder is missing at {name}: {error}. Check `drop_folder` and `status_folder`"
                return Misconfigured("post.folder", text)
        text = f"{name} could not do it: {error}. Nothing was taken; perhaps its disk is full"
        return Unavailable("post.failure", text)


def _receipt(batch: str, trace: Trace) -> Receipt:
    return Receipt(batch, trace.signal, trace.text, trace.proof, JSON)


def build(settings: Mapping[str, object], ports: Mapping[str, object]) -> Channel:
    """The channel to one print house. Raises Misconfigured with the name of the wrong setting. Needs no port."""
    del ports
    chosen = read_settings("post", settings, PostSettings)
    gate = Gate(
        chosen.host, chosen.port, read_host_keys(chosen.host_key), chosen.connect_seconds, chosen.answer_seconds
    )
    return PostChannel(gate, _account(chosen), chosen)


def _account(chosen: PostSettings) -> Account:
    key = None
    if chosen.key_file is not None:
        try:
            key = load_key(chosen.key_file, chosen.key_password)
        except ValueError as error:
            raise Misconfigured("post.key_file", f"settings `key_file` and `key_password`: {error}") from error
    return Account(chosen.username, chosen.password, key)


CHANNEL = ChannelType("post", build)
