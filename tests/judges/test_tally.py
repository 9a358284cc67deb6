"""The end of a test run says what was compared with which official rules, and which of them were missing."""

import pytest

from tests.judges.tally import COMPARED, COVERED, lines_of


def report(*noted: tuple[str, object], skipped: str = "") -> pytest.TestReport:
    """The report of a test that took this down, or that was skipped for a reason."""
    longrepr = ("test_x.py", 1, f"Skipped: {skipped}") if skipped else None
    outcome = "skipped" if skipped else "passed"
    return pytest.TestReport("test", ("x", 1, "x"), {}, outcome, longrepr, "call", user_properties=noted)  # type: ignore[arg-type]  # whatever a test gives to record_property


def test_what_tests_compared_is_added_up() -> None:
    reports = [
        report((COVERED, ("en16931", 978, 979))),
        report((COMPARED, ("en16931", "mutants", 75)), (COMPARED, ("xrechnung", "mutants", 75))),
        report((COMPARED, ["en16931", "mutants", 1200]), ("something else", 1)),
        report((COMPARED, ("en16931", "documents", 1))),
    ]
    assert list(lines_of(reports)) == [
        "en16931: 978 of 979 rules; verdicts compared on 1 documents, 1,275 mutants",
        "xrechnung: rules not counted; verdicts compared on 75 mutants",
    ]


def test_a_judge_that_is_missing_is_named_with_the_tests_that_were_skipped() -> None:
    reason = "the official rule set peppol-bis-3 is not installed: run `make judges`"
    assert list(lines_of([report(skipped=reason), report(skipped=reason), report(skipped="no network")])) == [
        "peppol-bis-3: the official rule set is MISSING, 2 tests were skipped (run `make judges`)"
    ]


def test_a_run_that_compared_nothing_says_nothing() -> None:
    assert list(lines_of([report(), report(skipped="no network")])) == []
