"""What SDI says about a file it received: receipts, rejections and outcomes, read from their XML.

| kind | public body | private | means |
|---|---|---|---|
| NS | NotificaScarto | RicevutaScarto | rejected: the invoice counts as not issued |
| RC | RicevutaConsegna | RicevutaConsegna | delivered |
| MC | NotificaMancataConsegna | RicevutaImpossibilitaRecapito | not delivered: yet (public), for good (private) |
| NE | NotificaEsito | | the office accepted (EC01) or refused (EC02) |
| DT | NotificaDecorrenzaTermini | | no answer within 15 days |
| AT | AttestazioneTrasmissioneFattura | | never delivered: may be sent outside SDI |
| MT | MetadatiInvioFile | FileMetadati | what SDI says to a recipient about a file |
| EC, SE | NotificaEsitoCommittente, ScartoEsitoCommittente | | the buyer's answer, and its rejection |

The two flows use the same SOAP operations, so the root element decides, not the operation. The enveloped signature is
left to the signing room. Source: MessaggiTypes 1.1, MessaggiFatturaTypes 1.0.
"""

import datetime
import io
import zipfile
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from formats import xml
from formats.fatturapa.document import Block, blocks_of, date_in

PUBLIC: Final = "http://www.fatturapa.gov.it/sdi/messaggi/v1.0"
PRIVATE: Final = "http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fattura/messaggi/v1.0"

KINDS: Final[Mapping[str, str]] = {
    f"{{{PUBLIC}}}RicevutaConsegna": "RC",
    f"{{{PUBLIC}}}NotificaScarto": "NS",
    f"{{{PUBLIC}}}NotificaMancataConsegna": "MC",
    f"{{{PUBLIC}}}NotificaEsito": "NE",
    f"{{{PUBLIC}}}NotificaDecorrenzaTermini": "DT",
    f"{{{PUBLIC}}}AttestazioneTrasmissioneFattura": "AT",
    f"{{{PUBLIC}}}MetadatiInvioFile": "MT",
    f"{{{PUBLIC}}}NotificaEsitoCommittente": "EC",
    f"{{{PUBLIC}}}ScartoEsitoCommittente": "SE",
    f"{{{PRIVATE}}}RicevutaConsegna": "RC",
    f"{{{PRIVATE}}}RicevutaScarto": "NS",
    f"{{{PRIVATE}}}RicevutaImpossibilitaRecapito": "MC",
    f"{{{PRIVATE}}}FileMetadati": "MT",
}
_ROME: Final = zoneinfo.ZoneInfo("Europe/Rome")
_MOST_MEMBERS: Final = 10
_MOST_UNPACKED: Final = 20_000_000


class NotANotice(Exception):
    """The bytes are no notice of SDI; the message says what they are instead."""


@dataclass(frozen=True, slots=True)
class SdiError:
    """One reason of a rejection, in SDI's own words; `error_codes.explain` says it in ours."""

    code: str
    text: str
    suggestion: str = ""


@dataclass(frozen=True, slots=True)
class InvoiceReference:
    """Which invoice of a file with several a notice speaks of."""

    number: str
    year: str
    position: int | None


@dataclass(frozen=True, slots=True)
class SdiNotice:
    """One notice.

    kind:           RC, NS, MC, NE, DT, AT, MT, EC, SE
    is_public:      of the flow to public bodies, where MC is not the end and NE, DT and AT exist
    sdi_id:         IdentificativoSdI, as text: a number in one flow, up to 36 characters in the other
    file_name:      of the invoice file; "" in EC and SE
    hash:           SHA-256 of the invoice file in hex, "" where the notice states none
    message_id:     SDI's id of this notice
    received_at:    when SDI received the file (UTC)
    delivered_at:   when it delivered it (RC)
    available_on:   from when the buyer finds it in its reserved area (MC, private)
    errors:         why it was rejected (NS)
    outcome:        EC01, EC02 (NE, EC), EN00, EN01 (SE)
    description:    SDI's or the buyer's own words
    recipient:      code and name of who received it
    archive:        SDI's id and the name of the zip that the file came in
    invoice:        the invoice of a file with several
    """

    kind: str
    is_public: bool
    sdi_id: str
    file_name: str
    hash: str = ""
    message_id: str = ""
    received_at: datetime.datetime | None = None
    delivered_at: datetime.datetime | None = None
    available_on: datetime.date | None = None
    errors: tuple[SdiError, ...] = ()
    outcome: str = ""
    description: str = ""
    recipient: tuple[str, str] = ("", "")
    archive: tuple[str, str] = ("", "")
    invoice: InvoiceReference | None = None


