"""How a recipient is reached, why it is not, and what an invoice alone says about its buyer."""

import msgspec
import pytest
from hypothesis import given

from formats.en16931 import Address, Buyer, Contact, Identifier, Invoice, ItalianInvoice
from rules.derived import completed, recipient_from
from rules.recipient import (
    Addresses,
    Mailboxes,
    PeppolAddress,
    PostalAddress,
    Recipient,
    Route,
    SdiAddress,
    address_terms,
    obstacle,
)
from tests.rules.samples import ATELIER, INVOICES, OFFICE
from tests.samples import sample_invoice, sample_italian_invoice

INVOICES_ONLY = (
    "busdox-docid-qns::urn:oasis:names:specification:ubl:schema:xsd:Invoice-2::Invoice##urn:cen.eu:en16931:2017::2.1"
)
CREDIT_NOTES = INVOICES_ONLY.replace("Invoice", "CreditNote")
NOBODY = Recipient(id="nobody", name="Nobody", country="FR")


def at(country: str = "FR", *, public: bool = False, **addresses: object) -> Recipient:
    """A recipient with these addresses alone."""
    return Recipient(
        id="r",
        name="Atelier",
        country=country,
        is_public_body=public,
        addresses=msgspec.structs.replace(Addresses(), **addresses),
    )


@pytest.mark.parametrize(
    ("recipient", "channel", "terms"),
    [
        (ATELIER, "peppol", {"receiver": "0088:4000000123453"}),
        (ATELIER, "mail", {"to": "compta@atelier.example"}),
        (at(mail=Mailboxes(to=("a@x.example", "b@x.example"))), "mail", {"to": "a@x.example, b@x.example"}),
        (
            ATELIER,
            "post",
            {
                "name": "Atelier du Lac SARL",
                "line1": "3 rue du Moulin",
                "post_code": "74000",
                "city": "Annecy",
                "country": "FR",
            },
        ),
        # somebody else may stand on the envelope
        (
            at(post=PostalAddress(line1="BP 7", city="Annecy", country="FR", name="Cabinet Roux")),
            "post",
            {"name": "Cabinet Roux", "line1": "BP 7", "city": "Annecy", "country": "FR"},
        ),
        (at("IT", sdi=SdiAddress(code="ABC1234", pec="a@pec.example")), "sdi", {"code": "ABC1234"}),
        (at("IT", sdi=SdiAddress(pec="a@pec.example")), "sdi", {"code": "0000000", "pec": "a@pec.example"}),
        (at("IT"), "sdi", {"code": "0000000"}),  # waits in the tax portal
        (at("SM", sdi=SdiAddress(code="SMX0001")), "sdi", {"code": "SMX0001"}),
        (at(other={"fax": {"number": "+33 1"}}), "fax", {"number": "+33 1"}),  # the channel of a plug-in
    ],
)
def test_an_address_is_told_in_terms_of_its_channel(recipient: Recipient, channel: str, terms: dict[str, str]) -> None:
    assert address_terms(recipient, channel) == terms
    assert obstacle(recipient, channel, is_credit_note=False) == ""


@pytest.mark.parametrize(
    ("recipient", "channel", "words"),
    [
        (NOBODY, "peppol", "it has no Peppol address"),
        (NOBODY, "mail", "it has no e-mail address"),
        (NOBODY, "post", "it has no postal address"),
        (NOBODY, "fax", "it has no fax address"),
        (NOBODY, "sdi", "it is not in Italy and has no SDI code or PEC"),
        # a public office without its code in the IPA register, or with that of a company
        (at("IT", public=True), "sdi", "it lacks the IPA code of its office"),
        (at("IT", public=True, sdi=SdiAddress(pec="a@pec.example")), "sdi", "it lacks the IPA code of its office"),
        (
            at("IT", public=True, sdi=SdiAddress(code="ABC1234")),
            "sdi",
            "its SDI code has 7 characters, a public body's has 6",
        ),
        (at("IT", sdi=SdiAddress(code="UFAB12")), "sdi", "its SDI code has 6 characters, only a public body's has 6"),
        (
            at(peppol=PeppolAddress(participant="0088:1", document_types=(CREDIT_NOTES,))),
            "peppol",
            "it is on Peppol, but not registered for invoices",
        ),
    ],
)
def test_what_cannot_be_reached_says_why(recipient: Recipient, channel: str, words: str) -> None:
    assert obstacle(recipient, channel, is_credit_note=False) == words


@pytest.mark.parametrize(
    ("document_types", "takes_invoices", "takes_credit_notes"),
    [
        ((), True, True),  # nobody has asked yet
        ((INVOICES_ONLY,), True, False),
        ((CREDIT_NOTES,), False, True),
        ((INVOICES_ONLY, CREDIT_NOTES), True, True),
    ],
)
def test_a_peppol_participant_takes_what_it_is_registered_for(
    document_types: tuple[str, ...], takes_invoices: bool, takes_credit_notes: bool
) -> None:
    recipient = at(peppol=PeppolAddress(participant="0088:1", document_types=document_types))
    assert (not obstacle(recipient, "peppol", is_credit_note=False)) is takes_invoices
    assert (not obstacle(recipient, "peppol", is_credit_note=True)) is takes_credit_notes


def test_a_way_sends_the_usual_format_of_its_channel() -> None:
    assert [Route(channel=one).format for one in ("peppol", "sdi", "mail", "post")] == [
        "peppol-bis-3", "fatturapa", "pdf", "pdf",
    ]  # fmt: skip
    assert Route(channel="mail", format="ubl").format == "ubl"
    with pytest.raises(ValueError, match="say the format: the channel `fax` has no usual one"):
        Route(channel="fax")


# --- derived ---------------------------------------------------------------------------------------------------------


