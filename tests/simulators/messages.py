"""What the tests send to the twin: made-up companies, right check digits, nothing from the gateway's own writers."""

import base64
import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import httpx
import paramiko
from lxml import etree
from pypdf import PdfWriter
from signxml.algorithms import CanonicalizationMethod
from signxml.xades.xades import XAdESSigner

from simulators.pki import Pair
from simulators.twin import Twin

BUYER = "0088:7300010000001"
SELLER = "0192:990000014"
INVOICE_TYPE = (
    "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2::Invoice##"
    "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0::2.1"
)
PROCESS = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
ACTION = '"http://www.fatturapa.it/SdIRiceviFile/RiceviFile"'
TYPES = "http://www.fatturapa.gov.it/sdi/ws/trasmissione/v1.0/types"


@dataclass(frozen=True)
class Panel:
    """The control API as a test uses it."""

    client: httpx.Client

    def script(self, party: str, **rule: object) -> None:
        self.client.post(f"/script/{party}", json=rule).raise_for_status()

    def advance(self, seconds: float) -> None:
        answer = self.client.post("/clock/advance", json={"seconds": seconds}).raise_for_status().json()
        assert answer["settled"], "what became due is still running"

    def seen(self, party: str) -> dict[str, object]:
        return cast(dict[str, object], self.client.get(f"/seen/{party}").raise_for_status().json())

    def outcomes(self, party: str) -> list[str]:
        return [str(entry["outcome"]) for entry in cast(list[dict[str, object]], self.seen(party)["entries"])]

    def counts(self, party: str, key: str) -> tuple[int, int]:
        """(how often the key was presented, how often it was taken as new)."""
        keys = cast(dict[str, dict[str, int]], self.seen(party)["keys"])
        return keys[key]["presented"], keys[key]["new"]


def invoice(number: str = "INV-1") -> str:
    return (
        '<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" '
        'xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">'
        f"<cbc:ID>{number}</cbc:ID></Invoice>"
    )


def envelope(
    instance: str = "9d9d9d9d-0001", receiver: str = BUYER, payload: str | None = None, **scopes: str
) -> bytes:
    """A Peppol SBD; extra scopes by name, `MLS_TYPE="ALWAYS_SEND"`."""
    extra = "".join(
        f"<Scope><Type>{name}</Type><InstanceIdentifier>{value}</InstanceIdentifier></Scope>"
        for name, value in scopes.items()
    )
    return f"""<StandardBusinessDocument
      xmlns="http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"><StandardBusinessDocumentHeader>
      <HeaderVersion>1.0</HeaderVersion>
      <Sender><Identifier Authority="iso6523-actorid-upis">{SELLER}</Identifier></Sender>
      <Receiver><Identifier Authority="iso6523-actorid-upis">{receiver}</Identifier></Receiver>
      <DocumentIdentification>
        <Standard>urn:oasis:names:specification:ubl:schema:xsd:Invoice-2</Standard>
        <TypeVersion>2.1</TypeVersion><InstanceIdentifier>{instance}</InstanceIdentifier>
        <Type>Invoice</Type><CreationDateAndTime>2026-11-02T09:00:00Z</CreationDateAndTime>
      </DocumentIdentification>
      <BusinessScope>
        <Scope><Type>DOCUMENTID</Type><InstanceIdentifier>{INVOICE_TYPE}</InstanceIdentifier>
          <Identifier>busdox-docid-qns</Identifier></Scope>
        <Scope><Type>PROCESSID</Type><InstanceIdentifier>{PROCESS}</InstanceIdentifier>
          <Identifier>cenbii-procid-ubl</Identifier></Scope>
        <Scope><Type>COUNTRY_C1</Type><InstanceIdentifier>SE</InstanceIdentifier></Scope>{extra}
      </BusinessScope></StandardBusinessDocumentHeader>{payload or invoice()}</StandardBusinessDocument>""".encode()


