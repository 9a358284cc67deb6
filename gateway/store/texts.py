"""Texts of others, as PostgreSQL can hold them: no NUL, no half of a surrogate pair.

Such a character comes from a broken export or out of an answer on the network. What came in lies unchanged in the
archive; the log shows a replacement character (U+FFFD) in its place, and one odd text harms no other row.
"""

import json
from typing import Final

import psycopg
from psycopg.types.string import StrDumperUnknown
from sqlalchemy import Engine, event

_REPLACEMENT: Final = "\ufffd"
# How the characters in question look in JSON; every one of them is written like this.
_SUSPECTS: Final = ("\\u0000", "\\ud8", "\\ud9", "\\uda", "\\udb", "\\udc", "\\udd", "\\ude", "\\udf")


def sound(text: str) -> str:
    """The text with a replacement for each character that PostgreSQL refuses."""
    return text.replace("\0", _REPLACEMENT).encode("utf-8", "replace").decode("utf-8")


def as_json(value: object) -> str:
    """A value for a JSON column."""
    written = json.dumps(value)
    return json.dumps(_all_sound(value)) if any(one in written for one in _SUSPECTS) else written


def _all_sound(value: object) -> object:
    if isinstance(value, str):
        return sound(value)
    if isinstance(value, dict):
        return {sound(str(name)): _all_sound(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_all_sound(one) for one in value]
    return value


class _SoundText(StrDumperUnknown):
    def dump(self, obj: str) -> bytes | bytearray | memoryview | None:
        try:
            return super().dump(obj)
        except (psycopg.DataError, UnicodeEncodeError):
            return super().dump(sound(obj))


def hold_any_text(engine: Engine) -> None:
    """See that every connection of this engine takes any text."""

    def connected(connection: psycopg.Connection, record: object) -> None:
        del record
        connection.adapters.register_dumper(str, _SoundText)

    event.listen(engine, "connect", connected)
