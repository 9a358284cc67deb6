"""SDI's controls on the content, each broken once."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import etree

from simulators.sdi_controls import control
from tests.simulators.messages import fattura

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def found(document: bytes) -> list[str]:
    return [failure.code for failure in control(etree.fromstring(document), NOW)]


def changed(*pairs: tuple[str, str], **values: str) -> bytes:
    """The sample with pieces of its text replaced; each piece must be there."""
    document = fattura(**values).decode()
    for old, new in pairs:
        assert old in document, old
        document = document.replace(old, new)
    return document.encode()


LINE = "</DettaglioLinee>"
RATE = "<AliquotaIVA>22.00</AliquotaIVA>"
GENERAL = "<Numero>2026/1</Numero>"
LINKED = "<DatiFattureCollegate><IdDocumento>1</IdDocumento><Data>2026-11-03</Data></DatiFattureCollegate>"
FUND = (
    "<DatiCassaPrevidenziale><TipoCassa>TC01</TipoCassa><AlCassa>4.00</AlCassa>"
    "<ImportoContributoCassa>0.00</ImportoContributoCassa>{}</DatiCassaPrevidenziale>"
)
BROKEN = {
    # code: the document
    "00313": changed(("ABC1234", "XXXXXXX")),
    "00330": changed(
        ("</CodiceDestinatario>", "</CodiceDestinatario><PECDestinatario>sdi07@pec.fatturapa.it</PECDestinatario>")
    ),
    "00400": changed((f"{RATE}</DettaglioLinee>", f"<AliquotaIVA>0.00</AliquotaIVA>{LINE}")),
    "00401": changed((f"{RATE}{LINE}", f"{RATE}<Natura>N4</Natura>{LINE}")),
    "00403": changed(Data="2026-11-26"),
    "00411": changed((f"{RATE}{LINE}", f"{RATE}<Ritenuta>SI</Ritenuta>{LINE}")),
    "00413": changed((GENERAL, FUND.format("<AliquotaIVA>0.00</AliquotaIVA>") + GENERAL)),
    "00414": changed((GENERAL, FUND.format(f"{RATE}<Natura>N4</Natura>") + GENERAL)),
    "00415": changed((GENERAL, FUND.format(f"{RATE}<Ritenuta>SI</Ritenuta>") + GENERAL)),
    "00417": changed(Buyer=""),
    "00418": changed(
        ("</DatiGeneraliDocumento>", f"</DatiGeneraliDocumento>{LINKED}"),
        TipoDocumento="TD04",
    ),
    "00419": changed((f"{RATE}{LINE}", f"<AliquotaIVA>10.00</AliquotaIVA>{LINE}")),
    "00420": changed(
        (RATE, "<AliquotaIVA>0.00</AliquotaIVA><Natura>N6.1</Natura>"),
        ("</Imposta>", "</Imposta><EsigibilitaIVA>S</EsigibilitaIVA>"),
        Imposta="0.00",
    ),
    "00421": changed(Imposta="44.02"),
    "00422": changed(ImponibileImporto="202.00", Imposta="44.44"),
    "00423": changed(PrezzoTotale="200.02"),
    "00424": changed(AliquotaIVA="0.22", Imposta="0.44"),
    "00425": changed(("2026/1", "ultima")),
    "00427": changed(("ABC1234", "UFABCD")),
    "00428": changed(('versione="FPR12"', 'versione="FPA12"')),
    "00429": changed((f"<DatiRiepilogo>{RATE}", "<DatiRiepilogo><AliquotaIVA>0.00</AliquotaIVA>")),
    "00430": changed((f"<DatiRiepilogo>{RATE}", f"<DatiRiepilogo>{RATE}<Natura>N4</Natura>")),
    "00437": changed((GENERAL, f"{GENERAL}<ScontoMaggiorazione><Tipo>SC</Tipo></ScontoMaggiorazione>")),
    "00438": changed(("<PrezzoTotale>", "<ScontoMaggiorazione><Tipo>SC</Tipo></ScontoMaggiorazione><PrezzoTotale>")),
    "00443": changed(
        ("<DatiRiepilogo>", "<DatiRiepilogo><AliquotaIVA>5.00</AliquotaIVA></DatiRiepilogo><DatiRiepilogo>")
    ),
    "00444": changed((f"{RATE}{LINE}", f"<AliquotaIVA>0.00</AliquotaIVA><Natura>N4</Natura>{LINE}")),
    "00445": changed((RATE, "<AliquotaIVA>0.00</AliquotaIVA><Natura>N2</Natura>"), Imposta="0.00"),
    "00471": changed(Buyer="01234567897"),
    "00472": changed(TipoDocumento="TD27"),
    "00473": changed(TipoDocumento="TD17"),
    "00474": changed((RATE, "<AliquotaIVA>0.00</AliquotaIVA><Natura>N4</Natura>"), TipoDocumento="TD21"),
    "00475": changed(
        ("IdFiscaleIVA><Anagrafica><Denominazione>Cliente", "X><Anagrafica><Denominazione>Cliente"),
        (
            "<CessionarioCommittente><DatiAnagrafici><IdFiscaleIVA>",
            "<CessionarioCommittente><DatiAnagrafici><CodiceFiscale>01234567897</CodiceFiscale><X>",
        ),
        TipoDocumento="TD16",
    ),
    "00476": changed(
        ("<IdPaese>IT</IdPaese><IdCodice>01234567897</IdCodice>\n", "<IdPaese>FR</IdPaese><IdCodice>1</IdCodice>"),
        ("<IdPaese>IT</IdPaese><IdCodice>10000000009", "<IdPaese>DE</IdPaese><IdCodice>10000000009"),
    ),
}


def test_the_sample_itself_passes() -> None:
    assert found(fattura()) == []


@pytest.mark.parametrize("code", BROKEN)
def test_each_broken_control_is_named(code: str) -> None:
    assert code in found(BROKEN[code])


def test_the_same_invoice_twice_in_a_lot_is_named() -> None:
    body = fattura().partition(b"<FatturaElettronicaBody>")[2].partition(b"</p:")[0]
    twice = fattura().replace(b"</p:Fattura", b"<FatturaElettronicaBody>" + body + b"</p:Fattura")
    assert found(twice) == ["00409"]


def test_the_publishers_own_examples_pass(shared: Path) -> None:
    folder = shared / "corpus" / "fatturapa" / "official-examples"
    documents = [folder / f"IT01234567890_{name}.xml" for name in ("FPA01", "FPA02", "FPR01")]
    assert {path.name: found(path.read_bytes()) for path in documents} == {path.name: [] for path in documents}
