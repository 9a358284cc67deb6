"""Rules and recipients as people give them: checked as a whole, written down with an event."""

import datetime
import re
from collections.abc import Iterator, Mapping
from typing import Final

from gateway.errors import NotFound, WrongContent
from gateway.store import events, parties
from gateway.store.records import Happening
from gateway.store.session import Transaction
from rules.plain_form import WrongForm, from_plain, to_plain
from rules.recipient import Recipient, Trouble
from rules.routing import Rule
from rules.yaml_form import RuleBook, default_rules, joined, read_rule_book, write_rule_book, wrong_ways

_UNSTORABLE: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def rule_book(transaction: Transaction) -> RuleBook:
    """All rules and recipients of a tenant."""
    return RuleBook(
        rules=tuple(from_plain(Rule, dict(one)) for one in parties.rules(transaction)),
        recipients=tuple(from_plain(Recipient, dict(data)) for _, _, data in parties.recipients(transaction)),
    )


def export_rule_book(transaction: Transaction) -> str:
    """The same as YAML."""
    return write_rule_book(rule_book(transaction))


def import_rule_book(
    transaction: Transaction, content: bytes, actor: str, now: datetime.datetime, trouble: Trouble
) -> dict[str, int]:
    """Replace the rules, add or change the recipients; what the book leaves out of the two stays as it is.

    trouble: says what is wrong with a way
    Raises WrongContent with the lines that are wrong; then nothing has changed.
    """
    return _keep(transaction, _read("rule book", content, trouble), actor, now)


def import_rule_books(
    transaction: Transaction, contents: Mapping[str, bytes], actor: str, now: datetime.datetime, trouble: Trouble
) -> dict[str, int]:
    """The same with several books as one, in their order. contents: by the name of the file, which an error tells."""
    books = [_read(f"rule book {name}", content, trouble) for name, content in contents.items()]
    try:
        book = joined(books)
    except WrongForm as error:
        raise WrongContent("set of rule books", str(error)) from None
    return _keep(transaction, book, actor, now)


def _read(kind: str, content: bytes, trouble: Trouble) -> RuleBook:
    try:
        return read_rule_book(content.decode("utf-8"), trouble)
    except UnicodeDecodeError as error:
        raise WrongContent(kind, f"it is not UTF-8 (byte {error.start})") from None
    except WrongForm as error:
        raise WrongContent(kind, str(error)) from None


def _keep(transaction: Transaction, book: RuleBook, actor: str, now: datetime.datetime) -> dict[str, int]:
    _refuse_unstorable("rule book", [to_plain(one) for one in (*book.rules, *book.recipients)])
    if book.rules:
        replace_rules(transaction, book.rules, actor, now)
    for one in book.recipients:
        parties.keep_recipient(transaction, one.id, one.keys, to_plain(one), now)
    said = f"{len(book.rules)} rules and {len(book.recipients)} recipients were imported."
    events.record(transaction, [Happening("rules.imported", said, actor=actor)], now)
    return {"rules": len(book.rules), "recipients": len(book.recipients)}


def replace_rules(transaction: Transaction, rules: tuple[Rule, ...], actor: str, now: datetime.datetime) -> None:
    """Put these rules in the place of all that there are."""
    parties.replace_rules(transaction, [(one.name, to_plain(one)) for one in rules], now)
    events.record(transaction, [Happening("rules.changed", f"There are {len(rules)} rules now.", actor=actor)], now)


def keep_default_rules(transaction: Transaction, now: datetime.datetime) -> None:
    """The rules that a new tenant begins with; it may change them any day."""
    replace_rules(transaction, default_rules(), "gateway", now)


def keep_recipient(
    transaction: Transaction,
    reference: str,
    data: Mapping[str, object],
    actor: str,
    now: datetime.datetime,
    trouble: Trouble,
) -> dict[str, object]:
    """Add or change one recipient; its id is the reference. Raises WrongContent. trouble: as for a rule book."""
    try:
        recipient = from_plain(Recipient, {**data, "id": reference})
    except WrongForm as error:
        raise WrongContent("recipient", str(error)) from None
    if wrong := tuple(wrong_ways(recipient, trouble)):
        raise WrongContent("recipient", str(WrongForm(wrong)))
    plain = to_plain(recipient)
    _refuse_unstorable("recipient", plain)
    parties.keep_recipient(transaction, reference, recipient.keys, plain, now)
    said = f"The recipient {reference} ({recipient.name}) was changed."
    events.record(transaction, [Happening("recipient.changed", said, actor=actor, data=plain)], now)
    return plain


def forget_recipient(transaction: Transaction, reference: str, actor: str, now: datetime.datetime) -> None:
    """Remove one recipient; what was sent to it stays in the log. Raises NotFound."""
    if not parties.forget_recipient(transaction, reference):
        raise NotFound("recipient", reference)
    said = f"The recipient {reference} was removed."
    events.record(transaction, [Happening("recipient.removed", said, actor=actor)], now)


def recipient_named(transaction: Transaction, reference: str) -> dict[str, object]:
    """One recipient by its reference. Raises NotFound."""
    found = parties.recipient(transaction, reference)
    if found is None:
        raise NotFound("recipient", reference)
    return dict(found)


def _refuse_unstorable(kind: str, plain: object) -> None:
    """PostgreSQL keeps no NUL in a text, and neither a file nor a terminal has a good use for other control signs."""
    for text in _texts(plain):
        if _UNSTORABLE.search(text):
            raise WrongContent(kind, f"the text {text[:60]!r} has a control character in it")


def _texts(plain: object) -> Iterator[str]:
    if isinstance(plain, str):
        yield plain
    elif isinstance(plain, Mapping):
        for name, inner in plain.items():
            yield str(name)
            yield from _texts(inner)
    elif isinstance(plain, list | tuple):
        for one in plain:
            yield from _texts(one)
