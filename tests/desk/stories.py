"""Documents in every state, each told through the hops as life would; nothing is written past them."""

import datetime
from decimal import Decimal

import msgspec

from channels.contract import AddressResult, Misconfigured, OutcomeUnknown, Refused, Unavailable
from formats.en16931 import Invoice
from tests.desk.house import Town
from tests.samples import ITALIAN_BUYER, ITALIAN_SELLER, sample_credit_note, sample_invoice, sample_line
from tests.sums import summed_up

HOSTILE_NAME = '<script>alert("x")</script>\u202egpj.exe\u202c </bdi></td><img src=x onerror=alert(1)>'
LONG_WORD = "Donaudampfschifffahrtselektrizitaetenhauptbetriebswerkbauunterbeamtengesellschaft" * 3
DUE = datetime.date(2026, 12, 6)


def to_country(country: str, buyer: str, number: str, quantity: int = 3, **changes: object) -> Invoice:
    """The sample invoice for a buyer there. changes: fields of Invoice."""
    plain = sample_invoice()
    assert plain.buyer is not None
    assert plain.buyer.address is not None
    address = msgspec.structs.replace(plain.buyer.address, country=country)
    line = sample_line(quantity=Decimal(quantity), net_amount=Decimal("19.90") * quantity)
    whole = summed_up(msgspec.structs.replace(plain, lines=(line,)))
    return msgspec.structs.replace(
        whole,
        **{
            "number": number,
            "issue_date": datetime.date(2026, 11, 6),
            "due_date": DUE,
            "buyer": msgspec.structs.replace(plain.buyer, name=buyer, address=address),
            **changes,
        },
    )


def italian(number: str, buyer: str = "Cantina Rivalta S.p.A.", quantity: int = 120) -> Invoice:
    """An invoice between Italian companies, in UBL."""
    invoice = to_country("IT", buyer, number, quantity)
    return msgspec.structs.replace(
        invoice, seller=ITALIAN_SELLER, buyer=msgspec.structs.replace(ITALIAN_BUYER, name=buyer)
    )


def wrong_sum(number: str) -> Invoice:
    """An invoice whose lines don't add up to its totals."""
    right = to_country("FR", "Atelier du Lac SARL", number)
    assert right.totals is not None
    return msgspec.structs.replace(
        right, totals=msgspec.structs.replace(right.totals, line_net=Decimal("99.99")), buyer_reference=None
    )


def tell_all(town: Town) -> dict[str, str]:
    """Every story once: its name -> the public id of its document."""
    return {
        **_finished(town),
        **_for_people(town),
        **_on_their_way(town),
    }


def _finished(town: Town) -> dict[str, str]:
    delivered = town.send(to_country("FR", "Atelier du Lac SARL", "NW-26-10482", 300))
    town.hear(delivered, "peppol.mls.AP", "Delivered with confirmation", "AP")
    duplicate = town.send(
        to_country("FR", "Atelier du Lac SARL", "NW-26-10482", 300, buyer_reference="again"), "again.xml"
    )
    credit = town.send(msgspec.structs.replace(sample_credit_note(), number="NW-26-C003"))
    town.hear(credit, "peppol.mls.AB", "Accepted by the provider", "AB")
    accepted = town.send(italian("2026/004790", "Comune di Montefiorito"))
    town.hear(accepted, "sdi.RC", "Ricevuta di consegna")
    town.hear(accepted, "sdi.NE.EC01", "Accettata")
    refused = town.send(italian("2026/004791", "Comune di Valdrone"))
    town.hear(refused, "sdi.RC", "Ricevuta di consegna")
    town.hear(refused, "sdi.NE.EC02", "Importo non corretto", "EC02")
    return {
        "delivered": delivered.public_id,
        "duplicate": duplicate.public_id,
        "credit note": credit.public_id,
        "accepted": accepted.public_id,
        "refused": refused.public_id,
    }


def _for_people(town: Town) -> dict[str, str]:
    turned_away = town.send(italian("2026/004871"))
    town.hear(turned_away, "sdi.NS", "Codice destinatario non valido", "00311")
    not_delivered = town.send(italian("2026/004872", "Bottega Ferrara S.a.s."))
    town.hear(not_delivered, "sdi.MC", "Recapito non possibile")
    invalid = town.send(wrong_sum("NW-26-10391"))
    unreadable = town.submit(b"%!PS-Adobe-3.0\nnothing that anybody knows\n", "scan-0042.ps")
    town.channels["post"].script = [Misconfigured("host-key", "The print house's host key has changed")]
    held = town.send(to_country("DE", "Tannenhof Pumpen GmbH", "NW-26-10395", 11))
    town.channels["mail"].script = [OutcomeUnknown("timeout", "No answer came within 60 seconds")]
    unknown = town.send(to_country("CH", "Molkerei Sursee AG", "NW-26-10401", 21))
    hostile = town.send(to_country("DE", HOSTILE_NAME, LONG_WORD, 2, buyer_reference=LONG_WORD))
    return {
        "turned away": turned_away.public_id,
        "issued, not delivered": not_delivered.public_id,
        "invalid": invalid.public_id,
        "unreadable": unreadable.public_id,
        "held": held.public_id,
        "unknown": unknown.public_id,
        "hostile": hostile.public_id,
    }


def _on_their_way(town: Town) -> dict[str, str]:
    handed_over = town.send(to_country("FR", "Fromagerie des Alpages", "NW-26-10488", 40))
    address = AddressResult("buchhaltung@uhrwerk.example", accepted=False, code="550", text="5.1.1 No such mailbox")
    town.channels["mail"].script = [Refused("550", "No such mailbox", "mail.5xx", b"550 5.1.1", (address,))]
    bounced = town.send(to_country("CH", "Sennerei Glarus", "NW-26-10490", 9))
    mailed = town.send(to_country("CH", "Seilbahnen Uri AG", "NW-26-10491", 15))
    town.channels["peppol"].script = [Refused("not-found", "no such participant", "peppol.not_registered")]
    fallback = town.send(to_country("FR", "Librairie du Pont", "NW-26-10492", 3))
    posted = town.send(to_country("DE", "Stadtwerke Ellerbrueck", "NW-26-10493", 62))
    town.hear(posted, "post.accepted", "batch 4711")
    town.hear(posted, "post.posted", "with the post")
    # The last one: whatever came after it would give it the time to be tried again.
    town.channels["mail"].script = [Unavailable("451", "4.7.1 Greylisted, try again later")]
    retry = town.send(to_country("CH", "Uhrwerk Biel AG", "NW-26-10489", 7))
    return {
        "handed over": handed_over.public_id,
        "bounced": bounced.public_id,
        "mailed": mailed.public_id,
        "fallback": fallback.public_id,
        "posted": posted.public_id,
        "retry": retry.public_id,
    }
