"""The canonical model as a format: one invoice, a list of invoices, or `{"invoices": [...]}`.

Each invoice of a list is accepted or refused on its own. Places are JSON paths into the sender's file.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from formats.checking import Finding
from formats.contract import NO_OPTIONS, Format, Options, Reading, Written
from formats.en16931 import Invoice, Place, Provenance
from formats.en16931.json_form import JsonRefused, decode, encode
from formats.en16931.terms import terms_of
from formats.erp.cents import may_have_zeros, with_plain_amounts

MAX_BYTES: Final = 100_000_000
MAX_INVOICES: Final = 20_000
_WHITE: Final = b" \t\r\n"
_MARK: Final = b"\xef\xbb\xbf"
_CUT_OFF: Final = "truncated"
_AT_BYTE: Final = re.compile(r"\(byte (\d+)\)")


class _Named(msgspec.Struct):
    """As much of a refused invoice as names it."""

    number: str | None = None


def recognises(content: bytes) -> bool:
    """Whether a file looks like JSON."""
    return content[:4096].removeprefix(_MARK).lstrip(_WHITE)[:1] in (b"{", b"[")


def read(content: bytes, options: Options = NO_OPTIONS) -> Iterator[Reading]:  # noqa: ARG001 - JSON has no options
    """One Reading an invoice, in the order of the file."""
    content = content.removeprefix(_MARK)
    try:
        members = _members(content)
    except JsonRefused as refused:
        yield Reading(None, findings=(_finding(refused, "", ""),))
        return
    if not members:
        found = Finding("GW-JSON-EMPTY", "", "The file holds no invoice.", "Send at least one.", where="$")
        yield Reading(None, findings=(found,))
    for where, raw in members:
        yield _reading(where, raw)


def _members(content: bytes) -> list[tuple[str, bytes]]:
    """The invoices of a file, each with its JSON path and its own bytes. Raises JsonRefused."""
    if len(content) > MAX_BYTES:
        raise JsonRefused("GW-JSON-LIMIT", f"The file has more than {MAX_BYTES:,} bytes.", "Split the file.")
    try:
        if content.lstrip(_WHITE).startswith(b"["):
            return _listed("$", msgspec.json.decode(content, type=list[msgspec.Raw]))
        outer = msgspec.json.decode(content, type=dict[str, msgspec.Raw])
        if "invoices" not in outer:
            return [("$", content)]
        _refuse_other_names(content, outer)
        return _listed("$.invoices", msgspec.json.decode(outer["invoices"], type=list[msgspec.Raw]))
    except RecursionError:
        raise JsonRefused("GW-JSON-LIMIT", "The file has too many levels.", "Export it again.") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        message = f"The file is not JSON in UTF-8: {error}."
        raise JsonRefused("GW-JSON-SYNTAX", message, "Export it again.", _place_of(str(error), content)) from None


def _place_of(complaint: str, content: bytes) -> str:
    """Where a file ceases to be JSON: at the byte that the complaint names, or behind its last sign."""
    at = _AT_BYTE.search(complaint)
    if at is None and _CUT_OFF not in complaint:
        return "$"
    before = content[: int(at[1])] if at else content.rstrip(_WHITE)
    line = before.rpartition(b"\n")[2].decode("utf-8", "replace")
    return str(Place(before.count(b"\n") + 1, len(line) + 1))


def _listed(where: str, raws: list[msgspec.Raw]) -> list[tuple[str, bytes]]:
    if len(raws) > MAX_INVOICES:
        raise JsonRefused("GW-JSON-LIMIT", f"The file has more than {MAX_INVOICES:,} invoices.", "Split the file.")
    return [(f"{where}[{position}]", bytes(raw)) for position, raw in enumerate(raws)]


def _refuse_other_names(content: bytes, outer: Mapping[str, object]) -> None:
    """Beside `invoices` nothing may stand, and it may stand once: the second would hide the first."""
    unknown = [name for name in outer if name != "invoices"]
    names = json.loads(content, object_pairs_hook=lambda pairs: [name for name, _ in pairs])
    if unknown or names.count("invoices") > 1:
        message = f"{unknown[0]!r} stands beside `invoices`." if unknown else "The name 'invoices' stands twice."
        raise JsonRefused("GW-JSON-NAME", message, "Send one list of invoices and nothing beside it.")


def _reading(where: str, raw: bytes) -> Reading:
    try:
        invoice = _decoded(raw)
        if may_have_zeros(raw):
            invoice = with_plain_amounts(invoice)
    except JsonRefused as refused:
        return Reading(None, findings=(_finding(refused, where.removeprefix("$"), _number(raw)),), source=raw)
    return Reading(invoice, Provenance({"": Place(xpath=where), **dict(_places(invoice, where))}), source=raw)


def _decoded(raw: bytes) -> Invoice:
    try:
        return decode(raw)
    except RecursionError:
        raise JsonRefused("GW-JSON-LIMIT", "The invoice has too many levels.", "Export it again.") from None


def _number(raw: bytes) -> str:
    """The number of an invoice that is refused, "" where even that cannot be read."""
    try:
        return msgspec.json.decode(raw, type=_Named).number or ""
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""


def _finding(refused: JsonRefused, within: str, number: str) -> Finding:
    message = f"Invoice {number}: {refused.message}" if number else refused.message
    where = refused.where.replace("$", f"${within}", 1)
    return Finding(refused.code, refused.path, message, refused.fix, where=where)


def _places(
    group: msgspec.Struct, where: str, prefix: str = "", numbers: tuple[tuple[str, str], ...] = ()
) -> Iterator[tuple[str, Place]]:
    """The JSON path of every value, by the path of its term."""
    for term in terms_of(type(group), numbers):
        value = getattr(group, term.field)
        if value is None or value == ():
            continue
        for position, member in enumerate(value if term.repeats else (value,)):
            path = f"{prefix}{term.number}" + (f"[{position + 1}]" if term.repeats else "")
            place = f"{where}.{term.field}" + (f"[{position}]" if term.repeats else "")
            if term.group is None:
                yield path, Place(xpath=place)
            else:
                yield from _places(member, place, f"{path}/", term.numbers)


def write(invoice: Invoice, options: Options = NO_OPTIONS) -> Written:  # noqa: ARG001 - JSON has no options
    """The invoice as canonical JSON, which carries every value."""
    return Written(encode(invoice))


FORMAT = Format(
    name="json",
    title="Canonical JSON",
    media_type="application/json",
    suffix=".json",
    recognises=recognises,
    read=read,
    write=write,
)
