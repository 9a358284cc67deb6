"""What a sender's settings may say: how its files are read, and in whose name its documents leave.

They are checked when they are made (`gateway sender add`), and again where they are used: what is stored may be older
than the gateway that uses it.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Literal

import msgspec

from formats.contract import NO_OPTIONS, Options
from formats.erp.language import load_mapping
from formats.erp.mapping import Mapping as CsvMapping
from formats.fatturapa.file_names import is_file_name
from gateway.errors import SettingWrong, WrongContent
from gateway.store.records import Sender
from gateway.wiring.letter_terms import LetterTerms
from gateway.wiring.shaping import shaped

Language = Annotated[str, msgspec.Meta(pattern=r"^([a-z]{2,3}([-_][A-Za-z0-9]{2,8})*)?\Z")]
Country = Annotated[str, msgspec.Meta(pattern=r"^([A-Z]{2})?\Z")]
Participant = Annotated[str, msgspec.Meta(pattern=r"^([0-9]{4}:\S+)?\Z")]
Word = Annotated[str, msgspec.Meta(min_length=1)]

_MEND = "Correct the sender's settings; then release what waits."


class SenderSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The settings of one sender; all of them may be left out.

    mapping:             mapping file (YAML text) for its CSV exports
    language:            of texts to recipients that have none of their own
    country:             of the sender, where the invoice does not say it (COUNTRY_C1)
    peppol_participant:  its own Peppol address, `0208:0123456749`
    sdi_transmitter:     who transmits to SDI for it, `IT01234560157`
    mail_from:           address (and name) from which its mails go
    post:                what it orders of its letters
    rounding:            what happens to an invoice whose sums fail by rounding: `propose` tells, `apply` changes it
    tags:                words for the rules, of everything that it sends
    """

    mapping: str = ""
    language: Language = ""
    country: Country = ""
    peppol_participant: Participant = ""
    sdi_transmitter: str = ""
    mail_from: str = ""
    post: LetterTerms = LetterTerms()
    rounding: Literal["propose", "apply"] = "propose"
    tags: tuple[Word, ...] = ()

    def __post_init__(self) -> None:
        if self.sdi_transmitter:
            check_transmitter(self.sdi_transmitter)


def check_transmitter(transmitter: str) -> None:
    """Raises ValueError where SDI would take no file that is named after this transmitter."""
    if not is_file_name(f"{transmitter}_00001.xml"):
        raise ValueError(f"`{transmitter}` is no transmitter: a country and its fiscal code, such as IT01234560157")


def settings_of(sender: Sender) -> SenderSettings:
    """A sender's settings in their shape. Raises SettingWrong."""
    return shaped(sender.settings, SenderSettings, _called(sender.name), _MEND)


def read_options(sender: Sender) -> Options:
    """Options for reading this sender's files. Raises SettingWrong where its mapping is broken."""
    try:
        return _reading(sender.settings.get("mapping"))
    except WrongContent as error:
        raise SettingWrong(f"{_called(sender.name)}.mapping", error.problem, _MEND) from None


def options_of(settings: Mapping[str, object]) -> Options:
    """The same from settings that are about to be kept. Raises WrongContent where anything in them is wrong."""
    try:
        kept = shaped(settings, SenderSettings, _called("this sender"))
    except SettingWrong as error:
        raise WrongContent("sender", error.problem) from None
    return _reading(kept.mapping)


def _called(name: str) -> str:
    return f"senders.{name}"


def _reading(mapping: object) -> Options:
    return {"mapping": csv_mapping(str(mapping))} if mapping else NO_OPTIONS


@lru_cache(maxsize=64)
def csv_mapping(text: str) -> CsvMapping:
    """The mapping that a YAML text holds. Raises WrongContent with every line that is wrong."""
    loaded = load_mapping(text)
    if isinstance(loaded, CsvMapping):
        return loaded
    raise WrongContent("mapping", "; ".join(f"{one.where}: {one.message.rstrip('.')}" for one in loaded))
