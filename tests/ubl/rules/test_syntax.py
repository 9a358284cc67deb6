"""The rules on what UBL has beyond EN 16931 say what the official ones say, path by path."""

from collections.abc import Callable, Iterator
from importlib.resources import files
from time import process_time

import pytest

from formats.explanations import entry_of
from formats.ubl.assertions import RuleSet
from formats.ubl.checks import syntax_occurrences, syntax_unwanted, syntax_values
from formats.ubl.growing import grow
from formats.ubl.names import tag_of
from tests import judge
from tests.judges.sides import found_by
from tests.ubl.fragments import ubl
from tests.ubl.rules.comparing import official_difference

PATTERNS = (*syntax_unwanted.PATTERNS, *syntax_occurrences.PATTERNS, *syntax_values.PATTERNS)
RULES = RuleSet("syntax", judge.VERSION, PATTERNS, syntax_unwanted.WARNINGS)
EXTENSIONS = tag_of("ext:UBLExtensions").partition("}")[0].strip("{")


def paths() -> Iterator[tuple[str, str]]:
    """The rules of the table and their paths, one for each name where a step has two."""
    table = files("formats.ubl.checks").joinpath("unwanted.txt").read_text("ascii")
    for line in table.splitlines():
        rule_id, _, path = line.partition(" ")
        if rule_id.startswith("UBL-"):
            first, *more = path.split("/") if not path.startswith("/") else (path,)
            for name in first.split("|"):
                yield rule_id, "/".join((name, *more))


def at(path: str, inside: str = "") -> str:
    """The elements of a path, one in the other; an attribute is on the last of them."""
    steps = path.removeprefix("//").split("/")
    attribute = ""
    if steps[-1].startswith("@"):
        attribute = f' {steps.pop()[1:]}="x"'
        steps = steps or ["cbc:Note"]
    for name in reversed(steps):
        prefix = f' xmlns:ext="{EXTENSIONS}"' if name.startswith("ext:") else ""
        inside = f"<{name}{prefix}{attribute}>{inside}</{name}>"
        attribute = ""
    return inside


PATHS = list(paths())


def test_every_official_rule_is_there_with_its_level() -> None:
    official = {(one, level) for one, level in judge.levels(judge.EN16931) if one.startswith("UBL-")}
    assert {(one, str(RULES.severity_of(one))) for one in RULES.ids} == official


def test_every_rule_has_words() -> None:
    assert [one for one in sorted(RULES.ids) if entry_of(one) is None] == []


@pytest.mark.parametrize("start", range(0, len(PATHS), 100))
def test_each_path_of_the_table_is_told_by_its_rule(start: int) -> None:
    for rule_id, path in PATHS[start : start + 100]:
        document = ubl(at(path))
        assert (rule_id, "warning") in found_by(RULES, document), path
        assert official_difference(RULES, document) == "", path


@pytest.mark.parametrize("start", range(0, len(PATHS), 100))
def test_a_path_that_begins_elsewhere_is_told_as_officially(start: int) -> None:
    for number in range(start, min(start + 100, len(PATHS)), 13):
        _, path = PATHS[number]
        inside = at(path)
        for document in (
            ubl(f"<cac:PaymentMeans>{inside}</cac:PaymentMeans>"),
            ubl(f"<cac:Foo>{inside}</cac:Foo>", inside, inside, root="CreditNote"),
        ):
            assert official_difference(RULES, document) == "", path


def test_what_is_there_often_is_told_once() -> None:
    told = found_by(RULES, ubl(*(at(path) for _, path in PATHS), *(at(path) for _, path in PATHS)))
    assert {told[rule_id, "warning"] for rule_id, _ in PATHS} == {1}


def test_lines_of_both_kinds_are_told_together() -> None:
    parts = [
        at(f"cac:{kind}Line/{path}") for kind in ("Invoice", "CreditNote") for path in ("cbc:UUID", "cac:Delivery")
    ]
    assert official_difference(RULES, ubl(*parts, *parts)) == ""


@pytest.mark.parametrize(
    "parts",
    [
        # the version of UBL
        ["<cbc:UBLVersionID>2.1</cbc:UBLVersionID>"],
        ["<cbc:UBLVersionID> 2.1</cbc:UBLVersionID>"],
        ["<cbc:UBLVersionID>2.0</cbc:UBLVersionID>", "<cbc:UBLVersionID>2.1</cbc:UBLVersionID>"],
        # the name of a means of payment, once, twice, elsewhere, on the root
        ['<cac:PaymentMeans><cbc:PaymentMeansCode name="a">30</cbc:PaymentMeansCode></cac:PaymentMeans>'],
        ['<cac:PaymentMeans><cbc:PaymentMeansCode name="a">30</cbc:PaymentMeansCode></cac:PaymentMeans>'] * 2,
        ['<cbc:PaymentMeansCode name="a">30</cbc:PaymentMeansCode>', '<cbc:Note name=""/>'],
        # an attribute of another namespace is another attribute
        [f'<cbc:Note xmlns:x="urn:x" x:languageID="de" x:name="n">{"a"}</cbc:Note>'],
    ],
)
def test_what_the_table_does_not_hold(parts: list[str]) -> None:
    assert official_difference(RULES, ubl(*parts)) == ""
    assert official_difference(RULES, ubl(*parts, root="CreditNote")) == ""


