"""A file as SDI receives it: its name, its wrapping, its signature and its schema, before anybody reads the invoice."""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from lxml import etree

from simulators.cms import Opened
from simulators.fattura import general, text
from simulators.sdi_controls import Failure, control
from simulators.signature import DS, SignatureRefused, TrustedList, open_p7m, verify_xades

ORDINARY = "http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2"
SIMPLIFIED = "http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.0"
ROOTS = {
    f"{{{ORDINARY}}}FatturaElettronica": ("FPA12", "FPR12"),
    f"{{{SIMPLIFIED}}}FatturaElettronicaSemplificata": ("FSM10",),
}
NAME = re.compile(r"(IT[A-Z0-9]{11,16}|(?!IT)[A-Z]{2}[A-Za-z0-9]{2,28})_[A-Za-z0-9]{1,5}\.(xml|xml\.p7m|zip)")
LARGEST_FILE = 5_000_000
LARGEST_ARCHIVE = 150_000_000
MOST_SCHEMA_ERRORS = 50
REQUIRED = (
    "FatturaElettronicaHeader/DatiTrasmissione/IdTrasmittente/IdPaese",
    "FatturaElettronicaHeader/DatiTrasmissione/IdTrasmittente/IdCodice",
    "FatturaElettronicaHeader/DatiTrasmissione/ProgressivoInvio",
    "FatturaElettronicaHeader/DatiTrasmissione/FormatoTrasmissione",
    "FatturaElettronicaHeader/DatiTrasmissione/CodiceDestinatario",
    "FatturaElettronicaHeader/CedentePrestatore",
    "FatturaElettronicaHeader/CessionarioCommittente",
    "FatturaElettronicaBody/DatiGenerali/DatiGeneraliDocumento/TipoDocumento",
    "FatturaElettronicaBody/DatiGenerali/DatiGeneraliDocumento/Divisa",
    "FatturaElettronicaBody/DatiGenerali/DatiGeneraliDocumento/Data",
    "FatturaElettronicaBody/DatiGenerali/DatiGeneraliDocumento/Numero",
    "FatturaElettronicaBody/DatiBeniServizi",
)


@dataclass(frozen=True)
class Invoice:
    """What SDI needs to know of one invoice in a file, to recognise it again and to route it."""

    seller: str
    number: str
    year: str
    is_credit_note: bool


@dataclass(frozen=True)
class Examined:
    """A file after the controls; what could not be read is empty."""

    failures: tuple[Failure, ...]
    format: str = ""
    recipient_code: str = ""
    mailbox: str = ""
    buyer: str = ""
    invoices: tuple[Invoice, ...] = ()

    @property
    def is_public(self) -> bool:
        return self.format == "FPA12"


class Schemas:
    """The official XSDs, where the twin was given a folder with them; without it the required elements are checked."""

    def __init__(self, folder: Path | None) -> None:
        self._by_format: dict[str, etree.XMLSchema] = {}
        for path in sorted(folder.rglob("*.xsd")) if folder else ():
            found = etree.parse(path).getroot()
            namespace = found.get("targetNamespace")
            formats = {ORDINARY: ("FPA12", "FPR12"), SIMPLIFIED: ("FSM10",)}.get(str(namespace), ())
            wanted = [name for name in formats if name in path.name.upper()] or formats
            for name in wanted:
                self._by_format[name] = _compile(path, folder or path.parent)
        if folder and not self._by_format:
            raise ValueError(f"{folder} holds no schema of FatturaPA")

    def errors(self, root: etree._Element, kind: str) -> list[str]:
        schema = self._by_format.get(kind)
        if schema is None:
            return [f"manca {path}" for path in REQUIRED if root.find(path) is None]
        schema.validate(root)
        return [f"riga {entry.line}: {entry.message}" for entry in schema.error_log]


class _Offline(etree.Resolver):
    """The schemas import xmldsig by an address of the W3C; the file of that name lies beside them."""

    def __init__(self, folder: Path) -> None:
        self._files = {path.name: path for path in folder.rglob("*.xsd")}

    def resolve(self, address: str | None, name: str | None, context: object) -> object:  # type: ignore[override]  # lxml's own handle has no public type
        path = self._files.get((address or name or "").rpartition("/")[2])
        return self.resolve_filename(str(path), context) if path else None


def _compile(path: Path, folder: Path) -> etree.XMLSchema:
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_Offline(folder))
    try:
        return etree.XMLSchema(etree.parse(path, parser))
    except etree.XMLSchemaParseError as error:
        raise ValueError(f"{path} is no schema that can be used: {error}") from error


def is_good_name(name: str) -> bool:
    """`<country><id>_<progressive>.<xml|xml.p7m|zip>`, Allegato A 1.2.2."""
    return NAME.fullmatch(name) is not None


