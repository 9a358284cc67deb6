"""Findings in the words that stand for their ids, with the document's own values in them."""

from formats.checking import Finding, Severity
from formats.explanations import explain


def told(
    finding_id: str, path: str, severity: Severity = Severity.FATAL, where: str = "", /, **values: object
) -> Finding:
    """A finding about the value at this path. values: what its words quote, by the names of their blanks."""
    said = explain(finding_id, values)
    quoted = {name: str(one) for name, one in values.items()}
    return Finding(finding_id, path, said.what, said.fix, severity, where, quoted)