def fattura(kind: str = "FPR12", code: str = "ABC1234", number: str = "2026/1", **changes: str) -> bytes:
    """A FatturaPA with one line at 22 %; `changes` replaces values of elements by name."""
    values = {
        "IdCodice": "01234567897",
        "Data": "2026-11-02",
        "TipoDocumento": "TD01",
        "PrezzoUnitario": "100.00",
        "PrezzoTotale": "200.00",
        "AliquotaIVA": "22.00",
        "ImponibileImporto": "200.00",
        "Imposta": "44.00",
        "Buyer": "10000000009",
    } | changes
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<p:FatturaElettronica xmlns:p="http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2" versione="{kind}">
<FatturaElettronicaHeader><DatiTrasmissione>
<IdTrasmittente><IdPaese>IT</IdPaese><IdCodice>01234567897</IdCodice></IdTrasmittente>
<ProgressivoInvio>00001</ProgressivoInvio><FormatoTrasmissione>{kind}</FormatoTrasmissione>
<CodiceDestinatario>{code}</CodiceDestinatario></DatiTrasmissione>
<CedentePrestatore><DatiAnagrafici><IdFiscaleIVA><IdPaese>IT</IdPaese><IdCodice>{values["IdCodice"]}</IdCodice>
</IdFiscaleIVA><Anagrafica><Denominazione>Esempio Srl</Denominazione></Anagrafica>
<RegimeFiscale>RF01</RegimeFiscale></DatiAnagrafici><Sede><Indirizzo>Via Prova 1</Indirizzo><CAP>00100</CAP>
<Comune>Roma</Comune><Provincia>RM</Provincia><Nazione>IT</Nazione></Sede></CedentePrestatore>
<CessionarioCommittente><DatiAnagrafici><IdFiscaleIVA><IdPaese>IT</IdPaese><IdCodice>{values["Buyer"]}</IdCodice>
</IdFiscaleIVA><Anagrafica><Denominazione>Cliente Finto SpA</Denominazione></Anagrafica></DatiAnagrafici>
<Sede><Indirizzo>Via Cliente 2</Indirizzo><CAP>20100</CAP><Comune>Milano</Comune><Provincia>MI</Provincia>
<Nazione>IT</Nazione></Sede></CessionarioCommittente></FatturaElettronicaHeader>
<FatturaElettronicaBody><DatiGenerali><DatiGeneraliDocumento><TipoDocumento>{values["TipoDocumento"]}</TipoDocumento>
<Divisa>EUR</Divisa><Data>{values["Data"]}</Data><Numero>{number}</Numero></DatiGeneraliDocumento></DatiGenerali>
<DatiBeniServizi><DettaglioLinee><NumeroLinea>1</NumeroLinea><Descrizione>Prova</Descrizione>
<Quantita>2.00</Quantita><PrezzoUnitario>{values["PrezzoUnitario"]}</PrezzoUnitario>
<PrezzoTotale>{values["PrezzoTotale"]}</PrezzoTotale><AliquotaIVA>{values["AliquotaIVA"]}</AliquotaIVA></DettaglioLinee>
<DatiRiepilogo><AliquotaIVA>{values["AliquotaIVA"]}</AliquotaIVA>
<ImponibileImporto>{values["ImponibileImporto"]}</ImponibileImporto><Imposta>{values["Imposta"]}</Imposta>
</DatiRiepilogo></DatiBeniServizi></FatturaElettronicaBody></p:FatturaElettronica>""".encode()


def signed(document: bytes, signer: Pair) -> bytes:
    xades = XAdESSigner(c14n_algorithm=CanonicalizationMethod.CANONICAL_XML_1_0)
    root = xades.sign(
        etree.fromstring(document),
        key=signer.load_key(),
        cert=[signer.load_certificate()],
        always_add_key_value=False,
    )
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def soap_call(name: str, content: bytes, prefix: str = "") -> bytes:
    """RiceviFile with the file inline; `prefix` qualifies the children, which is wrong."""
    file = base64.b64encode(content).decode()
    return (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        f'<t:fileSdIAccoglienza xmlns:t="{TYPES}"><{prefix}NomeFile>{name}</{prefix}NomeFile>'
        f"<{prefix}File>{file}</{prefix}File></t:fileSdIAccoglienza></s:Body></s:Envelope>"
    ).encode()


def upload(sdi: httpx.Client, name: str, content: bytes) -> dict[str, str]:
    """The elements of SDI's answer by name."""
    headers = {"SOAPAction": ACTION, "Content-Type": "text/xml; charset=utf-8"}
    answer = sdi.post("/ricevi_file", content=soap_call(name, content), headers=headers).raise_for_status()
    found = etree.fromstring(answer.content).find(f".//{{{TYPES}}}rispostaSdIRiceviFile")
    assert found is not None
    return {str(child.tag): child.text or "" for child in found}


def pdf(pages: int = 1, width: float = 595.28, height: float = 841.89) -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(width, height)
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


