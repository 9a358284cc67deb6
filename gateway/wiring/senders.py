"""What a sender's settings say about its files, as the options of the formats that read them.

settings of a sender (all optional):

    mapping             mapping file (YAML text) for its CSV exports
    language            of texts to recipients that have none of their own
    country             of the sender, where the invoice does not say it (COUNTRY_C1)
    peppol_participant  its own Peppol address, `0208:0123456749`
    sdi_transmitter     who transmits to SDI for it, `IT01234560157`
    mail_from           address (and name) from which its mails go
    return_address      lines of the return address on its letters
"""

from collections.abc import Mapping
from functools import lru_cache

from formats.contract import NO_OPTIONS, Options
from formats.erp.language import load_mapping
from formats.erp.mapping import Mapping as CsvMapping
from gateway.errors import WrongContent
from gateway.store.records import Sender


def read_options(sender: Sender) -> Options:
    """Options for reading this sender's files. Raises WrongContent where its mapping is broken."""
    return options_of(sender.settings)


def options_of(settings: Mapping[str, object]) -> Options:
    """The same from settings alone."""
    text = settings.get("mapping")
    return {"mapping": csv_mapping(str(text))} if text else NO_OPTIONS


@lru_cache(maxsize=64)
def csv_mapping(text: str) -> CsvMapping:
    """The mapping that a YAML text holds. Raises WrongContent with every line that is wrong."""
    loaded = load_mapping(text)
    if isinstance(loaded, CsvMapping):
        return loaded
    raise WrongContent("mapping", "; ".join(f"{one.where}: {one.message}" for one in loaded))
