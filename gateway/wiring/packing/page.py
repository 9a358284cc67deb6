"""The page a person reads, as mail and post carry it: in the recipient's language, with what it does not show."""

from typing import Final

from formats.contract import Format, Options
from gateway.pipeline.house import Packing
from gateway.wiring.packing.leaving import Leaving, leave
from gateway.wiring.packing.orders import check_page
from gateway.wiring.senders import settings_of

_SDI: Final = "sdi"


def page_of(page_format: Format, packing: Packing, options: Options) -> Leaving:
    """The page of an invoice, in its format's options. Raises SettingWrong where the format makes no pages."""
    check_page(page_format, packing.route.channel)
    return leave(page_format, (), packing.invoice, {**page_options(packing), **options})


def page_options(packing: Packing) -> Options:
    """The reader's language; and, after SDI, that the original lies there (art. 1 D.Lgs. 127/2015)."""
    language = packing.recipient.language or settings_of(packing.sender).language
    return {"language": language, "original": _SDI if _SDI in packing.tried else ""}
