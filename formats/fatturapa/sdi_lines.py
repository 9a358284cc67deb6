"""Controls of SDI on lines, withholdings and pension funds (Elenco controlli 2.0, code by code)."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from formats.checking import Finding, check
from formats.en16931.money import CENT, ZERO, product
from formats.fatturapa.codes import nature
from formats.fatturapa.document import Block
from formats.fatturapa.price import changes_of_unit
from formats.fatturapa.submission import Body, Row, Submission, broken, total

# An integration may state rate and nature together.
_INTEGRATION: Final = "TD16"
_SIMPLIFIED_LIMIT: Final = Decimal(400)
_UNLIMITED_REGIMES: Final = frozenset({"RF19", "RF20"})


def without_nature(control: str, row: Row, what: str) -> Iterator[Finding]:
    """Rate 0 and no nature. what: the blank for the row's number."""
    if row.rate == 0 and row.nature is None:
        yield broken(control, row.path, row.block, **{what: row.number})


def with_needless_nature(control: str, row: Row, what: str) -> Iterator[Finding]:
    """A rate, and a nature beside it. what: the blank for the row's number."""
    if row.rate and row.nature is not None:
        yield broken(control, row.path, row.block, rate=row.rate, nature=row.nature, **{what: row.number})


@check("00400")
def line_without_vat_has_a_nature(file: Submission) -> Iterator[Finding]:
    """Line: rate 0 without Natura."""
    for body in file.bodies:
        for row in body.lines:
            yield from without_nature("00400", row, "line")


@check("00401")
def line_with_vat_has_no_nature(file: Submission) -> Iterator[Finding]:
    """Line: rate with Natura."""
    for body in file.bodies:
        for row in body.lines if body.document_type != _INTEGRATION else ():
            yield from with_needless_nature("00401", row, "line")


@check("00411")
def withheld_lines_have_a_withholding(file: Submission) -> Iterator[Finding]:
    """Ritenuta SI in a line needs DatiRitenuta."""
    for body in file.bodies:
        yield from _withheld_without_withholding("00411", body, body.lines, "line")


@check("00415")
def withheld_funds_have_a_withholding(file: Submission) -> Iterator[Finding]:
    """Ritenuta SI in a pension fund needs DatiRitenuta."""
    for body in file.bodies:
        yield from _withheld_without_withholding("00415", body, body.funds, "fund")


def _withheld_without_withholding(control: str, body: Body, rows: tuple[Row, ...], what: str) -> Iterator[Finding]:
    if body.head.first("DatiRitenuta") is not None:
        return
    for row in rows:
        if row.block.text("Ritenuta") == "SI":
            yield broken(control, row.path, row.block, **{what: row.number})


@check("00413")
def fund_without_vat_has_a_nature(file: Submission) -> Iterator[Finding]:
    """Pension fund: rate 0 without Natura."""
    for body in file.bodies:
        for row in body.funds:
            yield from without_nature("00413", row, "fund")


@check("00414")
def fund_with_vat_has_no_nature(file: Submission) -> Iterator[Finding]:
    """Pension fund: rate with Natura."""
    for body in file.bodies:
        for row in body.funds:
            yield from with_needless_nature("00414", row, "fund")


@check("00423")
def line_total_is_price_times_quantity(file: Submission) -> Iterator[Finding]:
    """PrezzoTotale = (PrezzoUnitario - discounts + surcharges) x Quantita, to a cent."""
    for body in file.bodies if file.is_ordinary else ():
        for row in body.lines:
            stated, price = row.block.amount("PrezzoTotale"), row.block.amount("PrezzoUnitario")
            if stated is None or price is None:
                continue
            quantity = row.block.amount("Quantita")
            units = Decimal(1) if quantity is None else quantity
            candidates = {product(price + sum(changes, ZERO), units) for changes in changes_of_unit(row.block, price)}
            if all(abs(stated - candidate) > CENT for candidate in candidates):
                yield _wrong_line_total(row, stated, candidates)


def _wrong_line_total(row: Row, stated: Decimal, candidates: set[Decimal]) -> Finding:
    computed = " / ".join(f"{candidate.normalize():f}" for candidate in sorted(candidates))
    at = row.block.first("PrezzoTotale")
    return broken("00423", f"{row.path}/BT-131", at, line=row.number, stated=stated, proposed=computed)


@check("00437")
def document_adjustment_has_a_value(file: Submission) -> Iterator[Finding]:
    """Document ScontoMaggiorazione: Percentuale or Importo."""
    for body in file.bodies:
        yield from _empty_adjustments(
            "00437", body.block.each("DatiGenerali", "DatiGeneraliDocumento", "ScontoMaggiorazione")
        )


@check("00438")
def line_adjustment_has_a_value(file: Submission) -> Iterator[Finding]:
    """Line ScontoMaggiorazione: Percentuale or Importo."""
    for body in file.bodies:
        yield from _empty_adjustments(
            "00438", body.block.each("DatiBeniServizi", "DettaglioLinee", "ScontoMaggiorazione")
        )


def _empty_adjustments(control: str, blocks: Iterator[Block]) -> Iterator[Finding]:
    for block in blocks:
        if block.first("Percentuale") is None and block.first("Importo") is None:
            yield broken(control, "", block, kind=block.text("Tipo") or "—")


@check("00424")
def rates_are_percentages(file: Submission) -> Iterator[Finding]:
    """22.00 and not 0.22."""
    for body in file.bodies:
        for row in (*body.taxed, *body.summaries):
            if row.rate is not None and 0 < row.rate < 1:
                yield broken("00424", row.path, row.block, rate=row.rate)


@check("00445")
def natures_are_exact(file: Submission) -> Iterator[Finding]:
    """N2, N3 and N6 need their subdivision since 2021."""
    for body in file.bodies:
        for row in (*body.taxed, *body.summaries):
            known = nature(row.nature)
            if known is not None and known.is_refused:
                yield broken("00445", row.path, row.block, nature=row.nature)


@check("00474")
def exceeded_ceiling_is_taxed(file: Submission) -> Iterator[Finding]:
    """TD21 has no line at rate 0."""
    for body in file.bodies:
        for row in body.lines if body.document_type == "TD21" else ():
            if row.rate == 0:
                yield broken("00474", row.path, row.block, line=row.number)


@check("00460")
def simplified_invoice_is_small(file: Submission) -> Iterator[Finding]:
    """At most EUR 400, except for flat-rate sellers and corrections."""
    if file.is_ordinary or file.header.text("CedentePrestatore", "RegimeFiscale") in _UNLIMITED_REGIMES:
        return
    for body in file.bodies:
        if body.block.first("DatiGenerali", "DatiFatturaRettificata") is not None:
            continue
        amount = total(row.block.amount("Importo") for row in body.lines)
        if amount > _SIMPLIFIED_LIMIT:
            yield broken("00460", "BG-22/BT-112", body.block, amount=amount)
