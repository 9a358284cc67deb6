"""Parties and payments of fragments, in the words of UBL: who is where, under which numbers; all of them invented."""


def el(path: str, *inside: str, **attributes: str) -> str:
    """Elements within each other, `cac:Party/cac:Contact`: the innermost one has the attributes and the content."""
    names = path.split("/")
    said = "".join(f' {name}="{value}"' for name, value in attributes.items())
    opened = "".join(f"<{name}>" for name in names[:-1])
    closed = "".join(f"</{name}>" for name in reversed(names))
    return f"{opened}<{names[-1]}{said}>{''.join(inside)}{closed}"


def address(*countries: str, lines: str = "") -> str:
    """A postal address; of several countries it has several codes."""
    codes = "".join(el("cbc:IdentificationCode", country) for country in countries)
    return el("cac:PostalAddress", lines, el("cac:Country", codes))


def tax(number: str, *schemes: str) -> str:
    """A tax registration, under VAT where nothing else is said."""
    names = "".join(el("cac:TaxScheme/cbc:ID", one) for one in schemes or ("VAT",))
    return el("cac:PartyTaxScheme", el("cbc:CompanyID", number), names)


def seller(*inside: str) -> str:
    """The seller."""
    return el("cac:AccountingSupplierParty/cac:Party", *inside)


def buyer(*inside: str) -> str:
    """The buyer."""
    return el("cac:AccountingCustomerParty/cac:Party", *inside)


def both_in(country: str, of_seller: str = "", of_buyer: str = "") -> str:
    """A seller and a buyer in one country."""
    return seller(address(country), of_seller) + buyer(address(country), of_buyer)


def means(code: str, *inside: str) -> str:
    """Means of payment under a code."""
    return el("cac:PaymentMeans", el("cbc:PaymentMeansCode", code), *inside)


def account(*numbers: str, branch: str = "") -> str:
    """The account to pay to, with its bank where one is named."""
    said = "".join(el("cbc:ID", one) for one in numbers)
    return el("cac:PayeeFinancialAccount", said, el("cac:FinancialInstitutionBranch/cbc:ID", branch) if branch else "")
