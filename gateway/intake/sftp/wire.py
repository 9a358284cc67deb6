"""SFTP version 3 as bytes (draft-ietf-secsh-filexfer-02): packets of a client read, answers written. Knows no file.

Numbers are big-endian; a string is its length in four bytes and itself. A packet is a length (not in these functions),
a kind in one byte, the number of the request, and what the kind wants.
"""

import datetime
import stat
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

VERSION: Final = 3


class Kind(IntEnum):
    """What a client asks for; section 3."""

    INIT = 1
    OPEN = 3
    CLOSE = 4
    READ = 5
    WRITE = 6
    LSTAT = 7
    FSTAT = 8
    SETSTAT = 9
    FSETSTAT = 10
    OPENDIR = 11
    READDIR = 12
    REMOVE = 13
    MKDIR = 14
    RMDIR = 15
    REALPATH = 16
    STAT = 17
    RENAME = 18
    READLINK = 19
    SYMLINK = 20
    EXTENDED = 200


class Status(IntEnum):
    """How a request went; section 7."""

    OK = 0
    END_OF_FILE = 1
    NO_SUCH_FILE = 2
    PERMISSION_DENIED = 3
    FAILURE = 4
    BAD_MESSAGE = 5
    UNSUPPORTED = 8


class Flag(IntEnum):
    """How a file is opened; section 6.3."""

    READ = 0x01
    WRITE = 0x02
    APPEND = 0x04
    CREATE = 0x08
    TRUNCATE = 0x10
    EXCLUSIVE = 0x20


_VERSION_ANSWER: Final = 2
_STATUS_ANSWER: Final = 101
_HANDLE_ANSWER: Final = 102
_DATA_ANSWER: Final = 103
_NAME_ANSWER: Final = 104
_ATTRIBUTES_ANSWER: Final = 105

_SIZE, _OWNERS, _MODE, _TIMES, _EXTENDED = 0x1, 0x2, 0x4, 0x8, 0x80000000


class Malformed(Exception):
    """The packet ends before it is complete, or says something that cannot be."""


@dataclass
class Refusal(Exception):
    """A request that is not carried out: its status, and a sentence for the person at the other end."""

    status: Status
    text: str


@dataclass(frozen=True, slots=True)
class Attributes:
    """What is known of a file. size: bytes; mode: kind and rights as in POSIX; modified: seconds since 1970, UTC."""

    size: int | None = None
    mode: int | None = None
    modified: int | None = None

    def spelled(self) -> bytes:
        """As a client reads them."""
        flags, fields = 0, b""
        if self.size is not None:
            flags, fields = flags | _SIZE, fields + struct.pack(">Q", self.size)
        if self.mode is not None:
            flags, fields = flags | _MODE, fields + struct.pack(">I", self.mode)
        if self.modified is not None:
            flags, fields = flags | _TIMES, fields + struct.pack(">II", self.modified, self.modified)
        return struct.pack(">I", flags) + fields


class Reader:
    """Takes the fields of a packet one after the other. Raises Malformed where there is too little."""

    __slots__ = ("_at", "_content")

    def __init__(self, content: bytes) -> None:
        self._content, self._at = content, 0

    def byte(self) -> int:
        """One byte."""
        return self._take(1)[0]

    def number(self) -> int:
        """Four bytes."""
        (value,) = struct.unpack(">I", self._take(4))
        return int(value)

    def offset(self) -> int:
        """Eight bytes."""
        (value,) = struct.unpack(">Q", self._take(8))
        return int(value)

    def string(self) -> bytes:
        """A string of bytes."""
        return self._take(self.number())

    def text(self) -> str:
        """A string in UTF-8, and in nothing else: an overlong spelling is no spelling."""
        try:
            return self.string().decode()
        except UnicodeDecodeError as error:
            raise Malformed("names are spelled in UTF-8") from error

    def attributes(self) -> Attributes:
        """Attributes; owners and extensions are passed over."""
        flags = self.number()
        size = self.offset() if flags & _SIZE else None
        if flags & _OWNERS:
            self._take(8)
        mode = self.number() if flags & _MODE else None
        modified = None
        if flags & _TIMES:
            self.number()
            modified = self.number()
        if flags & _EXTENDED:
            for _ in range(self.number()):
                self.string()
                self.string()
        return Attributes(size, mode, modified)

    def _take(self, count: int) -> bytes:
        taken = self._content[self._at : self._at + count]
        if len(taken) != count:
            raise Malformed("the packet ends too early")
        self._at += count
        return taken


@dataclass(frozen=True, slots=True)
class Entry:
    """A name in a folder."""

    name: str
    attributes: Attributes

    def line(self) -> str:
        """As `ls -l` shows it; people read it, and so do some old clients."""
        mode, size = self.attributes.mode or 0, self.attributes.size or 0
        links = 2 if stat.S_ISDIR(mode) else 1
        day = datetime.datetime.fromtimestamp(self.attributes.modified or 0, datetime.UTC)
        return f"{stat.filemode(mode)} {links} gateway gateway {size:>12} {day:%b %d %Y} {self.name}"


def version(extensions: Iterable[tuple[str, str]]) -> bytes:
    """The answer to INIT, with the extensions that are understood."""
    offered = b"".join(_string(name.encode()) + _string(value.encode()) for name, value in extensions)
    return struct.pack(">BI", _VERSION_ANSWER, VERSION) + offered


def status(request: int, code: Status, text: str) -> bytes:
    """How a request went, with a sentence for people."""
    return _head(_STATUS_ANSWER, request) + struct.pack(">I", code) + _string(text.encode()) + _string(b"en")


def handle(request: int, name: bytes) -> bytes:
    """What the client calls the opened file from now on."""
    return _head(_HANDLE_ANSWER, request) + _string(name)


def data(request: int, content: bytes) -> bytes:
    """A piece of a file."""
    return _head(_DATA_ANSWER, request) + _string(content)


def names(request: int, entries: Iterable[Entry]) -> bytes:
    """Entries of a folder, or the one name that REALPATH asked for."""
    spelled = [_string(one.name.encode()) + _string(one.line().encode()) + one.attributes.spelled() for one in entries]
    return _head(_NAME_ANSWER, request) + struct.pack(">I", len(spelled)) + b"".join(spelled)


def attributes(request: int, found: Attributes) -> bytes:
    """What is known of a file."""
    return _head(_ATTRIBUTES_ANSWER, request) + found.spelled()


def _head(kind: int, request: int) -> bytes:
    return struct.pack(">BI", kind, request)


def _string(content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + content
