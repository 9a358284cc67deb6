"""A self-billed invoice is issued by the buyer: who receives it is the seller. SDI alone delivers to the buyer."""

import msgspec
import pytest

from formats.en16931 import Address, Buyer, Contact, Identifier, Invoice, ItalianInvoice, Seller
from rules.answers import answer
from rules.condition import Condition
from rules.derived import completed, receiving_keys, recipient_from
from rules.facts import Situation
from rules.recipient import Addresses, Mailboxes, PeppolAddress, Recipient, SdiAddress, address_terms
from rules.routing import route
from rules.yaml_form import default_rules
from tests.samples import sample_invoice, sample_italian_invoice

MILL = Seller(
    name="Sägewerk Au GmbH",
    identifiers=(Identifier("4000000999991", "0088"), Identifier("L-77")),
    vat_identifier="ATU12345675",
    electronic_address=Identifier("ATU12345675", "9914"),
    address=Address(line1="Au 1", city="Linz", post_code="4020", country="AT"),
    contact=Contact(email="buero@saegewerk.example"),
)
JOINER = Buyer(name="Menuiserie Sud SARL", vat_identifier="FR11123456782", address=Address(country="FR"))


def self_billed(type_code: str = "389", **changes: object) -> Invoice:
    return sample_invoice(type_code=type_code, seller=MILL, buyer=JOINER, **changes)


# UNTDID 1001 in the use of EN 16931: all that are called self-billed.
@pytest.mark.parametrize("type_code", ["261", "389", "471", "473", "500", "501", "502", "527"])
def test_who_receives_is_the_seller(type_code: str) -> None:
    found = recipient_from(self_billed(type_code))
    assert (found.name, found.country) == ("Sägewerk Au GmbH", "AT")
    assert found.addresses.peppol == PeppolAddress(participant="9914:ATU12345675")
    assert found.addresses.mail == Mailboxes(to=("buero@saegewerk.example",))
    assert found.addresses.post is not None
    assert found.addresses.post.city == "Linz"


@pytest.mark.parametrize("type_code", ["380", "381", "384", "386", None])
def test_of_any_other_document_it_is_the_buyer(type_code: str | None) -> None:
    invoice = msgspec.structs.replace(self_billed(), type_code=type_code)
    assert recipient_from(invoice).name == "Menuiserie Sud SARL"


def test_a_known_seller_is_recognised_by_what_the_invoice_says_of_it() -> None:
    assert receiving_keys(self_billed()) == (
        "address:9914:atu12345675",
        "vat:ATU12345675",
        "identifier:0088:4000000999991",
        "customer:FR11123456782:L-77",  # the number that this buyer gave its supplier
        "name:AT:sägewerk au gmbh",
    )
    assert "vat:FR11123456782" in receiving_keys(self_billed("380"))
    assert receiving_keys(Invoice(type_code="389")) == ()


def test_what_was_entered_for_the_seller_wins_over_the_invoice() -> None:
    entered = Recipient(id="mill", name="Mill", addresses=Addresses(mail=Mailboxes(to=("invoices@mill.example",))))
    found = completed(entered, self_billed())
    assert address_terms(found, "mail") == {"to": "invoices@mill.example"}
    assert address_terms(found, "peppol") == {"receiver": "9914:ATU12345675"}


def test_the_default_rules_take_it_to_the_seller_over_peppol() -> None:
    invoice = self_billed()
    decision = route(invoice, recipient_from(invoice), default_rules())
    assert decision.route is not None
    assert (decision.route.channel, [one.channel for one in decision.fallbacks]) == ("peppol", ["mail", "post"])
    assert "seller can receive Peppol" in decision.because


def test_the_country_of_a_buyer_that_states_none_is_not_that_of_the_seller() -> None:
    invoice = msgspec.structs.replace(self_billed(), buyer=Buyer(name="Menuiserie Sud SARL"))
    found = answer(Condition(buyer_country=("AT",)), Situation(invoice, recipient_from(invoice)))
    assert (found.holds, found.because) == (None, "buyer country is not known")


def test_sdi_delivers_to_the_buyer_whoever_issues() -> None:
    """CodiceDestinatario (1.1.4) is the buyer's own, also where SoggettoEmittente is CC."""
    invoice = sample_italian_invoice(type_code="389", italy=ItalianInvoice(recipient_code="BUY1234"))
    assert address_terms(recipient_from(invoice), "sdi") == {"code": "BUY1234"}
    entered = Recipient(id="s", name="Seller", country="IT", addresses=Addresses(sdi=SdiAddress(code="SEL1234")))
    assert address_terms(completed(entered, invoice), "sdi") == {"code": "BUY1234"}
    unknown = msgspec.structs.replace(invoice, italy=None)
    assert address_terms(completed(entered, unknown), "sdi") == {"code": "0000000"}
