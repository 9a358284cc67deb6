"""What Italy needs and EN 16931-1 has no term for: a typed extension of the invoice, its seller and its lines.

The names in brackets are those of FatturaPA 1.2.3 (specifiche tecniche, Allegato A); codes stay as they are
there (TD01, RF01, N2.1, RT01, TC01): no invented enums. The numbers `IT-…` are the house's own.
"""

from decimal import Decimal
from typing import Annotated

from formats.en16931.terms import Group, term


class StampDuty(Group, frozen=True, kw_only=True):
    """Imposta di bollo paid virtually (DatiBollo, 2.1.1.6). `amount` in EUR, usually 2.00; may be left out."""

    amount: Annotated[Decimal | None, term("IT-11", "Stamp duty amount (ImportoBollo)")] = None


class Withholding(Group, frozen=True, kw_only=True):
    """Ritenuta: income tax or contribution that the buyer withholds (DatiRitenuta, 2.1.1.5)."""

    kind: Annotated[str | None, term("IT-12", "Kind of withholding, RT01..RT06 (TipoRitenuta)")] = None
    amount: Annotated[Decimal | None, term("IT-13", "Amount withheld (ImportoRitenuta)")] = None
    rate: Annotated[Decimal | None, term("IT-14", "Rate in percent (AliquotaRitenuta)")] = None
    payment_reason: Annotated[str | None, term("IT-15", "Reason code of the tax return (CausalePagamento)")] = None


class PensionFund(Group, frozen=True, kw_only=True):
    """Cassa previdenziale: a contribution charged to the buyer (DatiCassaPrevidenziale, 2.1.1.7)."""

    kind: Annotated[str | None, term("IT-16", "Kind of fund, TC01..TC22 (TipoCassa)")] = None
    rate: Annotated[Decimal | None, term("IT-17", "Contribution rate in percent (AlCassa)")] = None
    amount: Annotated[Decimal | None, term("IT-18", "Contribution (ImportoContributoCassa)")] = None
    base: Annotated[Decimal | None, term("IT-19", "Base of the contribution (ImponibileCassa)")] = None
    vat_rate: Annotated[Decimal | None, term("IT-20", "VAT rate in percent (AliquotaIVA)")] = None
    withheld: Annotated[bool, term("IT-21", "Subject to withholding (Ritenuta)")] = False
    nature: Annotated[str | None, term("IT-22", "Nature of the VAT exemption, N1..N7 (Natura)")] = None


class ItalianSeller(Group, frozen=True, kw_only=True):
    """What an Italian seller states about itself (CedentePrestatore, 1.2)."""

    tax_regime: Annotated[str | None, term("IT-30", "Tax regime, RF01..RF20 (RegimeFiscale)")] = None
    rea_office: Annotated[
        str | None,
        term("IT-31", "Province of the business register (IscrizioneREA/Ufficio)"),
    ] = None
    rea_number: Annotated[str | None, term("IT-32", "Number in the business register (NumeroREA)")] = None
    share_capital: Annotated[Decimal | None, term("IT-33", "Share capital (CapitaleSociale)")] = None
    sole_shareholder: Annotated[str | None, term("IT-34", "SU sole, SM several shareholders (SocioUnico)")] = None
    liquidation: Annotated[str | None, term("IT-35", "LS in, LN not in liquidation (StatoLiquidazione)")] = None


class ItalianInvoice(Group, frozen=True, kw_only=True):
    """What the Italian document states beyond the standard (DatiGenerali, 2.1)."""

    document_type: Annotated[str | None, term("IT-1", "Document type, TD01..TD29 (TipoDocumento)")] = None
    split_payment: Annotated[bool, term("IT-2", "The buyer pays the VAT to the state (EsigibilitaIVA S)")] = False
    cig: Annotated[str | None, term("IT-3", "Tender code (CodiceCIG)")] = None
    cup: Annotated[str | None, term("IT-4", "Public investment project code (CodiceCUP)")] = None
    recipient_code: Annotated[
        str | None,
        term("IT-5", "SDI recipient code, 6 or 7 characters (CodiceDestinatario)"),
    ] = None
    recipient_pec: Annotated[str | None, term("IT-6", "Certified mail address (PECDestinatario)")] = None
    stamp_duty: Annotated[StampDuty | None, term("IT-10", "Stamp duty (DatiBollo)")] = None
    withholdings: Annotated[tuple[Withholding, ...], term("IT-7", "Withholdings (DatiRitenuta)")] = ()
    pension_funds: Annotated[tuple[PensionFund, ...], term("IT-8", "Pension funds (DatiCassaPrevidenziale)")] = ()


class ItalianLine(Group, frozen=True, kw_only=True):
    """What the Italian line states beyond the standard (DettaglioLinee, 2.2.1)."""

    nature: Annotated[str | None, term("IT-40", "Nature of the VAT exemption, N1..N7 (Natura)")] = None
    withheld: Annotated[bool, term("IT-41", "Subject to withholding (Ritenuta)")] = False
    kind: Annotated[str | None, term("IT-42", "SC, PR, AB or AC (TipoCessionePrestazione)")] = None
