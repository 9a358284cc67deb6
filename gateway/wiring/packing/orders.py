"""What a way may order: the formats that its channel carries, and the options of each, in their shapes.

Looked at when a rule or a recipient is kept (`trouble`), so that a mistake is told to who makes it; and again when a
parcel is packed, because what is stored may be older than the gateway that uses it.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from formats.contract import Format
from gateway.errors import SettingWrong
from gateway.wiring.letter_terms import LetterTerms, check_terms
from gateway.wiring.shaping import Shape, shaped
from rules.recipient import Route

PDF: Final = "application/pdf"
LETTER: Final = "terms of a letter"
# What goes along as data where the rule says only that data shall go along (`attach: true`).
_USUAL_DATA: Final = "peppol-bis-3"
_MEND: Final = "Correct the rule, or the recipient's preference; then release the document."


class PeppolOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Options of a way over Peppol: what stands in BT-24 and BT-23, whatever the invoice says."""

    specification: str = ""
    business_process: str = ""


class SdiOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Options of a way through SDI: they win over the recipient's own data. sign: also where the law does not ask."""

    sign: bool = False
    recipient_code: str = ""
    recipient_pec: str = ""
    transmission_format: str = ""


class MailOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Options of a way by mail. attach: name of a format whose file goes along; true: the usual one."""

    attach: bool | str = False


def trouble(formats: Mapping[str, Format], route: Route) -> str:
    """What is wrong with a way, "" where nothing is. Of a channel that is not among ours the format alone is known."""
    try:
        _check(formats, route)
    except SettingWrong as error:
        return f"{error.name}: {error.problem}"
    return ""


def _check(formats: Mapping[str, Format], route: Route) -> None:
    target = format_of(formats, route.format)
    match route.channel:
        case "peppol":
            check_carried(target, route.channel, "peppol-bis-3")
            ordered(route, PeppolOptions)
        case "sdi":
            check_carried(target, route.channel, "fatturapa")
            ordered(route, SdiOptions)
        case "mail":
            if data := data_format(ordered(route, MailOptions).attach):
                format_of(formats, data)
        case "post":
            check_page(target, route.channel)
            check_terms(ordered(route, LetterTerms), LETTER)


def data_format(wanted: bool | str) -> str:
    """The name of the format whose file goes along, "" for none."""
    return wanted if isinstance(wanted, str) else _USUAL_DATA if wanted else ""


def format_of(formats: Mapping[str, Format], name: str) -> Format:
    """A format that can be written, by the name that a rule gives it. Raises SettingWrong."""
    found = formats.get(name)
    if found is None or found.write is None:
        written = ", ".join(sorted(one.name for one in formats.values() if one.write))
        raise SettingWrong("format of the way", f"`{name}` cannot be written; there are {written}", _MEND)
    return found


def check_carried(target: Format, channel: str, right: str) -> None:
    """Raises SettingWrong where a format is sent over a channel where nobody reads it."""
    if target.name != right:
        raise _wrong_format(target, channel, right)


def check_page(target: Format, channel: str) -> None:
    """Raises SettingWrong where a format that makes no pages is sent over a channel that carries nothing else."""
    if target.media_type != PDF:
        raise _wrong_format(target, channel, "pdf")


def _wrong_format(target: Format, channel: str, right: str) -> SettingWrong:
    problem = f"nobody reads `{target.name}` over {channel}, which takes `{right}`"
    return SettingWrong(
        "format of the way", problem, f"Correct the rule: `format: {right}`; then release the document."
    )


def ordered(route: Route, shape: type[Shape]) -> Shape:
    """The options of a way, in their shape. Raises SettingWrong."""
    return shaped(route.options, shape, f"options of the way `{route.channel}`", _MEND)
