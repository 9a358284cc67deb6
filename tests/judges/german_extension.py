"""German documents that the model has no terms for: sub-lines and payments of others, and clean vehicles."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Final

from lxml import etree

from formats.en16931 import Invoice
from formats.ubl import FORMAT
from formats.ubl.names import CAC, CBC

XRECHNUNG: Final = "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0"
EXTENSION: Final = f"{XRECHNUNG}#conformant#urn:xeinkauf.de:kosit:extension:xrechnung_3.0"
CLEAN_VEHICLES: Final = f"{XRECHNUNG}#compliant#urn:xeinkauf.de:kosit:xrechnung:cvd_0.9"
_NAMES: Final = {"cac": CAC, "cbc": CBC}
_PAYMENT: Final = f"""<cac:PrepaidPayment xmlns:cac="{CAC}" xmlns:cbc="{CBC}"><cbc:ID>Deposit</cbc:ID>
<cbc:PaidAmount currencyID="EUR">0.00</cbc:PaidAmount><cbc:InstructionID>Bottles</cbc:InstructionID>
</cac:PrepaidPayment>"""
_PROPERTY: Final = f"""<cac:AdditionalItemProperty xmlns:cac="{CAC}" xmlns:cbc="{CBC}"><cbc:Name>cva</cbc:Name>
<cbc:Value>clean</cbc:Value></cac:AdditionalItemProperty>"""


def german_documents(invoice: Invoice) -> Mapping[str, bytes]:
    """This invoice as an XRechnung with the extension, and as one about clean vehicles."""
    assert FORMAT.write is not None
    content = FORMAT.write(invoice).content
    return {"german extension": _extended(content), "german vehicles": _about_vehicles(content)}


def _extended(content: bytes) -> bytes:
    root = etree.fromstring(content)
    _one(root, "cbc:CustomizationID").text = EXTENSION
    for line in root.findall("cac:InvoiceLine", _NAMES):
        nested = _sub_line(line, "1")
        nested.append(_sub_line(line, "1.1"))
        line.append(nested)
    _one(root, "cac:LegalMonetaryTotal").addprevious(etree.fromstring(_PAYMENT))
    return etree.tostring(root)


def _sub_line(line: etree._Element, number: str) -> etree._Element:
    """The line itself as a part of it that costs the same."""
    nested = etree.Element(f"{{{CAC}}}SubInvoiceLine", nsmap=line.nsmap)
    for name in ("cbc:ID", "cbc:InvoicedQuantity", "cbc:LineExtensionAmount", "cac:Item", "cac:Price"):
        nested.append(deepcopy(_one(line, name)))
    _one(nested, "cbc:ID").text = number
    return nested


def _about_vehicles(content: bytes) -> bytes:
    root = etree.fromstring(content)
    _one(root, "cbc:CustomizationID").text = CLEAN_VEHICLES
    item = _one(root, "cac:InvoiceLine/cac:Item")
    kind = _one(item, "cac:CommodityClassification/cbc:ItemClassificationCode")
    kind.text = "M1"
    kind.set("listID", "CVD")
    kind.attrib.pop("listVersionID", None)
    item.append(etree.fromstring(_PROPERTY))
    return etree.tostring(root)


def _one(element: etree._Element, path: str) -> etree._Element:
    found = element.find(path, _NAMES)
    assert found is not None, path
    return found