def base_name(name: str) -> str:
    """Without its extension, which may be double; notices are named after it."""
    return name.partition(".")[0]


def open_archive(content: bytes) -> list[tuple[str, bytes]]:
    """The files of a zip. Raises ValueError where it can't be read or is too large once unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if not entries or sum(entry.file_size for entry in entries) > LARGEST_ARCHIVE:
                raise ValueError("an empty or too large archive")
            return [(entry.filename, archive.read(entry)) for entry in entries]
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise ValueError(str(error)) from error


class Examiner:
    """Runs the controls in SDI's order: name, size, signature, schema, then what the invoice says."""

    def __init__(self, trusted: TrustedList, schemas: Schemas) -> None:
        self._trusted = trusted
        self._schemas = schemas

    def examine(self, name: str, content: bytes, now: datetime) -> Examined:
        if not is_good_name(name):
            return Examined((Failure("00001", "Nome file non valido", "Usare <paese><codice>_<progressivo>"),))
        if len(content) > LARGEST_FILE:
            return Examined((Failure("00003", "Le dimensioni del file superano quelle ammesse"),))
        try:
            wrapping = open_p7m(content) if name.endswith(".p7m") else None
            root = _parse(wrapping.content if wrapping else content)
        except SignatureRefused as refusal:
            return Examined((Failure(refusal.code, f"Firma: {refusal}"),))
        except ValueError as error:
            return Examined((Failure("00200", "File non conforme al formato", str(error)),))
        try:
            self._check_signature(root, wrapping, now)
            kind = root.get("versione", "")
            return _read(root, tuple(self._form_failures(root, kind)) or tuple(control(root, now)))
        except SignatureRefused as refusal:
            return _read(root, (Failure(refusal.code, f"Firma: {refusal}"),))

    def _check_signature(self, root: etree._Element, wrapping: Opened | None, now: datetime) -> None:
        """Mandatory for the public administration (Allegato A 1.3.2), verified wherever there is one."""
        if wrapping is not None:
            self._trusted.judge(wrapping.signer, wrapping.signing_time, now)
        if root.find(f"{{{DS}}}Signature") is not None:
            verify_xades(root, self._trusted, now)
        elif root.get("versione") == "FPA12" and wrapping is None:
            raise SignatureRefused("00102", "una fattura verso la pubblica amministrazione deve essere firmata")

    def _form_failures(self, root: etree._Element, kind: str) -> Iterator[Failure]:
        if kind not in ROOTS.get(str(root.tag), ()):
            yield Failure("00200", "File non conforme al formato", f"radice {root.tag!r}, versione {kind!r}")
            return
        qualified = [child.tag for child in root if isinstance(child.tag, str) and child.tag.startswith("{")]
        if set(qualified) - {f"{{{DS}}}Signature"}:
            yield Failure("00200", "File non conforme al formato", f"elementi qualificati {qualified}")
            return
        errors = self._schemas.errors(root, kind)
        for error in errors[:MOST_SCHEMA_ERRORS]:
            yield Failure("00200", "File non conforme al formato", error[:2_000])
        if len(errors) > MOST_SCHEMA_ERRORS:
            yield Failure("00201", "Riscontrati più di 50 errori di formato")


def _read(root: etree._Element, failures: tuple[Failure, ...]) -> Examined:
    header = "FatturaElettronicaHeader/DatiTrasmissione"
    buyer = root.find("FatturaElettronicaHeader/CessionarioCommittente")
    return Examined(
        failures=failures,
        format=text(root, f"{header}/FormatoTrasmissione") or root.get("versione", ""),
        recipient_code=text(root, f"{header}/CodiceDestinatario"),
        mailbox=text(root, f"{header}/PECDestinatario"),
        buyer="" if buyer is None else _first(buyer, "Denominazione", "Cognome", "IdCodice", "CodiceFiscale"),
        invoices=tuple(_invoices(root)),
    )


def _parse(document: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(document, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(f"XML non ben formato: {error}") from error
    if root.getroottree().docinfo.doctype:
        raise ValueError("dichiarazione DOCTYPE non ammessa")
    return root


def _invoices(root: etree._Element) -> Iterator[Invoice]:
    seller = root.find("FatturaElettronicaHeader/CedentePrestatore")
    vat = "" if seller is None else _first(seller, "IdCodice", "CodiceFiscale")
    for body in root.findall("FatturaElettronicaBody"):
        kind = general(body, "TipoDocumento")
        yield Invoice(vat, general(body, "Numero"), general(body, "Data")[:4], is_credit_note=kind in ("TD04", "TD08"))


def _first(node: etree._Element, *names: str) -> str:
    """The text of the first element, anywhere below, that has one of the names."""
    for name in names:
        if found := text(node, f".//{name}"):
            return found
    return ""
