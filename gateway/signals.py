"""Signals: what the outside says, as one table of what it means on the axes, who has to act, and what to do.

The signals of a channel begin with its name (`sdi.RC`, `peppol.mls.RE.BV`, `mail.5xx`), those of the gateway's own
with `gateway`. A signal that has no row of its own means what its longest known beginning means.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.lifecycle import DeliveryState, Legal, Owner, Response

_D = DeliveryState


@dataclass(frozen=True, slots=True)
class Effect:
    """What one signal means. None leaves an axis as it is.

    sentence:  what happened, for the timeline; `{text}` and `{code}` are the other side's own words
    action:    the next step, "" where nobody has to do anything
    days:      how many days the owner has, None where no date binds
    """

    sentence: str
    delivery: DeliveryState | None = None
    response: Response | None = None
    legal: Legal | None = None
    owner: Owner = Owner.NOBODY
    action: str = ""
    days: int | None = None


_ISSUED = Legal.ISSUED

# Signal -> effect (one row a line of the table of channel signals; issue of law in the `legal` column).
SIGNALS: Mapping[str, Effect] = {
    # Peppol: discovery and transport (AS4 profile 2.0.3), then message status (MLS 1.1)
    "peppol.not_registered": Effect(
        "The buyer is not registered on Peppol.",
        _D.UNDELIVERABLE,
        owner=Owner.MASTER_DATA,
        action="Correct the buyer's Peppol address, or choose another way.",
    ),
    "peppol.no_document_type": Effect(
        "The buyer is on Peppol, but not for this kind of document.",
        _D.UNDELIVERABLE,
        owner=Owner.MASTER_DATA,
        action="Choose another way for this kind of document.",
    ),
    "peppol.not_serviced": Effect(
        "The buyer's access point does not serve the buyer: {text}.",
        _D.UNDELIVERABLE,
        owner=Owner.MASTER_DATA,
        action="Ask the buyer for its provider, or choose another way.",
    ),
    "peppol.refused": Effect(
        "The buyer's access point turned it away: {text}.",
        _D.REJECTED,
        owner=Owner.CLERK,
        action="Correct the invoice and send it again.",
    ),
    "peppol.handed_over": Effect(
        "The buyer's access point has taken it. We wait for the confirmation.",
        _D.HANDED_OVER,
        owner=Owner.PROVIDER,
        days=1,
    ),
    "peppol.mls.AP": Effect("The buyer's provider confirmed that it reached the buyer.", _D.DELIVERED, legal=_ISSUED),
    "peppol.mls.AB": Effect(
        "It reached the buyer's provider; the buyer's own system does not confirm.",
        _D.DELIVERED_UNCONFIRMED,
        legal=_ISSUED,
    ),
    "peppol.mls.RE": Effect(
        "The buyer's provider turned it away: {text}.",
        _D.REJECTED,
        owner=Owner.CLERK,
        action="Correct the invoice and send it again.",
    ),
    "peppol.mls.RE.FD": Effect(
        "The buyer's provider could not deliver it: {text}.",
        _D.UNDELIVERABLE,
        owner=Owner.MASTER_DATA,
        action="Choose another way for this buyer.",
    ),
    "peppol.late": Effect(
        "The confirmation is late.", owner=Owner.OPERATOR, action="Ask the buyer's provider.", days=1
    ),
    # SDI: upload answer and notices (specifiche tecniche 1.9.1)
    "sdi.accepted": Effect(
        "SDI has taken the file under the number {code}. We wait for its answer.",
        _D.HANDED_OVER,
        legal=Legal.NOT_ISSUED,
        owner=Owner.PROVIDER,
        days=5,
    ),
    "sdi.refused": Effect(
        "SDI did not take the file: {text}.",
        _D.REJECTED,
        legal=Legal.NOT_ISSUED,
        owner=Owner.OPERATOR,
        action="Correct what SDI names and send the document again.",
    ),
    "sdi.NS": Effect(
        "SDI refused this invoice: {text}. For the tax office it has not been issued.",
        _D.REJECTED,
        legal=Legal.NOT_ISSUED,
        owner=Owner.CLERK,
        action="Correct it and send it again with the same number and date.",
        days=5,
    ),
    # The rejection of a duplicate attaches to the duplicate: the original stands as it stood.
    "sdi.NS.repeat": Effect("SDI refused a repeat of a file that it has: {text}. The original stands."),
    "sdi.NS.00404": Effect(
        "SDI already has an invoice with this number: {text}.",
        _D.REJECTED,
        legal=Legal.NOT_ISSUED,
        owner=Owner.CLERK,
        action="Compare it with the invoice that SDI has; a correction needs its own number.",
        days=5,
    ),
    "sdi.RC": Effect("SDI delivered it to the buyer.", _D.DELIVERED, legal=_ISSUED),
    "sdi.MC": Effect(
        "Issued, but SDI could not deliver it. The buyer finds it in the tax portal.",
        _D.UNDELIVERABLE,
        legal=Legal.ISSUED_NOT_DELIVERED,
        owner=Owner.CLERK,
        action="Tell the buyer; never send it through SDI again.",
    ),
    "sdi.MC.public": Effect(
        "SDI could not deliver it yet and keeps trying.",
        _D.IN_TRANSIT,
        legal=Legal.NOT_ISSUED,
        owner=Owner.PROVIDER,
        days=10,
    ),
    "sdi.AT": Effect(
        "Issued, but SDI gave up delivering it. It is not accepted.",
        _D.UNDELIVERABLE,
        legal=Legal.ISSUED_NOT_DELIVERED,
        owner=Owner.CLERK,
        action="Send it by other means together with the attestation.",
    ),
    "sdi.NE.EC01": Effect("The public office accepted it.", _D.DELIVERED, Response.ACCEPTED, _ISSUED),
    "sdi.NE.EC02": Effect(
        "The public office refused it: {text}.",
        _D.DELIVERED,
        Response.REJECTED,
        _ISSUED,
        Owner.CLERK,
        "Issue a credit note or a new invoice.",
    ),
    "sdi.DT": Effect(
        "Nobody objected for 15 days; it counts as accepted.", _D.DELIVERED, Response.DEEMED_ACCEPTED, _ISSUED
    ),
    # Mail: the SMTP dialogue
    "mail.250": Effect("The buyer's mail server has taken it.", _D.HANDED_OVER),
    "mail.5xx": Effect(
        "The buyer's mail server refused every address: {text}.",
        _D.UNDELIVERABLE,
        owner=Owner.MASTER_DATA,
        action="Correct the mail address, or choose another way.",
    ),
    "mail.content": Effect(
        "The mail server refused the message itself: {text}.",
        _D.REJECTED,
        owner=Owner.OPERATOR,
        action="Look at the server's words; size or content was refused.",
    ),
    "mail.quiet": Effect(
        "No returned mail within the waiting time; the buyer's own system does not confirm.",
        _D.DELIVERED_UNCONFIRMED,
        legal=_ISSUED,
    ),
    # Post: the print house's status file
    "post.uploaded": Effect("The print house's drop folder has the job.", _D.HANDED_OVER, owner=Owner.PROVIDER, days=1),
    "post.accepted": Effect("The print house has taken the job.", _D.HANDED_OVER, owner=Owner.PROVIDER, days=2),
    "post.batch_refused": Effect(
        "The print house refused the job: {text}.",
        _D.PARKED,
        owner=Owner.OPERATOR,
        action="Correct the print profile and release the job.",
    ),
    "post.rejected": Effect(
        "The print house refused the letter: {text}.",
        _D.REJECTED,
        owner=Owner.OPERATOR,
        action="Correct the layout and send it again.",
    ),
    "post.rejected.address": Effect(
        "The print house refused the address: {text}.",
        _D.REJECTED,
        owner=Owner.MASTER_DATA,
        action="Correct the postal address and send it again.",
    ),
    "post.on_hold": Effect(
        "The print house holds the letter: {text}.",
        owner=Owner.OPERATOR,
        action="Clear what the print house names.",
    ),
    "post.printed": Effect("The letter is printed.", _D.IN_TRANSIT, owner=Owner.PROVIDER, days=2),
    "post.inserted": Effect("The letter is in its envelope.", _D.IN_TRANSIT, owner=Owner.PROVIDER, days=2),
    "post.spoiled": Effect("The letter was spoiled and printed again."),
    "post.posted": Effect("The letter is with the post.", _D.IN_TRANSIT),
    "post.tracked": Effect("The post reports: {text}.", _D.IN_TRANSIT),
    "post.delivered": Effect("The post delivered the letter.", _D.DELIVERED, legal=_ISSUED),
    "post.quiet": Effect(
        "No letter came back within the waiting time; nobody confirms the delivery.",
        _D.DELIVERED_UNCONFIRMED,
        legal=_ISSUED,
    ),
    "post.forwarded": Effect(
        "The post forwarded the letter to a new address.",
        _D.IN_TRANSIT,
        owner=Owner.MASTER_DATA,
        action="Check the new address: {text}.",
    ),
    "post.returned": Effect(
        "The letter came back: {text}.",
        _D.UNDELIVERABLE,
        owner=Owner.MASTER_DATA,
        action="Correct the postal address.",
    ),
    "post.destroyed": Effect("The returned letter was destroyed."),
    "post.cancelled": Effect("The print house cancelled the letter.", _D.CANCELLED),
    "post.cancel_refused": Effect("The print house could not cancel the letter any more."),
    # The gateway itself
    "gateway.other_content": Effect(
        "The other side says {code} of a file that bears our name and is not the one that we sent: {text}. "
        "It counts for nothing until somebody has looked.",
        owner=Owner.OPERATOR,
        action="Compare the raw notice with the file that was sent, and ask the other side which file it has.",
        days=1,
    ),
    "gateway.unknown": Effect(
        "We do not know whether it arrived. It was not sent again.",
        _D.OUTCOME_UNKNOWN,
        owner=Owner.OPERATOR,
        action="Ask the other side, or send the same file again.",
        days=1,
    ),
    "gateway.parked": Effect(
        "We stopped trying: {text}.",
        _D.PARKED,
        owner=Owner.OPERATOR,
        action="Mend what the message names and release it.",
        days=1,
    ),
}

# Said of a signal that the table does not know: shown with its raw text, and a person looks.
UNKNOWN_SIGNAL = Effect(
    "An answer that is not in our catalogue: {code} {text}.", owner=Owner.OPERATOR, action="Read the raw answer."
)


def effect_of(signal: str) -> Effect:
    """What a signal means: its own row, or that of its longest known beginning (`peppol.mls.RE.BV` -> `...RE`)."""
    while signal:
        if signal in SIGNALS:
            return SIGNALS[signal]
        signal = signal.rpartition(".")[0]
    return UNKNOWN_SIGNAL


def signal_about(signal: str, *, is_about_a_repeat: bool) -> str:
    """The same signal where it speaks of the original; what it means for the original where it speaks of a repeat."""
    repeated = f"{signal.partition('.')[0]}.{signal.split('.')[1]}.repeat" if signal.count(".") else signal
    return repeated if is_about_a_repeat and repeated in SIGNALS else signal
