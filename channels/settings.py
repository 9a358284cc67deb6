"""The settings of a channel: a frozen shape a channel, read from the configuration as it stands there.

A name that nobody knows is refused, so that a misspelt `ca_fle` never passes for an absent one. Any secret may stand
in a file instead: `token_file = "/run/secrets/ap"` in place of `token`.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import msgspec

from channels.contract import Misconfigured

Shape = TypeVar("Shape", bound=msgspec.Struct)


class Secret:
    """A password or token. It is never printed: `reveal` is the one way to the value."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        if not value.strip():
            raise ValueError("a secret can't be empty")
        self._value = value

    def reveal(self) -> str:
        """The value itself, for the moment in which it goes on the wire."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(...)"


def read_settings(channel: str, settings: Mapping[str, object], shape: type[Shape]) -> Shape:
    """The settings in their shape; numbers may be text, as the environment has them.

    Raises Misconfigured naming the setting that is unknown, missing or wrong.
    """
    fields = msgspec.structs.fields(shape)
    given = dict(settings)
    for name in (field.name for field in fields if Secret in (field.type, *getattr(field.type, "__args__", ()))):
        if f"{name}_file" in given:
            if name in given:
                raise Misconfigured(f"{channel}.settings", f"`{name}` and `{name}_file` are both set: leave one out")
            given[name] = _content(channel, f"{name}_file", given.pop(f"{name}_file"))
    try:
        return msgspec.convert(given, shape, strict=False, dec_hook=_decode)
    except msgspec.ValidationError as error:
        known = ", ".join(field.name for field in fields)
        text = f"the settings of channel `{channel}` are wrong: {error}. Its settings are: {known}"
        # The cause is left out: it may quote a value, and the value may be a secret.
        raise Misconfigured(f"{channel}.settings", text) from None


def _content(channel: str, setting: str, path: object) -> str:
    try:
        return Path(str(path)).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(f"{channel}.settings", f"setting `{setting}`: {path} can't be read: {error}") from error


def _decode(kind: type, value: object) -> object:
    """The two kinds that the configuration writes as text: files and secrets."""
    if isinstance(value, kind):
        return value
    if not isinstance(value, str):
        raise ValueError(f"expected text, got {type(value).__name__}")
    if kind is Secret:
        return Secret(value)
    if kind is Path:
        return Path(value)
    raise NotImplementedError(f"settings hold no {kind.__name__}")
