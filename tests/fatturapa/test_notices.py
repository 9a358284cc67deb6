"""What SDI says about a file is read, of both flows, old and new, signed or not, in an archive or not."""

import datetime
import io
import zipfile
from pathlib import Path

import pytest

from formats.fatturapa.file_names import read_notice_name
from formats.fatturapa.notices import KINDS, InvoiceReference, NotANotice, SdiError, is_notice, read_notice
from tests.corpus import document, documents

PRIVATE = "http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fattura/messaggi/v1.0"
PUBLIC = "http://www.fatturapa.gov.it/sdi/messaggi/v1.0"
SHA_256 = "a3" * 32


def notice(namespace: str, root: str, inner: str) -> bytes:
    """A notice with the elements that all have, and these."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><n:{root} xmlns:n="{namespace}" versione="1.0">'
        f"<IdentificativoSdI>98765</IdentificativoSdI><NomeFile>IT01234560157_0000A.xml</NomeFile>{inner}"
        f"<MessageId>4711</MessageId></n:{root}>"
    ).encode()


REJECTION = notice(
    PRIVATE,
    "RicevutaScarto",
    f"<Hash>{SHA_256.upper()}</Hash><DataOraRicezione>2026-03-02T18:34:00.000+01:00</DataOraRicezione>"
    "<ListaErrori><Errore><Codice>00404</Codice><Descrizione>Fattura duplicata</Descrizione>"
    "<Suggerimento>Verificare</Suggerimento></Errore><Errore><Codice>00423</Codice><Descrizione>Prezzo</Descrizione>"
    "</Errore></ListaErrori>",
)


def test_a_rejection_names_its_errors() -> None:
    read = read_notice(REJECTION)
    assert (read.kind, read.is_public, read.sdi_id, read.message_id) == ("NS", False, "98765", "4711")
    assert read.file_name == "IT01234560157_0000A.xml"
    assert read.hash == SHA_256
    assert read.received_at == datetime.datetime(2026, 3, 2, 17, 34, tzinfo=datetime.UTC)
    assert read.errors == (SdiError("00404", "Fattura duplicata", "Verificare"), SdiError("00423", "Prezzo"))


def test_a_receipt_names_recipient_and_moment() -> None:
    read = read_notice(
        notice(
            PUBLIC,
            "RicevutaConsegna",
            "<DataOraRicezione>2026-07-01T10:00:00</DataOraRicezione><DataOraConsegna>2026-07-01T10:05:00Z"
            "</DataOraConsegna><Destinatario><Codice>ABC123</Codice><Descrizione>Comune</Descrizione></Destinatario>"
            "<RiferimentoArchivio><IdentificativoSdI>98000</IdentificativoSdI><NomeFile>IT01234560157_Z.zip</NomeFile>"
            "</RiferimentoArchivio>",
        )
    )
    assert (read.kind, read.is_public, read.recipient) == ("RC", True, ("ABC123", "Comune"))
    assert read.archive == ("98000", "IT01234560157_Z.zip")
    # A moment without a zone is one in Rome.
    assert read.received_at == datetime.datetime(2026, 7, 1, 8, tzinfo=datetime.UTC)
    assert read.delivered_at == datetime.datetime(2026, 7, 1, 10, 5, tzinfo=datetime.UTC)


def test_an_undeliverable_private_invoice_says_from_when_it_can_be_seen() -> None:
    read = read_notice(
        notice(
            PRIVATE,
            "RicevutaImpossibilitaRecapito",
            "<DataMessaADisposizione>2026-03-03</DataMessaADisposizione><Descrizione>Non recapitata</Descrizione>",
        )
    )
    assert (read.kind, read.is_public) == ("MC", False)
    assert (read.available_on, read.description) == (datetime.date(2026, 3, 3), "Non recapitata")


def test_the_outcome_is_that_of_the_office_and_names_its_invoice() -> None:
    read = read_notice(
        notice(
            PUBLIC,
            "NotificaEsito",
            "<EsitoCommittente><IdentificativoSdI>98765</IdentificativoSdI><RiferimentoFattura><NumeroFattura>7"
            "</NumeroFattura><AnnoFattura>2026</AnnoFattura><PosizioneFattura>2</PosizioneFattura></RiferimentoFattura>"
            "<Esito>EC02</Esito><Descrizione>Importo errato</Descrizione></EsitoCommittente>",
        )
    )
    assert (read.kind, read.outcome, read.description) == ("NE", "EC02", "Importo errato")
    assert read.invoice == InvoiceReference("7", "2026", 2)


def attestation() -> bytes:
    return notice(PUBLIC, "AttestazioneTrasmissioneFattura", f"<HashFileOriginale>{SHA_256}</HashFileOriginale>")


def archive(*members: tuple[str, bytes]) -> bytes:
    """A zip of these files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in members:
            opened.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)  # of a fixed date: it names tests
    return buffer.getvalue()


def test_an_attestation_is_read_from_its_archive() -> None:
    packed = archive(("IT01234560157_0000A.xml.p7m", b"\x30\x80"), ("IT01234560157_0000A_AT_001.xml", attestation()))
    assert read_notice(packed) == read_notice(attestation())
    assert read_notice(packed).hash == SHA_256


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "well-formed"),
        (b"<a/>", "root element"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a/>', "DOCTYPE"),
        (attestation().replace(PUBLIC.encode(), b"http://party.example"), "root element"),
        # the private flow has no outcomes
        (notice(PRIVATE, "NotificaEsito", ""), "root element"),
        (archive(("a.txt", b"no attestation")), "no attestation"),
        (archive(*((f"{number}.xml", b"") for number in range(11))), "larger"),
        (archive(("bomb.xml", b"\x00" * 20_000_001)), "larger"),
        (archive(("a.xml", attestation()))[:60], "cannot be opened"),
    ],
)
def test_what_is_no_notice_is_refused_with_the_reason(content: bytes, words: str) -> None:
    with pytest.raises(NotANotice) as caught:
        read_notice(content)
    assert words in str(caught.value)


def test_every_real_notice_is_read(shared: Path) -> None:
    seen = set()
    for path in documents(shared, "sdi-messages"):
        content = path.read_bytes()
        if b"FatturaElettronica " in content:
            assert not is_notice(content)
            continue
        assert is_notice(content)
        read = read_notice(content)
        name = read_notice_name(path.name.removeprefix("broken-"))
        assert name is not None
        assert read.kind == name.kind, path
        assert read.sdi_id.isdigit()
        assert read.message_id or read.kind == "EC"
        assert (read.kind != "NS") or read.errors
        assert (read.kind not in ("NE", "EC", "SE")) or read.outcome
        seen.add((read.kind, read.is_public))
    assert {kind for kind, _ in seen} == set(KINDS.values())


def test_a_real_notice_without_recipient_and_hash_is_read(shared: Path) -> None:
    read = read_notice(document(shared, "sdi-messages/pec-extracted/IT03339130126_00009_RC_003.xml"))
    assert (read.kind, read.is_public, read.hash, read.recipient) == ("RC", False, "", ("", ""))
