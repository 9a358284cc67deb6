"""A simplified invoice (FSM10) for tests."""

import datetime
from decimal import Decimal

from formats.fatturapa.document import Content, Leaf, serialized
from formats.fatturapa.elements import simplified


def simplified_invoice(
    amount: str = "122.00", regime: str = "RF01", vat: dict[str, Leaf] | None = None, **line: Leaf
) -> bytes:
    """A simplified invoice of one line, VAT included. vat: DatiIVA. line: more elements of the line."""
    party: Content = {"IdPaese": "IT", "IdCodice": "01234560157"}
    address: Content = {"Indirizzo": "Via dei Tigli 12", "CAP": "26100", "Comune": "Cremona", "Nazione": "IT"}
    content: Content = {
        "FatturaElettronicaHeader": {
            "DatiTrasmissione": {
                "IdTrasmittente": party,
                "ProgressivoInvio": "1",
                "FormatoTrasmissione": "FSM10",
                "CodiceDestinatario": "0000000",
            },
            "CedentePrestatore": {
                "IdFiscaleIVA": party,
                "Denominazione": "Officine Pratoverde S.r.l.",
                "Sede": address,
                "RegimeFiscale": regime,
            },
            "CessionarioCommittente": {"IdentificativiFiscali": {"CodiceFiscale": "12345670017"}},
        },
        "FatturaElettronicaBody": {
            "DatiGenerali": {
                "DatiGeneraliDocumento": {
                    "TipoDocumento": "TD07",
                    "Divisa": "EUR",
                    "Data": datetime.date(2026, 3, 2),
                    "Numero": "S-1",
                }
            },
            "DatiBeniServizi": {
                "Descrizione": "Riparazione",
                "Importo": Decimal(amount),
                "DatiIVA": vat if vat is not None else {"Aliquota": Decimal(22)},
                **line,
            },
        },
    }
    return serialized(simplified(), "FSM10", "TEST", content)
