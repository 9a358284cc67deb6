"""A FatturaPA document, read for control: paths without namespaces, because only its root has one."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from lxml.etree import _Element as Element

ZERO = Decimal(0)


@dataclass(frozen=True)
class Lot:
    """A file under control: its header, its bodies, and the day on which SDI has it."""

    root: Element
    received: datetime

    @property
    def bodies(self) -> list[Element]:
        return self.root.findall("FatturaElettronicaBody")

    @property
    def is_simplified(self) -> bool:
        return self.root.get("versione") == "FSM10"

    def header(self, path: str) -> str:
        return text(self.root, f"FatturaElettronicaHeader/{path}")

    def party(self, name: str) -> tuple[str, str]:
        """(country, VAT id) of CedentePrestatore or CessionarioCommittente, ordinary or simplified."""
        for path in ("DatiAnagrafici/IdFiscaleIVA", "IdFiscaleIVA", "IdentificativiFiscali/IdFiscaleIVA"):
            if number := self.header(f"{name}/{path}/IdCodice"):
                return self.header(f"{name}/{path}/IdPaese"), number
        return "", ""

    def buyer_tax_code(self) -> str:
        paths = ("DatiAnagrafici/CodiceFiscale", "IdentificativiFiscali/CodiceFiscale")
        return next((found for path in paths if (found := self.header(f"CessionarioCommittente/{path}"))), "")


def text(node: Element, path: str) -> str:
    return (node.findtext(path) or "").strip()


def number(node: Element, path: str) -> Decimal:
    """An amount; zero where it is missing or no number, which is for the schema to say."""
    try:
        return Decimal(text(node, path) or "0")
    except InvalidOperation:
        return ZERO


def general(body: Element, path: str) -> str:
    return text(body, f"DatiGenerali/DatiGeneraliDocumento/{path}")


def document_type(body: Element) -> str:
    return general(body, "TipoDocumento")


def lines(body: Element) -> list[Element]:
    return body.findall("DatiBeniServizi/DettaglioLinee")


def summaries(body: Element) -> list[Element]:
    return body.findall("DatiBeniServizi/DatiRiepilogo")


def funds(body: Element) -> list[Element]:
    return body.findall("DatiGenerali/DatiGeneraliDocumento/DatiCassaPrevidenziale")


def rated(body: Element) -> list[Element]:
    """Whatever carries a rate and a nature: lines, pension funds, summaries; in FSM10 the goods."""
    return [*lines(body), *funds(body), *summaries(body)]


def day(value: str) -> date | None:
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        return None
