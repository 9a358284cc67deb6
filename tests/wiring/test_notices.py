"""What SDI delivers becomes a notice in our words: which file, what happened, when, and the raw form of it."""

import base64
import datetime
import io
import zipfile

import pytest

from channels.contract import Notice
from formats.fatturapa.sdicoop import SoapRefused
from gateway.signals import SIGNALS, UNKNOWN_SIGNAL, effect_of
from gateway.wiring.notices import read_sdi_delivery

PRIVATE = "http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fattura/messaggi/v1.0"
PUBLIC = "http://www.fatturapa.gov.it/sdi/messaggi/v1.0"
TYPES = "http://www.fatturapa.gov.it/sdi/ws/trasmissione/v1.0/types"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
FILE = "IT01234560157_0001B.xml"
RECEIVED = "<DataOraRicezione>2026-11-12T10:00:00.000+01:00</DataOraRicezione>"
TO_OFFICE = "<Destinatario><Codice>UFAB12</Codice><Descrizione>Comune</Descrizione></Destinatario>"
OUTCOME = (
    '<EsitoCommittente versione="1.0"><IdentificativoSdI>4711</IdentificativoSdI><Esito>{code}</Esito>'
    "<Descrizione>{words}</Descrizione></EsitoCommittente>"
)


def xml(namespace: str, root: str, inner: str, message_id: str = "8001") -> bytes:
    """A notice about our file."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><n:{root} xmlns:n="{namespace}" versione="1.0">'
        f"<IdentificativoSdI>4711</IdentificativoSdI><NomeFile>{FILE}</NomeFile>{inner}"
        f"<MessageId>{message_id}</MessageId></n:{root}>"
    ).encode()


def delivered(
    content: bytes, operation: str = "ricevutaConsegna", name: str = "IT01234560157_0001B_RC_001.xml"
) -> Notice:
    """The notice as SDI's call brings it."""
    inner = f"<IdentificativoSdI>4711</IdentificativoSdI><NomeFile>{name}</NomeFile>"
    inner += f"<File>{base64.b64encode(content).decode()}</File>"
    call = f'<t:{operation} xmlns:t="{TYPES}">{inner}</t:{operation}>'
    envelope = f'<s:Envelope xmlns:s="{SOAP}"><s:Body>{call}</s:Body></s:Envelope>'
    return read_sdi_delivery(envelope.encode(), "text/xml; charset=utf-8")


def errors(*codes: str) -> str:
    each = "".join(f"<Errore><Codice>{one}</Codice><Descrizione>words of {one}</Descrizione></Errore>" for one in codes)
    return f"{RECEIVED}<ListaErrori>{each}</ListaErrori>"


KINDS = [
    # Delivered, of either flow.
    (PRIVATE, "RicevutaConsegna", RECEIVED, "sdi.RC", ""),
    (PUBLIC, "RicevutaConsegna", RECEIVED + TO_OFFICE, "sdi.RC", ""),
    # Not delivered: for good to a business, for the time being to an office.
    (PRIVATE, "RicevutaImpossibilitaRecapito", f"{RECEIVED}<Descrizione>casella piena</Descrizione>", "sdi.MC", ""),
    (PUBLIC, "NotificaMancataConsegna", f"{RECEIVED}<Descrizione>non attivo</Descrizione>", "sdi.MC.public", ""),
    # Refused by SDI, in either flow: new, or known already in all of its reasons.
    (PRIVATE, "RicevutaScarto", errors("00423"), "sdi.NS", "00423"),
    (PUBLIC, "NotificaScarto", errors("00305", "00423"), "sdi.NS", "00305, 00423"),
    (PRIVATE, "RicevutaScarto", errors("00404"), "sdi.NS.00404", "00404"),
    (PRIVATE, "RicevutaScarto", errors("00002", "00404"), "sdi.NS.00404", "00002, 00404"),
    (PRIVATE, "RicevutaScarto", errors("00404", "00423"), "sdi.NS", "00404, 00423"),
    (PRIVATE, "RicevutaScarto", RECEIVED, "sdi.NS", ""),
    # The office answered, or did not.
    (PUBLIC, "NotificaEsito", OUTCOME.format(code="EC01", words="va bene"), "sdi.NE.EC01", "EC01"),
    (PUBLIC, "NotificaEsito", OUTCOME.format(code="EC02", words="non ordinato"), "sdi.NE.EC02", "EC02"),
    (PUBLIC, "NotificaDecorrenzaTermini", "<Descrizione>15 giorni</Descrizione>", "sdi.DT", ""),
    (PUBLIC, "AttestazioneTrasmissioneFattura", RECEIVED + TO_OFFICE, "sdi.AT", ""),
]


@pytest.mark.parametrize(("namespace", "root", "inner", "signal", "code"), KINDS)
def test_every_kind_of_notice_has_its_row_in_the_lifecycle(
    namespace: str, root: str, inner: str, signal: str, code: str
) -> None:
    content = xml(namespace, root, inner)
    said = delivered(content)
    assert (said.signal, said.code) == (signal, code)
    assert signal in SIGNALS
    assert (said.parcel_key, said.reference) == (FILE, "4711")
    assert (said.raw, said.raw_media_type) == (content, "application/xml")
    assert said.file_name == "IT01234560157_0001B_RC_001.xml"


