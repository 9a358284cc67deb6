"""Periods and the date on which VAT falls due: BR-29, BR-30, BR-CO-03, BR-CO-19 and BR-CO-20 (section 6.4)."""

from collections.abc import Iterator

from formats.checking import Finding, check
from formats.en16931.checks.groups import INVOICING_PERIOD, LINE_PERIODS, Where
from formats.en16931.invoice import Invoice
from formats.en16931.party import Period


@check("BR-29")
def invoicing_period_is_not_backwards(invoice: Invoice) -> Iterator[Finding]:
    """BT-74 is not before BT-73."""
    yield from _backwards("BR-29", invoice, INVOICING_PERIOD, "BT-74")


@check("BR-30")
def line_period_is_not_backwards(invoice: Invoice) -> Iterator[Finding]:
    """BT-135 is not before BT-134."""
    yield from _backwards("BR-30", invoice, LINE_PERIODS, "BT-135")


def _backwards(rule: str, invoice: Invoice, where: Where[Period], end: str) -> Iterator[Finding]:
    for positions, period in where.found(invoice):
        if period.start is not None and period.end is not None and period.end < period.start:
            yield Finding(
                rule,
                where.path_to(positions, end),
                f"{where.called(positions)} ends on {period.end}, before it starts on {period.start}.",
                "Correct one of the two dates.",
            )


@check("BR-CO-03")
def vat_date_is_stated_once(invoice: Invoice) -> Iterator[Finding]:
    """BT-7, a date, and BT-8, a code for one, exclude each other."""
    if invoice.tax_point_date is not None and invoice.tax_point_code is not None:
        yield Finding(
            "BR-CO-03",
            "BT-8",
            f"VAT falls due on {invoice.tax_point_date} and by the code {invoice.tax_point_code}: that is twice.",
            "Keep the date (BT-7) or the code (BT-8).",
        )


@check("BR-CO-19")
def invoicing_period_has_a_date(invoice: Invoice) -> Iterator[Finding]:
    """BT-73 or BT-74 in BG-14; where UBL keeps BT-8 in the same place, the code alone will do."""
    if invoice.tax_point_code is None:
        yield from _without_dates("BR-CO-19", invoice, INVOICING_PERIOD)


@check("BR-CO-20")
def line_period_has_a_date(invoice: Invoice) -> Iterator[Finding]:
    """BT-134 or BT-135 in BG-26."""
    yield from _without_dates("BR-CO-20", invoice, LINE_PERIODS)


def _without_dates(rule: str, invoice: Invoice, where: Where[Period]) -> Iterator[Finding]:
    for positions, period in where.found(invoice):
        if period.start is None and period.end is None:
            yield Finding(
                rule,
                where.path_to(positions, ""),
                f"{where.called(positions)} has neither a start nor an end.",
                "State its first day, its last day or both.",
            )
