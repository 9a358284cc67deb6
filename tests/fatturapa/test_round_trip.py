"""What is written can be read: every value is read again, or the writer says that it is not carried."""

import hypothesis
import pytest

from formats.contract import CannotWrite, Reading, Written
from formats.en16931 import Invoice
from formats.fatturapa.checks import check_bytes
from formats.fatturapa.credit import as_credit_note, is_credit_in_disguise
from formats.fatturapa.reader import read
from formats.fatturapa.writer import write
from tests.draws import Letters
from tests.fatturapa.drawn import italian_invoices
from tests.fatturapa.said import invented_values, lost_values
from tests.strategies import ANY_LETTER, LATIN


def written_and_read(invoice: Invoice) -> tuple[Invoice, Written, Reading]:
    """The invoice (as the credit note it is, where it is one in disguise), its document, and what is read of it."""
    try:
        written = write(invoice)
    except CannotWrite as error:
        # An allowance under reverse charge without a line of that kind names no nature.
        hypothesis.assume({one.id for one in error.findings} != {"GW-IT-NATURE"})
        raise
    (reading,) = read(written.content)
    return as_credit_note(invoice) if is_credit_in_disguise(invoice) else invoice, written, reading


@pytest.mark.parametrize("letters", [LATIN, ANY_LETTER], ids=["latin", "any script"])
@hypothesis.given(data=hypothesis.strategies.data())
def test_what_is_written_is_read_again_or_named_as_not_carried(
    letters: Letters, data: hypothesis.strategies.DataObject
) -> None:
    invoice, written, reading = written_and_read(data.draw(italian_invoices(letters)))
    # Schema and controls; the parties drawn may be the same, and the dates of references anywhere.
    assert {one.id for one in check_bytes(written.content).fatal} <= {"00418", "00471"}
    assert not reading.findings
    assert lost_values(invoice, written, reading) == {}
    assert invented_values(invoice, written, reading) == {}
