"""What the writer makes of an invoice, right or wrong, is right or wrong for the official rules of EN 16931 as well.

That ours say the same of any document is shown in `tests/judges`.
"""

from collections import Counter

import pytest
from hypothesis import given

from formats.en16931 import Invoice
from formats.ubl import FORMAT
from formats.ubl.checks import EN16931
from formats.ubl.verdict import by_rules
from tests import judge
from tests.en16931.failing import Failing, failing
from tests.strategies import invoices

check = by_rules(EN16931)
JUDGED = [case for case in failing() if case.in_ubl]
IDS = [f"{row}: {one.rule} at {one.path}" for row, one in enumerate(JUDGED, 1)]

Found = Counter[tuple[str, str]]


def written(invoice: Invoice) -> bytes:
    """The invoice as UBL."""
    assert FORMAT.write is not None
    return FORMAT.write(invoice).content


def ours(content: bytes) -> Found:
    """What our rules find in a UBL document: how often each one fires."""
    assert FORMAT.read is not None
    (reading,) = FORMAT.read(content)
    return Counter((one.id, str(one.severity)) for one in check(reading).findings)


@given(invoices())
def test_a_good_invoice_is_good_for_the_official_rules(invoice: Invoice) -> None:
    assert judge.official_findings(written(invoice)) == Counter()


@pytest.mark.parametrize("case", JUDGED, ids=IDS)
def test_an_invoice_that_breaks_a_rule_breaks_it_officially(case: Failing) -> None:
    content = written(case.invoice)
    official = judge.official_findings(content)
    assert case.rule in {rule for rule, _ in official}
    assert ours(content) == official
