"""What identifies a buyer, strongest first, however it is spelled; and what identifies nobody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.en16931 import Address, Buyer, Identifier, Invoice, Seller
from rules.identity import matching_keys, normalised
from rules.recipient import Recipient
from tests.draws import buyers, cases, sellers
from tests.rules.samples import INVOICES
from tests.strategies import ANY_LETTER

SELLER = Seller(vat_identifier="ATU12345675")
FRANCE = Address(country="FR")


def test_a_buyer_is_identified_by_everything_it_states_and_by_its_name_last() -> None:
    buyer = Buyer(
        name="Atelier du Lac SARL",
        identifier=Identifier("10-4711"),
        legal_registration=Identifier("123 456 782", "0002"),
        vat_identifier="FR 11 123 456 782",
        electronic_address=Identifier("4000000123453", "0088"),
        address=FRANCE,
    )
    assert matching_keys(buyer, SELLER) == (
        "address:0088:4000000123453",
        "vat:FR11123456782",
        "registration:0002:123456782",
        "customer:ATU12345675:10-4711",
        "name:FR:atelier du lac sarl",
    )


@pytest.mark.parametrize(
    ("buyer", "key"),
    [
        # participant identifiers of Peppol do not tell capitals from small letters
        (Buyer(electronic_address=Identifier("it01234560157", "0211")), "address:0211:it01234560157"),
        (Buyer(electronic_address=Identifier("IT01234560157", "0211")), "address:0211:it01234560157"),
        # a number without its country prefix takes that of the address; Greece writes EL
        (Buyer(vat_identifier="123456789", address=Address(country="GR")), "vat:EL123456789"),
        (Buyer(vat_identifier="che-123.456.788 mwst"), "vat:CHE123456788MWST"),
        # short, or with many equal digits, and still somebody's
        (Buyer(vat_identifier="IT10000000000"), "vat:IT10000000000"),
        (Buyer(legal_registration=Identifier("7", "0002")), "registration:0002:7"),
        # a registration without scheme is that of a country
        (
            Buyer(legal_registration=Identifier("559900-1122"), address=Address(country="SE")),
            "registration:SE:5599001122",
        ),
        (Buyer(identifier=Identifier("4000000123453", "0088")), "identifier:0088:4000000123453"),
        # mailboxes, ordinary and certified
        (Buyer(electronic_address=Identifier(" Rechnung@Example.com", "EM")), "mailbox:rechnung@example.com"),
        (Buyer(electronic_address=Identifier("fatture@pec.example", "0202")), "mailbox:fatture@pec.example"),
        # punctuation, capitals and wide letters are no difference in a name
        (Buyer(name="ＦＪＯＲＤ,  (A/S)", address=Address(country="no")), "name:NO:fjord a s"),
    ],
)
def test_spelling_makes_no_difference(buyer: Buyer, key: str) -> None:
    assert matching_keys(buyer) == (key,)


@pytest.mark.parametrize(
    "buyer",
    [
        Buyer(),
        Buyer(name="Atelier du Lac SARL"),  # a name alone: there are others in other countries
        Buyer(identifier=Identifier("10-4711")),  # a customer number, without the seller who gave it
        Buyer(electronic_address=Identifier("ABC1234", "0205")),  # an SDI code: shared by all customers of a provider
        Buyer(electronic_address=Identifier("4000000123453")),  # no scheme
        Buyer(vat_identifier="OO99999999999"),  # what Italy writes for a foreigner without a number
        Buyer(vat_identifier="IT00000000000"),
        Buyer(vat_identifier="123456789"),  # no prefix and no country
        Buyer(legal_registration=Identifier("99999999999", "0210")),
        Buyer(legal_registration=Identifier("559900-1122")),
        Buyer(name=" ", address=FRANCE),
    ],
)
def test_what_many_share_identifies_nobody(buyer: Buyer) -> None:
    assert matching_keys(buyer) == ()


def test_a_customer_number_of_one_seller_is_not_that_of_another() -> None:
    buyer = Buyer(identifier=Identifier("10-4711"))
    assert matching_keys(buyer, SELLER) != matching_keys(buyer, Seller(vat_identifier="FR11123456782"))


@given(cases(ANY_LETTER, italy=False).flatmap(lambda case: st.tuples(buyers(case), sellers(case))))
def test_a_recipient_kept_with_the_keys_of_an_invoice_is_found_by_them(parties: tuple[Buyer, Seller]) -> None:
    keys = matching_keys(*parties)
    assert tuple(map(normalised, keys)) == keys
    assert Recipient(id="r", name="", identifiers=keys).keys == keys


@given(INVOICES)
def test_the_keys_of_an_invoice_differ_from_each_other(invoice: Invoice) -> None:
    keys = matching_keys(invoice.buyer or Buyer(), invoice.seller)
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize(
    ("identifiers", "keys"),
    [
        ((), ("name:FR:atelier",)),
        (("vat: fr 11 123456782",), ("vat:FR11123456782", "name:FR:atelier")),
        (("name:FR:Atelier", "vat:FR11123456782"), ("name:FR:atelier", "vat:FR11123456782")),  # its name given as well
    ],
)
def test_a_recipient_is_recognised_by_its_identifiers_and_by_its_name(
    identifiers: tuple[str, ...], keys: tuple[str, ...]
) -> None:
    assert Recipient(id="r", name="Atelier", country="FR", identifiers=identifiers).keys == keys


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("", "begins with none of"),
        ("FR11123456782", "begins with none of"),
        ("vat:", "identifies nobody"),
        ("address:4000000123453", "identifies nobody"),  # the scheme is missing
        ("address:0205:ABC1234", "identifies nobody"),
        ("registration:0210:00000000000", "identifies nobody"),
    ],
)
def test_a_key_that_is_none_is_refused_with_the_reason(key: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        normalised(key)
