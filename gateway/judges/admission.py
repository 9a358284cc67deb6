"""A file is tried before it becomes a judge: it must be a stylesheet, answer in SVRL, and judge by the right rules."""

from typing import Final

from formats.checking import Publication
from formats.xml import XmlRefused, root_name
from gateway.errors import WrongContent
from gateway.judges.opinion import decoded
from gateway.judges.saxon import JudgeBroke, Saxon, StylesheetWrong, demand

_KIND: Final = "rule set"
_TRANSFORM: Final = "{http://www.w3.org/1999/XSL/Transform}"
_STYLESHEETS: Final = (f"{_TRANSFORM}stylesheet", f"{_TRANSFORM}transform")
_SCHEMATRON: Final = "{http://purl.oclc.org/dsdl/schematron}schema"


def admit(rules: Publication, content: bytes, sample: str) -> int:
    """Try a stylesheet that is to judge by these rules; returns how many assertions fail on the sample.

    sample:  a UBL document that breaks some of these rules: a judge that finds none of them judges by others
    Raises WrongContent with what is wrong, SettingWrong where Saxon is not installed.
    """
    demand()
    root = root_name(content)
    if root == _SCHEMATRON:
        raise WrongContent(_KIND, "it is Schematron; what is taken is the stylesheet (.xslt) that is compiled of it")
    if root not in _STYLESHEETS:
        raise WrongContent(_KIND, "it is no XSLT stylesheet")
    try:
        answer = Saxon().ask(rules.name, "", lambda: decoded(content), sample)
    except XmlRefused as refused:
        raise WrongContent(_KIND, f"it is no XML that the gateway reads: {refused}".rstrip(".")) from None
    except StylesheetWrong as error:
        raise WrongContent(_KIND, f"it cannot be compiled: {str(error).rstrip('.')}") from None
    except JudgeBroke as error:
        raise WrongContent(_KIND, f"asked about an empty invoice it fails: {str(error).rstrip('.')}") from None
    found = {identifier for identifier, _ in answer.failed}
    if not found & rules.ids:
        says = f"it finds {', '.join(sorted(found)[:3])}" if found else "it finds nothing"
        problem = f"it does not judge by the rules of {rules.name}: of an empty invoice {says}"
        raise WrongContent(_KIND, problem)
    return answer.failed.total()
