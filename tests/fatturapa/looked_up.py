"""What a written document says at a place, for tests."""

from formats import xml
from formats.contract import Written
from formats.fatturapa.document import Block, blocks_of

GENERAL = "FatturaElettronicaBody/DatiGenerali/DatiGeneraliDocumento"
LINE = "FatturaElettronicaBody/DatiBeniServizi/DettaglioLinee"
SUMMARY = "FatturaElettronicaBody/DatiBeniServizi/DatiRiepilogo"
PAYMENT = "FatturaElettronicaBody/DatiPagamento/DettaglioPagamento"


def blocks_at(written: Written, path: str) -> list[Block]:
    """The elements at a path below the root."""
    return list(blocks_of(xml.parse(written.content)).each(*path.split("/")))


def texts_at(written: Written, path: str) -> list[str]:
    """What they say."""
    return [block.raw_text for block in blocks_at(written, path)]


def left_behind(written: Written) -> dict[str, str]:
    """The reasons of what is not carried, by path."""
    return {one.path: one.reason for one in written.not_carried}
