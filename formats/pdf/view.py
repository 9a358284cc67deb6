"""An invoice becomes a Sheet: every value a finished string in the reader's language.

All formatting happens here, once, for the page, for the letter and for a preview in a browser.

options: `language`   of the reader, such as `de` or `de-AT`; without it a language of the buyer's country, else of the
                      seller's, else English
         `address`    lines of the postal address where the letter goes elsewhere than to the buyer's address (BG-8)
         `original`   `sdi` where this is a copy of an invoice in the Italian exchange system
"""

from formats.contract import NO_OPTIONS, Options
from formats.en16931 import Invoice
from formats.pdf.facts import facts, title
from formats.pdf.inert import one_line, several_lines
from formats.pdf.lines import sheet_line
from formats.pdf.parties import deliver_to, footer, recipient, return_line, sender
from formats.pdf.payment import payment
from formats.pdf.sheet import Columns, Letter, Sheet
from formats.pdf.statements import statements
from formats.pdf.sums import payable, sums
from formats.pdf.wording import Wording, chosen


def sheet_of(invoice: Invoice, options: Options = NO_OPTIONS) -> Sheet:
    """The invoice as finished strings."""
    words = wording_of(invoice, options)
    named, number = title(invoice, words), one_line(invoice.number)
    seller = one_line(invoice.seller.name) if invoice.seller else ""
    currency = invoice.currency or ""
    return Sheet(
        language=words.language,
        region=words.region,
        kind="credit_note" if invoice.is_credit_note else "invoice",
        title=named,
        number=number,
        issue_date=words.date(invoice.issue_date) if invoice.issue_date else "",
        document_title=" · ".join(filter(None, (f"{named} {number}".strip(), seller))),
        seller=sender(invoice),
        return_line=return_line(invoice),
        address=_posted_to(options) or recipient(invoice, words),
        facts=facts(invoice, words),
        blocks=deliver_to(invoice, words),
        notes=tuple(filter(None, (several_lines(note.text) for note in invoice.notes))),
        columns=Columns(**{name: words.say("table", name, currency=currency) for name in Columns.__struct_fields__}),
        lines=tuple(sheet_line(line, at, currency, words) for at, line in enumerate(invoice.lines, 1)),
        sums=sums(invoice, words),
        payment=payment(invoice, words),
        statements=statements(invoice, words, str(options.get("original") or "")),
        footer=footer(invoice, words),
        page_words=_page_words(words),
        continued=words.say("document", "continued", title=f"{named} {number}".strip()),
        letter=_letter(invoice, words, seller),
    )


def _posted_to(options: Options) -> tuple[str, ...]:
    """The lines of the address that the options name, cleaned as everything on the page is."""
    lines = options.get("address") or ()
    return tuple(filter(None, (one_line(str(line)) for line in lines))) if isinstance(lines, list | tuple) else ()


def wording_of(invoice: Invoice, options: Options) -> Wording:
    """The language of the reader: as wanted, else the buyer's, else the seller's, else English."""
    parties = (invoice.buyer, invoice.seller)
    countries = (one.address.country if one and one.address else None for one in parties)
    return chosen(str(options.get("language") or ""), *countries)


def _page_words(words: Wording) -> tuple[str, ...]:
    """`Page {page} of {pages}`, apart: only the page itself knows its number."""
    before, _, rest = words.labels["document"]["page"].partition("{page}")
    between, _, after = rest.partition("{pages}")
    return before, between, after


def _due(invoice: Invoice, words: Wording) -> tuple[str, str]:
    """The amount due and when, "" where nothing is to be paid."""
    due = payable(invoice)
    if due is None or due <= 0 or invoice.is_credit_note:
        return "", ""
    return words.money_of(due, invoice.currency or ""), words.date(invoice.due_date) if invoice.due_date else ""


def _letter(invoice: Invoice, words: Wording, seller: str) -> Letter:
    number = one_line(invoice.number)
    date = words.date(invoice.issue_date) if invoice.issue_date else ""
    kind = "credit_note" if invoice.is_credit_note else "invoice"
    if invoice.is_self_billed:
        kind = "self_billed"
    amount, due = _due(invoice, words)
    first = words.say("letter", kind, number=number, date=date)
    if amount:
        second = words.say("letter", "to_pay" if due else "to_pay_now", amount=amount, due=due)
    else:
        second = words.say("letter", "nothing") if not invoice.is_credit_note else ""
    return Letter(
        subject=words.say("letter", "subject", title=title(invoice, words), number=number, seller=seller),
        greeting=words.say("letter", "greeting"),
        sentences=tuple(filter(None, (first, second))),
        closing=words.say("letter", "closing"),
        sender=seller,
        answer=words.say("letter", "answer"),
        reply_to=one_line(invoice.seller.contact.email) if invoice.seller and invoice.seller.contact else "",
    )
