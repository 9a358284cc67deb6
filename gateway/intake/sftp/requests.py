"""What a client asks for, one function a kind: a request comes in, its answer goes out. Knows nothing of SSH.

Rights and times are no affair of a sender. A program that sets them is told that all is well, since it does so unasked
after each upload.
"""

import errno
import itertools
from collections.abc import Callable, Mapping
from typing import Final, NoReturn

import structlog

from gateway.errors import GatewayError, WeMustRepair
from gateway.intake.sftp import wire
from gateway.intake.sftp.names import absolute, file_place, place
from gateway.intake.sftp.session import Listing, Session
from gateway.intake.sftp.wire import Attributes, Entry, Flag, Kind, Malformed, Reader, Refusal, Status

log = structlog.get_logger()

_NAMES_AT_ONCE: Final = 100
_POSIX_RENAME: Final = "posix-rename@openssh.com"
_WRITING: Final = Flag.WRITE | Flag.APPEND | Flag.CREATE | Flag.TRUNCATE


def answer(session: Session, packet: bytes) -> bytes:
    """The answer to one packet. Raises Malformed where it is not even the beginning of a request."""
    reader = Reader(packet)
    kind = reader.byte()
    if kind == Kind.INIT:
        return wire.version([(_POSIX_RENAME, "1")])
    request = reader.number()
    try:
        return _ANSWERS[kind](session, request, reader) if kind in _ANSWERS else _never(kind)
    except Refusal as refusal:
        return wire.status(request, refusal.status, refusal.text)
    except Malformed as error:
        return wire.status(request, Status.BAD_MESSAGE, f"This is no request: {error}.")
    except GatewayError as error:
        return wire.status(request, Status.FAILURE, _for_a_sender(error))
    except OSError as error:
        return _failed(request, error)
    except Exception:
        log.exception("a request at the SFTP door broke down", kind=kind, tenant=str(session.root.tenant))
        return wire.status(request, Status.FAILURE, "The gateway broke down here. Try again in a moment.")


# --- files


def _open(session: Session, request: int, reader: Reader) -> bytes:
    where, flags = file_place(reader.text()), reader.number()
    if not flags & _WRITING:
        return wire.handle(request, session.keep(lambda: session.root.read(where)))
    session.forget(where)
    return wire.handle(request, session.keep(lambda: session.root.write(where, flags)))


def _close(session: Session, request: int, reader: Reader) -> bytes:
    session.close(reader.string())
    return _done(request)


def _read(session: Session, request: int, reader: Reader) -> bytes:
    file, offset, length = session.file(reader.string()), reader.offset(), reader.number()
    content = file.read(offset, length)
    return wire.data(request, content) if content else _end(request)


def _write(session: Session, request: int, reader: Reader) -> bytes:
    upload, offset, content = session.upload(reader.string()), reader.offset(), reader.string()
    session.change(upload, lambda: upload.write(offset, content))
    return _done(request)


def _remove(session: Session, request: int, reader: Reader) -> bytes:
    where = file_place(reader.text())
    session.forget(where)
    session.root.remove(where)
    return _done(request)


def _rename(session: Session, request: int, reader: Reader, *, replaces: bool = False) -> bytes:
    source, target = file_place(reader.text()), file_place(reader.text())
    upload = session.root.rename(source, target, replaces=replaces)
    if upload is not None:
        try:
            session.finish(upload)
        finally:
            session.root.let_go(upload)
    return _done(request)


# --- folders


def _open_folder(session: Session, request: int, reader: Reader) -> bytes:
    where = place(reader.text())
    return wire.handle(request, session.keep(lambda: Listing(session.root.entries(where))))


def _read_folder(session: Session, request: int, reader: Reader) -> bytes:
    listing = session.listing(reader.string())
    entries = list(itertools.islice(listing.entries, _NAMES_AT_ONCE))
    return wire.names(request, entries) if entries else _end(request)


def _real_path(session: Session, request: int, reader: Reader) -> bytes:
    del session
    return wire.names(request, [Entry(absolute(reader.text()), Attributes())])


# --- attributes


def _look(session: Session, request: int, reader: Reader) -> bytes:
    return wire.attributes(request, session.look(place(reader.text())))


def _look_at_open(session: Session, request: int, reader: Reader) -> bytes:
    return wire.attributes(request, session.file(reader.string()).attributes())


def _set(session: Session, request: int, reader: Reader) -> bytes:
    where, wanted = file_place(reader.text()), reader.attributes()
    session.look(where)
    if wanted.size is not None:
        raise Refusal(Status.PERMISSION_DENIED, "Open the file to change its size.")
    return _done(request)


def _set_on_open(session: Session, request: int, reader: Reader) -> bytes:
    handle, size = reader.string(), reader.attributes().size
    if size is None:
        session.opened(handle)
        return _done(request)
    upload = session.upload(handle)
    session.change(upload, lambda: upload.resize(size))
    return _done(request)


def _extended(session: Session, request: int, reader: Reader) -> bytes:
    if reader.text() != _POSIX_RENAME:
        _never(Kind.EXTENDED)
    return _rename(session, request, reader, replaces=True)


_ANSWERS: Final[Mapping[int, Callable[[Session, int, Reader], bytes]]] = {
    Kind.OPEN: _open,
    Kind.CLOSE: _close,
    Kind.READ: _read,
    Kind.WRITE: _write,
    Kind.REMOVE: _remove,
    Kind.RENAME: _rename,
    Kind.OPENDIR: _open_folder,
    Kind.READDIR: _read_folder,
    Kind.REALPATH: _real_path,
    Kind.STAT: _look,
    Kind.LSTAT: _look,
    Kind.FSTAT: _look_at_open,
    Kind.SETSTAT: _set,
    Kind.FSETSTAT: _set_on_open,
    Kind.EXTENDED: _extended,
}

_FOLDERS: Final = "There are /in, /out and /errors. No other folder can be made, and none of them removed."
_LINKS: Final = "There are no links here."
_NEVER: Final[Mapping[int, str]] = {
    Kind.MKDIR: _FOLDERS,
    Kind.RMDIR: _FOLDERS,
    Kind.READLINK: _LINKS,
    Kind.SYMLINK: _LINKS,
}


def _never(kind: int) -> NoReturn:
    if kind in _NEVER:
        raise Refusal(Status.PERMISSION_DENIED, _NEVER[kind])
    raise Refusal(Status.UNSUPPORTED, "The gateway does not know this request.")


def _done(request: int) -> bytes:
    return wire.status(request, Status.OK, "Done.")


def _end(request: int) -> bytes:
    return wire.status(request, Status.END_OF_FILE, "This is the end.")


def _for_a_sender(error: GatewayError) -> str:
    """What a sender is told: nothing of our inside."""
    if isinstance(error, WeMustRepair):
        return "The gateway must be repaired before this can work; its operator has been told."
    return str(error)


def _failed(request: int, error: OSError) -> bytes:
    """What the disk says, without its words: they name our folders."""
    if error.errno in (errno.ENOENT, errno.ELOOP):
        return wire.status(request, Status.NO_SUCH_FILE, "There is no such file.")
    log.error("the disk refused a request of the SFTP door", error=error.strerror, errno=error.errno)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return wire.status(request, Status.FAILURE, "The disk of the gateway is full. Try again later.")
    return wire.status(request, Status.FAILURE, "The disk of the gateway did not do this. Try again later.")
