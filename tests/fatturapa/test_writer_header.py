"""Who sends and who receives: DatiTrasmissione and the parties, in the letters that FatturaPA takes."""

from decimal import Decimal

import msgspec
import pytest

from formats.contract import CannotWrite
from formats.en16931 import (
    Address,
    Buyer,
    Contact,
    Identifier,
    ItalianInvoice,
    ItalianSeller,
    Item,
    TaxRepresentative,
)
from formats.fatturapa.checks import check_bytes
from formats.fatturapa.writer import write
from tests.fatturapa.italian import italian, italian_line
from tests.fatturapa.looked_up import LINE, blocks_at, left_behind, texts_at
from tests.samples import ITALIAN_BUYER, ITALIAN_SELLER, sample_italian_invoice

replace = msgspec.structs.replace
TRANSMISSION = "FatturaElettronicaHeader/DatiTrasmissione"
SELLER = "FatturaElettronicaHeader/CedentePrestatore"
BUYER = "FatturaElettronicaHeader/CessionarioCommittente"


ADDRESSED = [
    # options, recipient code and BT-49 of the invoice -> FormatoTrasmissione, CodiceDestinatario, PECDestinatario
    ({}, "ABC1234", None, ("FPR12", "ABC1234", [])),
    ({}, "ABC123", None, ("FPA12", "ABC123", [])),  # 6 characters: a public body
    ({}, None, Identifier("UFABCD", "0201"), ("FPA12", "UFABCD", [])),
    ({}, None, Identifier("xyz0001", "0205"), ("FPR12", "XYZ0001", [])),
    ({}, None, Identifier("acquisti@pec.example", "0202"), ("FPR12", "0000000", ["acquisti@pec.example"])),
    ({}, None, Identifier("9876543210982", "0088"), ("FPR12", "0000000", [])),  # a Peppol address is none of SDI's
    ({"recipient_code": "ZZZ9999"}, "ABC1234", None, ("FPR12", "ZZZ9999", [])),  # options win
    ({"recipient_pec": "b@pec.example"}, "0000000", None, ("FPR12", "0000000", ["b@pec.example"])),
    ({"transmission_format": "FPA12"}, "ABC123", None, ("FPA12", "ABC123", [])),
]


@pytest.mark.parametrize(("options", "code", "address", "expected"), ADDRESSED)
def test_the_recipient_decides_format_and_code(
    options: dict[str, str], code: str | None, address: Identifier | None, expected: tuple[str, str, list[str]]
) -> None:
    invoice = italian(
        buyer=replace(ITALIAN_BUYER, electronic_address=address),
        italy=ItalianInvoice(document_type="TD01", recipient_code=code),
    )
    written = write(invoice, options)
    (version,) = texts_at(written, f"{TRANSMISSION}/FormatoTrasmissione")
    (recipient,) = texts_at(written, f"{TRANSMISSION}/CodiceDestinatario")
    assert (version, recipient, texts_at(written, f"{TRANSMISSION}/PECDestinatario")) == expected
    assert f'versione="{version}"'.encode() in written.content


def test_a_buyer_abroad_gets_seven_x_and_an_identifier_even_without_a_vat_number() -> None:
    address = Address(line1="Marktplatz 1", city="Graz", post_code="8010", country="AT")
    abroad = Buyer(name="Nordlicht", address=address)
    written = write(italian(buyer=abroad, italy=ItalianInvoice(document_type="TD01")))
    assert texts_at(written, f"{TRANSMISSION}/CodiceDestinatario") == ["XXXXXXX"]
    assert texts_at(written, f"{BUYER}/DatiAnagrafici/IdFiscaleIVA/IdPaese") == ["AT"]
    assert texts_at(written, f"{BUYER}/DatiAnagrafici/IdFiscaleIVA/IdCodice") == ["0000000"]
    assert texts_at(written, f"{BUYER}/Sede/CAP") == ["00000"]
    assert "5 digits" in left_behind(written)["BG-7/BG-8/BT-53"]
    assert check_bytes(written.content).is_valid


def test_the_caller_names_transmitter_and_progressive() -> None:
    options = {"transmitter_country": "IT", "transmitter_code": "12345670017", "progressive": "0000A"}
    written = write(sample_italian_invoice(), options)
    assert texts_at(written, f"{TRANSMISSION}/IdTrasmittente/IdCodice") == ["12345670017"]
    assert texts_at(written, f"{TRANSMISSION}/ProgressivoInvio") == ["0000A"]


def test_without_them_the_seller_transmits_and_the_number_counts() -> None:
    written = write(sample_italian_invoice())
    assert texts_at(written, f"{TRANSMISSION}/IdTrasmittente/IdCodice") == ["01234560157"]
    assert texts_at(written, f"{TRANSMISSION}/ProgressivoInvio") == ["20260042"]


@pytest.mark.parametrize(
    "options",
    [{"recipient_code": "AB"}, {"recipient_pec": "nobody"}, {"transmission_format": "FSM10"}, {"progressive": "è"}],
    ids=lambda options: next(iter(options)),
)
def test_an_option_that_the_schema_does_not_take_is_refused(options: dict[str, str]) -> None:
    with pytest.raises(CannotWrite) as caught:
        write(sample_italian_invoice(), options)
    assert [one.id for one in caught.value.findings] == ["GW-IT-TRANSMISSION"]


