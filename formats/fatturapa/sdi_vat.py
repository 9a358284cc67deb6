"""Controls of SDI on the VAT summary and its arithmetic (Elenco controlli 2.0, code by code)."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from formats.checking import Finding, check
from formats.en16931.money import CENT, percentage_of
from formats.fatturapa.sdi_lines import with_needless_nature, without_nature
from formats.fatturapa.submission import Body, Row, Submission, broken, total

_INTEGRATION: Final = "TD16"
_EURO: Final = Decimal(1)
_SPLIT_PAYMENT: Final = "S"
_SUMMARY: Final = "DatiRiepilogo"
_TAXED: Final = "DettaglioLinee / DatiCassaPrevidenziale"


def _bodies(file: Submission) -> tuple[Body, ...]:
    """The bodies of an ordinary file; a simplified one has no DatiRiepilogo."""
    return file.bodies if file.is_ordinary else ()


@check("00419")
def every_rate_is_summed_up(file: Submission) -> Iterator[Finding]:
    """A rate of lines or pension funds has a DatiRiepilogo."""
    for body in _bodies(file):
        yield from _unmatched_rates("00419", body.taxed, body.summaries, _SUMMARY)


@check("00443")
def rates_correspond(file: Submission) -> Iterator[Finding]:
    """The rates of lines and pension funds are those of DatiRiepilogo, and the other way round."""
    for body in _bodies(file):
        taxed, summaries = body.taxed, body.summaries
        yield from _unmatched_rates("00443", taxed, summaries, _SUMMARY)
        yield from _unmatched_rates("00443", summaries, taxed, _TAXED)


def _unmatched_rates(control: str, rows: tuple[Row, ...], others: tuple[Row, ...], what: str) -> Iterator[Finding]:
    known = {row.rate for row in others}
    for row in {row.rate: row for row in reversed(rows) if row.rate not in known}.values():
        yield broken(control, row.path, row.block, rate=row.rate, element=what)


@check("00444")
def natures_correspond(file: Submission) -> Iterator[Finding]:
    """The natures of lines and pension funds are those of DatiRiepilogo, and the other way round."""
    for body in _bodies(file):
        taxed, summaries = body.taxed, body.summaries
        for rows, others, what in ((taxed, summaries, _SUMMARY), (summaries, taxed, _TAXED)):
            known = {row.nature for row in others}
            for row in {row.nature: row for row in reversed(rows) if row.nature and row.nature not in known}.values():
                yield broken("00444", row.path, row.block, nature=row.nature, element=what)


@check("00420")
def reverse_charge_is_not_split(file: Submission) -> Iterator[Finding]:
    """Natura N6 and EsigibilitaIVA S exclude each other."""
    for body in _bodies(file):
        for row in body.summaries:
            if (row.nature or "").startswith("N6") and row.block.text("EsigibilitaIVA") == _SPLIT_PAYMENT:
                yield broken("00420", row.path, row.block, nature=row.nature)


@check("00421")
def tax_is_rate_times_taxable_amount(file: Submission) -> Iterator[Finding]:
    """Imposta = AliquotaIVA x ImponibileImporto / 100, rounded half up, to a cent."""
    for body in _bodies(file):
        for row in body.summaries:
            taxable, tax = row.block.amount("ImponibileImporto"), row.block.amount("Imposta")
            if taxable is None or tax is None or row.rate is None:
                continue
            computed = percentage_of(taxable, row.rate)
            if abs(tax - computed) > CENT:
                values = {"stated": tax, "rate": row.rate, "taxable": taxable, "proposed": computed}
                yield broken("00421", f"{row.path}/BT-117", row.block.first("Imposta"), **values)


@check("00422")
def taxable_amount_is_the_sum_of_the_lines(file: Submission) -> Iterator[Finding]:
    """ImponibileImporto = PrezzoTotale + ImportoContributoCassa + Arrotondamento of one rate, to a euro."""
    for body in _bodies(file):
        summaries = body.summaries
        for rate in dict.fromkeys(row.rate for row in summaries):
            same = [row for row in summaries if row.rate == rate]
            lines = total(row.block.amount("PrezzoTotale") for row in body.lines if row.rate == rate)
            funds = total(row.block.amount("ImportoContributoCassa") for row in body.funds if row.rate == rate)
            rounding = total(row.block.amount("Arrotondamento") for row in same)
            stated = total(row.block.amount("ImponibileImporto") for row in same)
            proposed = lines + funds + rounding
            if abs(stated - proposed) > _EURO:
                values = {"rate": rate, "stated": stated, "lines": lines, "funds": funds, "rounding": rounding}
                at = same[0].block.first("ImponibileImporto")
                yield broken("00422", f"{same[0].path}/BT-116", at, **values, proposed=proposed)


@check("00429")
def summary_without_vat_has_a_nature(file: Submission) -> Iterator[Finding]:
    """DatiRiepilogo: rate 0 without Natura."""
    for body in _bodies(file):
        for row in body.summaries:
            yield from without_nature("00429", row, "summary")


@check("00430")
def summary_with_vat_has_no_nature(file: Submission) -> Iterator[Finding]:
    """DatiRiepilogo: rate with Natura."""
    for body in _bodies(file):
        for row in body.summaries if body.document_type != _INTEGRATION else ():
            yield from with_needless_nature("00430", row, "summary")