def test_attributes_of_the_root() -> None:
    document = ubl().replace(b"<Invoice ", b'<Invoice languageID="en" name="n" schemeID="s" listID="l" ')
    assert official_difference(RULES, document) == ""


@pytest.mark.parametrize("codes", [[], ["130"], ["50"], ["916"], ["130", "916"], ["916", "130"], [" 130"], ["", "50"]])
def test_documents_and_invoiced_objects(codes: list[str]) -> None:
    types = "".join(f"<cbc:DocumentTypeCode>{code}</cbc:DocumentTypeCode>" for code in codes)
    for number in ("", "<cbc:ID>1</cbc:ID>", '<cbc:ID schemeID="AWV">1</cbc:ID>', '<cbc:ID schemeID=""/><cbc:ID/>'):
        for more in ("", "<cac:Attachment/>", "<cbc:DocumentDescription/>", "<cbc:DocumentDescription/>" * 2):
            reference = f"<cac:AdditionalDocumentReference>{number}{types}{more}</cac:AdditionalDocumentReference>"
            for root in ("Invoice", "CreditNote"):
                nested = f"<cac:InvoiceLine>{reference}</cac:InvoiceLine>" if root == "Invoice" else reference
                assert official_difference(RULES, ubl(reference, nested, root=root)) == ""


TABLES = {
    "": syntax_occurrences.OF_DOCUMENT,
    "cac:InvoiceLine": syntax_occurrences.OF_LINE,
    "cac:CreditNoteLine": syntax_occurrences.OF_LINE,
    "cac:PostalAddress": syntax_occurrences.OF_ADDRESS,
    "cac:Address": syntax_occurrences.OF_ADDRESS,
    "cac:Delivery": syntax_occurrences.OF_DELIVERY,
    "cac:AdditionalDocumentReference": syntax_occurrences.OF_REFERENCE,
    "cac:PaymentMeans": syntax_occurrences.OF_PAYMENT,
    "cac:BillingReference": syntax_occurrences.OF_PRECEDING,
    "cac:TaxRepresentativeParty": syntax_occurrences.OF_REPRESENTATIVE,
    "cac:TaxSubtotal": syntax_occurrences.OF_SUBTOTAL,
}


@pytest.mark.parametrize("group", TABLES)
def test_what_is_stated_once_at_most(group: str) -> None:
    for rule_id, steps in TABLES[group]:
        path = "/".join(steps)
        last = at(steps[-1])
        in_one_group = at("/".join(steps[:-1]), last + last) if steps[1:] else last + last
        for inside in (at(path), in_one_group, at(path) * 2):
            assert official_difference(RULES, _in(group, inside)) == "", path
        assert (rule_id, "fatal") in found_by(RULES, _in(group, at(path) * 2)), path


def _in(group: str, inside: str) -> bytes:
    return ubl(f"<{group}>{inside}</{group}>" if group else inside)


@pytest.mark.parametrize(
    "parts",
    [
        # registrations of the seller: VAT, in small letters, with a blank; others; of two schemes, of none
        ["VAT", "vat"],
        ["VAT", " VAT"],
        ["GST", "TAX"],
        ["VAT", "VAT", "VAT"],
        ["VAT</cbc:ID></cac:TaxScheme><cac:TaxScheme><cbc:ID>GST", "GST", "VAT"],
        ["VAT</cbc:ID><cbc:ID>GST"],
        ["GST</cbc:ID></cac:TaxScheme><cac:TaxScheme><cbc:ID>VAT</cbc:ID><cbc:ID>VAT"],
    ],
)
def test_registrations(parts: list[str]) -> None:
    scheme = "<cac:TaxScheme><cbc:ID>{}</cbc:ID></cac:TaxScheme>"
    one = f"<cac:PartyTaxScheme><cbc:CompanyID>1</cbc:CompanyID>{scheme}</cac:PartyTaxScheme>"
    inside = "".join(one.format(code) for code in parts)
    for role in ("AccountingSupplierParty", "AccountingCustomerParty"):
        for more in ("", "<cac:PartyTaxScheme><cbc:CompanyID>1</cbc:CompanyID></cac:PartyTaxScheme>"):
            document = ubl(f"<cac:{role}><cac:Party>{inside}{more}</cac:Party></cac:{role}>")
            assert official_difference(RULES, document) == ""