@pytest.mark.parametrize(
    ("stated", "read"),
    [
        ("<Hash>" + "AB" * 32 + "</Hash>", "ab" * 32),
        ("", ""),  # some notices carry none
        ("<Hash>" + "ab" * 20 + "</Hash>", ""),  # of another length it is another digest: nothing to compare
    ],
)
def test_the_hash_of_the_file_is_told_where_it_is_one(stated: str, read: str) -> None:
    assert delivered(xml(PRIVATE, "RicevutaConsegna", stated + RECEIVED)).sha256 == read


def test_a_rejection_says_its_reasons_in_our_words_with_their_codes() -> None:
    said = delivered(xml(PRIVATE, "RicevutaScarto", errors("00305", "99999")))
    known, unknown = said.text.split("; ")
    assert known.endswith("(00305)")
    assert "words of" not in known
    assert unknown == "words of 99999 (99999)"


def test_a_rejection_without_reason_still_makes_a_sentence() -> None:
    assert delivered(xml(PRIVATE, "RicevutaScarto", RECEIVED)).text == "it names no reason"


def test_an_office_that_refuses_says_why() -> None:
    assert (
        delivered(xml(PUBLIC, "NotificaEsito", OUTCOME.format(code="EC02", words="non ordinato"))).text
        == "non ordinato"
    )
    assert delivered(xml(PUBLIC, "NotificaEsito", OUTCOME.format(code="EC02", words=""))).text == "no reason given"


def test_it_happened_when_it_was_delivered_else_when_sdi_had_the_file() -> None:
    ten = datetime.datetime(2026, 11, 12, 9, 0, tzinfo=datetime.UTC)
    assert delivered(xml(PRIVATE, "RicevutaConsegna", RECEIVED)).said_at == ten
    later = f"{RECEIVED}<DataOraConsegna>2026-11-12T12:30:00.000+01:00</DataOraConsegna>"
    assert delivered(xml(PRIVATE, "RicevutaConsegna", later)).said_at == ten.replace(hour=11, minute=30)


def test_the_same_notice_twice_has_one_key_and_two_notices_have_two() -> None:
    once, again = (delivered(xml(PRIVATE, "RicevutaConsegna", RECEIVED)) for _ in range(2))
    assert once.key == again.key
    assert once.key != delivered(xml(PRIVATE, "RicevutaConsegna", RECEIVED, message_id="8002")).key
    # Kinds count their messages apart.
    assert once.key != delivered(xml(PRIVATE, "RicevutaScarto", errors("00305"))).key


def test_an_attestation_comes_in_a_zip_and_is_kept_as_one() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(FILE, b"<invoice/>")
        archive.writestr("IT01234560157_0001B_AT_001.xml", xml(PUBLIC, "AttestazioneTrasmissioneFattura", RECEIVED))
    said = delivered(packed.getvalue(), "attestazioneTrasmissioneFattura", "IT01234560157_0001B_AT_001.zip")
    assert (said.signal, said.parcel_key) == ("sdi.AT", FILE)
    assert (said.raw, said.raw_media_type) == (packed.getvalue(), "application/zip")


@pytest.mark.parametrize(
    "content",
    [
        # Of another make, cut off, no XML, with a bomb in it, an archive without attestation.
        b"<Ricevuta/>",
        xml(PRIVATE, "RicevutaConsegna", RECEIVED)[:-20],
        b"see attachment",
        b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>',
        b"PK\x03\x04 and nothing more",
    ],
)
def test_a_notice_that_cannot_be_read_is_kept_for_a_person_under_sdis_number(content: bytes) -> None:
    said = delivered(content)
    assert (said.signal, said.reference, said.parcel_key) == ("sdi.unreadable", "4711", "")
    assert said.raw == content
    assert said.text
    assert effect_of(said.signal) is UNKNOWN_SIGNAL


@pytest.mark.parametrize(
    ("root", "namespace", "signal"),
    [
        # SDI tells recipients about files; one who transmits has no row for that.
        ("MetadatiInvioFile", PUBLIC, "sdi.MT"),
        ("ScartoEsitoCommittente", PUBLIC, "sdi.SE"),
    ],
)
def test_a_kind_that_has_no_row_is_shown_raw(root: str, namespace: str, signal: str) -> None:
    said = delivered(xml(namespace, root, ""))
    assert said.signal == signal
    assert effect_of(signal) is UNKNOWN_SIGNAL


def test_an_outcome_that_has_no_row_is_shown_raw() -> None:
    said = delivered(xml(PUBLIC, "NotificaEsito", OUTCOME.format(code="EC07", words="")))
    assert (said.signal, said.code) == ("sdi.NE.EC07", "EC07")
    assert effect_of(said.signal) is UNKNOWN_SIGNAL


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"hello",
        b"<x/>",
        f'<s:Envelope xmlns:s="{SOAP}"><s:Body/></s:Envelope>'.encode(),
        f'<s:Envelope xmlns:s="{SOAP}"><s:Body><t:other xmlns:t="{TYPES}"/></s:Body></s:Envelope>'.encode(),
    ],
)
def test_what_is_no_call_of_sdi_is_refused(body: bytes) -> None:
    with pytest.raises(SoapRefused):
        read_sdi_delivery(body, "text/xml")