def is_notice(content: bytes) -> bool:
    """Whether a file is a notice, by its root element."""
    return xml.root_name(content) in KINDS


def read_notice(content: bytes) -> SdiNotice:
    """Read a notice; an attestation (AT) also in the zip that it comes in. Raises NotANotice."""
    try:
        root = xml.parse(_attestation_in(content) if content.startswith(b"PK\x03\x04") else content)
    except xml.XmlRefused as error:
        raise NotANotice(error.message) from None
    tag = str(root.tag)
    if tag not in KINDS:
        raise NotANotice(f"the root element is {tag}, which is no notice of SDI")
    block = blocks_of(root)
    # NE repeats the buyer's answer inside; the outcome is there.
    answer = block.first("EsitoCommittente") or block
    return SdiNotice(
        kind=KINDS[tag],
        is_public=tag.startswith(f"{{{PUBLIC}}}"),
        sdi_id=block.text("IdentificativoSdI") or "",
        file_name=block.text("NomeFile") or "",
        hash=(block.text("Hash") or block.text("HashFileOriginale") or "").lower(),
        message_id=block.text("MessageId") or "",
        received_at=_moment(block.text("DataOraRicezione")),
        delivered_at=_moment(block.text("DataOraConsegna")),
        available_on=date_in(block.text("DataMessaADisposizione")),
        errors=tuple(_error(one) for one in block.each("ListaErrori", "Errore")),
        outcome=answer.text("Esito") or block.text("Scarto") or "",
        description=answer.text("Descrizione") or block.text("Descrizione") or "",
        recipient=_pair(block, "Destinatario", "Codice", "Descrizione"),
        archive=_pair(block, "RiferimentoArchivio", "IdentificativoSdI", "NomeFile"),
        invoice=_invoice(answer.first("RiferimentoFattura")),
    )


def _moment(text: str | None) -> datetime.datetime | None:
    """A moment in UTC. SDI's older notices leave the zone out: they mean Rome."""
    try:
        moment = datetime.datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=_ROME)).astimezone(datetime.UTC)


def _error(block: Block) -> SdiError:
    return SdiError(block.text("Codice") or "", block.text("Descrizione") or "", block.text("Suggerimento") or "")


def _pair(block: Block, group: str, one: str, other: str) -> tuple[str, str]:
    return block.text(group, one) or "", block.text(group, other) or ""


def _invoice(block: Block | None) -> InvoiceReference | None:
    if block is None:
        return None
    position = block.text("PosizioneFattura") or ""
    return InvoiceReference(
        block.text("NumeroFattura") or "",
        block.text("AnnoFattura") or "",
        int(position) if position.isascii() and position.isdigit() else None,
    )


def _attestation_in(archive: bytes) -> bytes:
    """The attestation in a zip, which holds the invoice file as well."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            members = opened.infolist()
            if len(members) > _MOST_MEMBERS or sum(member.file_size for member in members) > _MOST_UNPACKED:
                raise NotANotice("the archive is larger than an attestation with its invoice can be")
            for member in members:
                content = opened.read(member)
                if KINDS.get(xml.root_name(content) or "") == "AT":
                    return content
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise NotANotice(f"the archive cannot be opened: {error}") from None
    raise NotANotice("the archive holds no attestation")