def bought_by(**buyer: object) -> Invoice:
    """An invoice to a buyer that states just this."""
    return sample_invoice(buyer=msgspec.structs.replace(Buyer(name="Atelier"), **buyer))


@pytest.mark.parametrize(
    ("invoice", "addresses"),
    [
        (bought_by(), Addresses()),
        (
            bought_by(electronic_address=Identifier("4000000123453", "0088")),
            Addresses(peppol=PeppolAddress(participant="0088:4000000123453")),
        ),
        (bought_by(electronic_address=Identifier("a@x.example", "EM")), Addresses(mail=Mailboxes(to=("a@x.example",)))),
        (bought_by(electronic_address=Identifier("UFAB12", "0201")), Addresses(sdi=SdiAddress(code="UFAB12"))),
        (
            bought_by(electronic_address=Identifier("a@pec.example", "0202")),
            Addresses(sdi=SdiAddress(pec="a@pec.example")),
        ),
        (bought_by(electronic_address=Identifier("ABC1234", "0205")), Addresses(sdi=SdiAddress(code="ABC1234"))),
        # schemes of other networks (O.F.T.P., X.400) and of none
        (bought_by(electronic_address=Identifier("O0013", "AQ")), Addresses()),
        (bought_by(electronic_address=Identifier("4000000123453")), Addresses()),
        (bought_by(electronic_address=Identifier("40 00", "0088")), Addresses()),
        (bought_by(contact=Contact(email="b@x.example")), Addresses(mail=Mailboxes(to=("b@x.example",)))),
        # a mailbox for invoices goes before that of a person
        (
            bought_by(electronic_address=Identifier("a@x.example", "EM"), contact=Contact(email="b@x.example")),
            Addresses(mail=Mailboxes(to=("a@x.example",))),
        ),
        # what is no mail address is none: a list, a header, a sentence
        (bought_by(contact=Contact(email="a@x.example, b@x.example")), Addresses()),
        (bought_by(contact=Contact(email="a@x.example\r\nBcc: b@x.example")), Addresses()),
        (bought_by(contact=Contact(email="ask Anna")), Addresses()),
        (
            bought_by(address=Address(line1="3 rue du Moulin", city="Annecy", post_code="74000", country="FR")),
            Addresses(post=PostalAddress(line1="3 rue du Moulin", city="Annecy", post_code="74000", country="FR")),
        ),
        (bought_by(address=Address(city="Annecy", country="FR")), Addresses()),
        (bought_by(address=Address(line1="3 rue du Moulin", city="Annecy", country="France")), Addresses()),
    ],
)
def test_a_derived_recipient_has_the_addresses_that_the_invoice_states(invoice: Invoice, addresses: Addresses) -> None:
    derived = recipient_from(invoice)
    assert derived.addresses == addresses
    assert derived.is_derived
    assert derived.id == ""


@pytest.mark.parametrize(
    ("italy", "sdi"),
    [
        (ItalianInvoice(recipient_code="ABC1234"), SdiAddress(code="ABC1234")),
        (ItalianInvoice(recipient_pec="a@pec.example"), SdiAddress(pec="a@pec.example")),
        (ItalianInvoice(recipient_code="0000000", recipient_pec="a@pec.example"), SdiAddress(pec="a@pec.example")),
        (ItalianInvoice(recipient_code="0000000"), None),
        (ItalianInvoice(recipient_code="AB"), None),
        (None, None),
    ],
)
def test_a_derived_italian_recipient_has_the_code_and_pec_of_the_document(
    italy: ItalianInvoice | None, sdi: SdiAddress | None
) -> None:
    assert recipient_from(sample_italian_invoice(italy=italy)).addresses.sdi == sdi


def test_a_code_of_six_characters_makes_a_derived_recipient_a_public_body() -> None:
    office = recipient_from(bought_by(electronic_address=Identifier("UFAB12", "0201"), address=Address(country="IT")))
    assert (office.is_public_body, office.country) == (True, "IT")
    assert not obstacle(office, "sdi", is_credit_note=False)
    assert not obstacle(OFFICE, "sdi", is_credit_note=False)


@given(INVOICES)
def test_any_invoice_yields_a_recipient_that_could_be_kept(invoice: Invoice) -> None:
    derived = recipient_from(invoice)
    assert msgspec.convert(msgspec.to_builtins(derived), Recipient) == derived


def test_an_empty_invoice_yields_a_recipient_that_nothing_reaches() -> None:
    derived = recipient_from(Invoice())
    assert (derived.name, derived.keys) == ("", ())
    assert all(obstacle(derived, one, is_credit_note=False) for one in ("peppol", "sdi", "mail", "post"))


# --- completed -------------------------------------------------------------------------------------------------------


def test_a_known_recipient_is_completed_by_what_the_invoice_states_and_never_changed_by_it() -> None:
    known = at(mail=Mailboxes(to=("known@x.example",)))
    invoice = bought_by(
        electronic_address=Identifier("4000000123453", "0088"),
        contact=Contact(email="stated@x.example"),
        address=Address(country="DE"),
    )
    found = completed(known, invoice)
    assert found.addresses.mail == known.addresses.mail
    assert found.addresses.peppol == PeppolAddress(participant="0088:4000000123453")
    assert (found.country, found.is_derived) == ("FR", False)
    assert completed(found, Invoice()) == found


def test_a_known_office_takes_its_ipa_code_from_the_invoice() -> None:
    known = Recipient(id="comune", name="Comune di Rivalta")
    office = completed(known, bought_by(electronic_address=Identifier("UFAB12", "0201"), address=Address(country="IT")))
    assert (office.country, office.is_public_body) == ("IT", True)
    assert address_terms(office, "sdi") == {"code": "UFAB12"}
    assert obstacle(office, "sdi", is_credit_note=False) == ""