def test_the_payee_is_another_than_the_seller() -> None:
    named = "<cac:PartyName><cbc:Name>{}</cbc:Name></cac:PartyName>"
    seller = "<cac:AccountingSupplierParty><cac:Party>{}</cac:Party></cac:AccountingSupplierParty>"
    registered = "<cac:PartyLegalEntity><cbc:RegistrationName>{}</cbc:RegistrationName></cac:PartyLegalEntity>"
    identified = '<cac:PartyIdentification><cbc:ID schemeID="{}">1</cbc:ID></cac:PartyIdentification>'
    for of_seller in ("", registered.format("A"), registered.format("A") + registered.format("B")):
        for names in (
            "",
            named.format("A"),
            named.format("B"),
            named.format("A") * 2,
            named.format("A "),
            named.format("C") * 2,
        ):
            for more in (
                "",
                identified.format("SEPA") * 2,
                identified.format("0088") + identified.format("sepa"),
                identified.format("") * 2,
            ):
                document = ubl(seller.format(of_seller), f"<cac:PayeeParty>{names}{more}</cac:PayeeParty>")
                assert official_difference(RULES, document) == ""


@pytest.mark.parametrize("name", ["PaymentID", "PaymentMeansCode"])
@pytest.mark.parametrize(
    "values",
    [
        ["1"],
        ["1", "1"],
        ["1", "2"],
        ["1", "1 "],
        ["1", "2", "1", "2"],
        ["", ""],
        # one in the other: what stands around does not come before
        ["<cbc:{0}>1</cbc:{0}>"],
        ["1", "<cbc:{0}>1</cbc:{0}>", "1"],
        ["<cbc:{0}>1</cbc:{0}>", "1"],
        ["2<cbc:{0}>1</cbc:{0}>", "21"],
    ],
)
def test_references_that_must_be_the_same(name: str, values: list[str]) -> None:
    parts = [f"<cbc:{name}>{value.format(name)}</cbc:{name}>" for value in values]
    apart = [f"<cac:PaymentMeans>{part}</cac:PaymentMeans>" for part in parts]
    assert official_difference(RULES, ubl(*parts)) == ""
    assert official_difference(RULES, ubl(*apart)) == ""


@pytest.mark.parametrize("indicator", ["true", "false", "1", "0 ", "", None])
def test_reasons_of_allowances_and_charges(indicator: str | None) -> None:
    reason = "<cbc:AllowanceChargeReason>r</cbc:AllowanceChargeReason>"
    said = "" if indicator is None else f"<cbc:ChargeIndicator>{indicator}</cbc:ChargeIndicator>"
    for inside in (reason, reason * 2):
        part = f"<cac:AllowanceCharge>{said}{inside}</cac:AllowanceCharge>"
        for parts in ([part], [part] * 2, [f"<cac:Price>{part}</cac:Price>"]):
            if indicator != "":
                assert official_difference(RULES, ubl(*parts)) == ""


@pytest.mark.parametrize("amount", ["1", "1.00", "1.000", "1.00 ", "1.0\n", ".123", "abc.def", "1.2.34", "", "1,000"])
def test_decimals_of_amounts(amount: str) -> None:
    discount = "<cac:AllowanceCharge/>"
    for name in ("cbc:Amount", "cbc:CorporateStockAmount", "cbc:PriceAmount", "cac:OddAmount", "x:Amount"):
        one = f'<{name} xmlns:x="urn:x">{amount}</{name}>'
        for inside in (
            one,
            f"<cac:Price>{one}</cac:Price>",
            f"<cac:Price>{one}{discount}</cac:Price>",
            f"<cac:Price>{discount}<cac:Price><cac:Item>{one}</cac:Item></cac:Price></cac:Price>",
        ):
            assert official_difference(RULES, ubl(inside)) == ""


def test_attachments_are_described() -> None:
    for attributes in (
        "",
        ' mimeCode=""',
        ' filename="a"',
        ' mimeCode="a" filename=""',
        ' x:mimeCode="a" xmlns:x="urn:x"',
    ):
        for name in ("cbc:EmbeddedDocumentBinaryObject", "cbc:OtherBinaryObject"):
            assert official_difference(RULES, ubl(f"<{name}{attributes}>QQ==</{name}>")) == ""


def many_lines(times: int) -> bytes:
    number = '<cac:StandardItemIdentification><cbc:ID schemeID="0160">1</cbc:ID></cac:StandardItemIdentification>'
    item = f"<cac:Item><cbc:Name>n</cbc:Name>{number}</cac:Item>"
    return ubl(*[f"<cac:InvoiceLine><cbc:ID>1</cbc:ID>{item}</cac:InvoiceLine>"] * times)


def many_payments(times: int) -> bytes:
    return ubl(
        *(f"<cac:PaymentMeans><cbc:PaymentID>{number}</cbc:PaymentID></cac:PaymentMeans>" for number in range(times))
    )


def many_attributes(times: int) -> bytes:
    return ubl(*['<cbc:Note languageID="de" name="n" schemeID="s">n</cbc:Note>'] * times)


def cost(document: bytes) -> float:
    """Seconds of CPU time, the least of three."""
    costs = []
    for _ in range(3):
        grown = grow(document)
        began = process_time()
        RULES.failures_of(grown)
        costs.append(process_time() - began)
    return min(costs)


@pytest.mark.parametrize("made", [many_lines, many_payments, many_attributes])
def test_time_grows_with_the_document_and_no_faster(made: Callable[[int], bytes]) -> None:
    # Eight times the document: a rule that compares each with each would take 64 times as long.
    assert cost(made(4000)) < 24 * cost(made(500))
