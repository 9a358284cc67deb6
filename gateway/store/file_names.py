"""The ledger of SDI file names: a progressive number of a transmitter is given once, for ever."""

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from gateway.store.session import Transaction
from gateway.store.tables import FileNameLedgerRow


def next_progressive(transaction: Transaction, transmitter: str, count: int = 1) -> int:
    """The first of `count` fresh numbers of a transmitter.

    Call it in a transaction of its own: a number is safe from being given again once that is committed.
    """
    last: int = transaction.session.execute(
        insert(FileNameLedgerRow)
        .values(transmitter=transmitter, last=count)
        .on_conflict_do_update(index_elements=["transmitter"], set_={"last": FileNameLedgerRow.last + count})
        .returning(col(FileNameLedgerRow.last))
    ).scalar_one()
    return last - count + 1
