"""The invoicing period (BG-14) and the periods of lines (BG-26) (EN 16931-1 sections 6.4.1 and 6.4.2)."""

import re
from calendar import isleap
from typing import Final

from formats.ubl.assertions import Fail, pattern, rule
from formats.ubl.checks.conditions import is_in_line
from formats.ubl.lexical import BLANKS
from formats.ubl.tree import Element, Undecidable, string_of

_DATE = re.compile(r"(-?(?:[1-9][0-9]{4,8}|[0-9]{4}))-([0-9]{2})-([0-9]{2})(?:Z|([+-])([0-9]{2}):([0-9]{2}))?")
_DAYS_BEFORE: Final = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365)
_MINUTES_A_DAY: Final = 24 * 60
_LAST_HOUR_OF_A_ZONE: Final = 14


@rule("cac:InvoicePeriod", asserts="BR-30 BR-CO-20", matches=is_in_line)
def line_period(period: Element, fail: Fail) -> None:
    """BG-26 has a first (BT-134) or a last day (BT-135), and the last is not before the first."""
    _is_not_backwards(period, "BR-30", fail)
    if not (period.has("cbc:StartDate") or period.has("cbc:EndDate")):
        fail("BR-CO-20", period)


@rule("cac:InvoicePeriod", asserts="BR-29 BR-CO-19")
def invoicing_period(period: Element, fail: Fail) -> None:
    """BG-14 has a first (BT-73) or a last day (BT-74); UBL keeps BT-8 in the same place, which alone will do."""
    _is_not_backwards(period, "BR-29", fail)
    if not (period.has("cbc:StartDate") or period.has("cbc:EndDate") or period.has("cbc:DescriptionCode")):
        fail("BR-CO-19", period)


def _is_not_backwards(period: Element, assertion: str, fail: Fail) -> None:
    if not (period.has("cbc:StartDate") and period.has("cbc:EndDate")):
        return
    start, end = period.one("cbc:StartDate"), period.one("cbc:EndDate")
    if start is not None and end is not None and _begin_of(end) < _begin_of(start):
        fail(assertion, end, start=string_of(start).strip(BLANKS), end=string_of(end).strip(BLANKS))


def _begin_of(date: Element) -> int:
    """When a day begins, in minutes; xs:date has years beyond those of `datetime`. Without a zone it is UTC."""
    text = string_of(date).strip(BLANKS)
    parts = _DATE.fullmatch(text)
    if parts is None:
        raise Undecidable(date, f"“{text[:60]}” is not a date")
    year, month, day = int(parts[1]), int(parts[2]), int(parts[3])
    hours, minutes = int(parts[5] or 0), int(parts[6] or 0)
    if not (1 <= month <= 12 and 1 <= day <= _days_in(year, month)) or hours > _LAST_HOUR_OF_A_ZONE or minutes > 59:
        raise Undecidable(date, f"“{text[:60]}” is no day of the calendar")
    east = (hours * 60 + minutes) * (-1 if parts[4] == "-" else 1)
    return _day_number(year, month, day) * _MINUTES_A_DAY - east


def _days_in(year: int, month: int) -> int:
    return _DAYS_BEFORE[month] - _DAYS_BEFORE[month - 1] + (month == 2 and isleap(year))


def _day_number(year: int, month: int, day: int) -> int:
    before = year - 1
    leap_days = before // 4 - before // 100 + before // 400 + (month > 2 and isleap(year))
    return before * 365 + leap_days + _DAYS_BEFORE[month - 1] + day


PATTERNS: Final = (pattern(line_period, invoicing_period),)