@dataclass(frozen=True)
class Letter:
    key: str = "P-018F3C0000000001"
    document: str = "INV-1"
    content: bytes = b""
    pages: int = 1
    claimed_sheets: int = 0
    """0: as many as its pages need, printed on both sides."""
    postcode: str = "11122"
    handling: str = "report_and_destroy"
    expires_at: str | None = None

    @property
    def sheets(self) -> int:
        return self.claimed_sheets or -(-self.pages // 2)

    def entry(self, sequence: int) -> dict[str, object]:
        content = self.content or pdf(self.pages)
        return {
            "key": self.key,
            "sequence": sequence,
            "document": self.document,
            "kind": "invoice",
            "language": "sv",
            "file": {
                "name": f"{self.key}.pdf",
                "sha256": hashlib.sha256(content).hexdigest(),
                "pages": self.pages,
                "first_page": 1,
            },
            "to": {
                "lines": ["Exempel AB", "Provgatan 1", f"{self.postcode} Stockholm"],
                "name": "Exempel AB",
                "street": "Provgatan 1",
                "postcode": self.postcode,
                "town": "Stockholm",
                "country": "SE",
                "window": "se-right",
            },
            "return_to": {"lines": ["Box 1", "11111 Stockholm"], "handling": self.handling},
            "print": {
                "sides": "duplex",
                "colour": "grey",
                "paper": "90",
                "perforation": "none",
                "address_sheet": False,
            },
            "envelope": "C5",
            "enclosures": [],
            "service": {"speed": "economy", "registered": False, "proof_of_delivery": False},
            "sheets": self.sheets,
            "grams_estimated": 18,
            "bundle": None,
            "expires_at": self.expires_at,
        }


@dataclass(frozen=True)
class Batch:
    """A ticket and its files, ready to be uploaded."""

    identifier: str
    ticket: bytes
    files: Mapping[str, bytes]

    @property
    def ticket_name(self) -> str:
        return f"{self.identifier}.job.json"


def batch(*letters: Letter, identifier: str = "B-018F3C0000000001", **changes: object) -> Batch:
    """`changes` replaces entries of the batch, `totals` adds to them."""
    letters = letters or (Letter(),)
    files = {f"{letter.key}.pdf": letter.content or pdf(letter.pages) for letter in letters}
    pieces = [
        letter.entry(sequence)
        | {
            "file": cast(dict[str, object], letter.entry(sequence)["file"])
            | {"sha256": hashlib.sha256(files[f"{letter.key}.pdf"]).hexdigest()}
        }
        for sequence, letter in enumerate(letters, 1)
    ]
    canonical = json.dumps(pieces, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    head: dict[str, object] = {
        "id": identifier,
        "content_sha256": hashlib.sha256(canonical.encode()).hexdigest(),
        "sender": "nordic-ab",
        "created_at": "2026-11-22T14:05:00Z",
        "profile": "eletter-se",
        "test": False,
        "post_not_before": "2026-11-23",
        "post_not_after": "2026-11-24",
        "totals": {
            "pieces": len(letters),
            "pages": sum(letter.pages for letter in letters),
            "sheets": sum(letter.sheets for letter in letters),
            "bytes": sum(len(content) for content in files.values()),
            "amount_hash": "1834.37",
        },
    }
    head |= changes
    ticket = {"ticket_version": "1", "batch": head, "pieces": pieces}
    return Batch(identifier, json.dumps(ticket).encode(), files)


@dataclass(frozen=True)
class House:
    """The print house as an SFTP client sees it."""

    client: paramiko.SFTPClient

    def put(self, path: str, content: bytes) -> None:
        with self.client.open(path, "wb") as file:
            file.write(content)

    def upload(self, job: Batch) -> None:
        """Everything under a temporary name, the ticket last, then one rename."""
        folder = f"/in/{job.identifier}.part"
        self.client.mkdir(folder)
        for name, content in job.files.items():
            self.put(f"{folder}/{name}", content)
        self.put(f"{folder}/{job.ticket_name}", job.ticket)
        self.client.posix_rename(folder, f"/in/{job.identifier}")

    def statuses(self) -> list[dict[str, object]]:
        found = []
        for name in self.client.listdir("/out"):
            with self.client.open(f"/out/{name}", "rb") as file:
                found.append(cast(dict[str, object], json.loads(file.read())))
        return sorted(found, key=lambda status: cast(int, status["sequence"]))

    def events(self) -> list[tuple[str, str, str]]:
        """(piece, event, reason) in the order of the files."""
        lines = [line for status in self.statuses() for line in cast(list[dict[str, object]], status["events"])]
        return [(str(line["piece"] or ""), str(line["event"]), str(line["reason"] or "")) for line in lines]


def sftp_client(twin: Twin) -> tuple[paramiko.Transport, paramiko.SFTPClient]:
    transport = paramiko.Transport(("127.0.0.1", twin.print_house.port))
    key = paramiko.Ed25519Key(filename=str(twin.pki.ssh_client_key))
    transport.connect(username="gateway", pkey=key)
    client = paramiko.SFTPClient.from_transport(transport)
    assert client is not None
    return transport, client