def test_a_greek_vat_number_has_the_iso_country() -> None:
    seller = replace(ITALIAN_SELLER, vat_identifier="EL123456789")
    written = write(italian(seller=seller))
    assert texts_at(written, f"{SELLER}/DatiAnagrafici/IdFiscaleIVA/IdPaese") == ["GR"]
    assert "BG-4/BT-31" not in left_behind(written)


def test_a_person_without_vat_number_is_named_by_the_fiscal_code() -> None:
    person = replace(
        ITALIAN_BUYER,
        vat_identifier=None,
        legal_registration=Identifier("RSSMRA80A01H501U", "0210"),
        name="Maria Rossi",
    )
    written = write(italian(buyer=person))
    assert texts_at(written, f"{BUYER}/DatiAnagrafici/CodiceFiscale") == ["RSSMRA80A01H501U"]
    assert texts_at(written, f"{BUYER}/DatiAnagrafici/IdFiscaleIVA/IdPaese") == []
    assert check_bytes(written.content).is_valid


def test_what_the_business_register_says_of_the_seller_stands_in_iscrizione_rea() -> None:
    italy = ItalianSeller(tax_regime="RF19", rea_office="CR", rea_number="123456", share_capital=Decimal(10000))
    written = write(italian(seller=replace(ITALIAN_SELLER, italy=italy)))
    (rea,) = blocks_at(written, f"{SELLER}/IscrizioneREA")
    said = {name: rea.text(name) for name in rea.children}
    # A firm that does not speak of liquidation is in none.
    assert said == {"Ufficio": "CR", "NumeroREA": "123456", "CapitaleSociale": "10000.00", "StatoLiquidazione": "LN"}
    assert texts_at(written, f"{SELLER}/DatiAnagrafici/RegimeFiscale") == ["RF19"]


def test_long_address_lines_stand_together_and_the_invoice_learns_of_it() -> None:
    address = Address(line1="Via Emilia 1", line2="Scala B, interno 12", city="Modena", post_code="41121", country="IT")
    written = write(italian(seller=replace(ITALIAN_SELLER, address=address)))
    assert texts_at(written, f"{SELLER}/Sede/Indirizzo") == ["Via Emilia 1, Scala B, interno 12"]
    assert {"BG-4/BG-5/BT-35", "BG-4/BG-5/BT-36"} <= left_behind(written).keys()


def test_a_short_second_line_is_the_house_number() -> None:
    address = Address(line1="Via Emilia", line2="12/A", city="Modena", post_code="41121", country="IT")
    written = write(italian(seller=replace(ITALIAN_SELLER, address=address)))
    assert texts_at(written, f"{SELLER}/Sede/NumeroCivico") == ["12/A"]
    assert "BG-4/BG-5/BT-36" not in left_behind(written)


@pytest.mark.parametrize(
    ("stated", "written_as"),
    [
        ("0372 123456", "0372 123456"),
        ("+39 0372 123456", "+390372123456"[3:]),
        ("0372/1234567", "0372/1234567"),
        ("12", None),
    ],
)
def test_a_telephone_number_loses_what_twelve_characters_do_not_hold(stated: str, written_as: str | None) -> None:
    written = write(italian(seller=replace(ITALIAN_SELLER, contact=Contact(telephone=stated))))
    assert texts_at(written, f"{SELLER}/Contatti/Telefono") == ([written_as] if written_as else [])
    assert ("BG-4/BG-6/BT-42" in left_behind(written)) == (stated != written_as)


def test_the_tax_representative_stands_in_the_header() -> None:
    party = TaxRepresentative(name="Fiduciaria Tre Fontane", vat_identifier="IT12345670017")
    written = write(italian(tax_representative=party))
    at = "FatturaElettronicaHeader/RappresentanteFiscale/DatiAnagrafici"
    assert texts_at(written, f"{at}/IdFiscaleIVA/IdCodice") == ["12345670017"]
    assert texts_at(written, f"{at}/Anagrafica/Denominazione") == ["Fiduciaria Tre Fontane"]


def test_letters_outside_latin_1_are_romanised_and_listed() -> None:
    written = write(italian(lines=(italian_line(item=Item(name="Тест €5 – “œuvre”")),)))
    assert texts_at(written, f"{LINE}/Descrizione") == ['Test EUR5 - "oeuvre"']
    assert "ISO 8859-1" in left_behind(written)["BG-25[1]/BG-31/BT-153"]
    assert check_bytes(written.content).is_valid


def test_markup_and_control_letters_in_a_text_stay_text() -> None:
    name = "a < b & c > d ]]> \"e\" 'f'\tg\nh"
    written = write(italian(lines=(italian_line(item=Item(name=name)),)))
    assert texts_at(written, f"{LINE}/Descrizione") == [name]
    assert "BG-25[1]/BG-31/BT-153" not in left_behind(written)
