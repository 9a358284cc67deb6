"""What no page may hold: places and hosts of a machine that is not the reader's, and claims of a kind."""

import re

import pytest

from tests.docs.pages import name_of, pages, text_of

PAGES = [name_of(page) for page in pages()]
UNWANTED = [
    (r"\b(?:pypi|pythonhosted|npmjs|maven|rubygems|crates)\.(?:org|io|com)\b", "the host of a package index"),
    (r"(?<![\w.])/(?:work|root|home|Users|tmp)/", "a path of one machine"),
    (r"\b(?:TODO|FIXME|TBD|XXX)\b", "something that is not done"),
    (r"!\[[^\]]*\]\(https?://", "a badge"),
    (r"-----BEGIN|\bgw_[0-9A-Z]{8}_\w{20,}", "a key"),
]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(("pattern", "what"), UNWANTED, ids=[what for _, what in UNWANTED])
def test_a_page_holds_no_such_thing(page: str, pattern: str, what: str) -> None:
    assert [found[0] for found in re.finditer(pattern, text_of(page))] == [], f"{page} holds {what}"


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_in_tidy_lines(page: str) -> None:
    lines = text_of(page).splitlines()
    assert [number for number, line in enumerate(lines, 1) if line != line.rstrip()] == [], "blanks at a line's end"
    assert lines[0].startswith("# "), "a page begins with its title"
    assert sum(line.startswith("# ") for line in outside_of_code(lines)) == 1, "and has one"


def outside_of_code(lines: list[str]) -> list[str]:
    """The lines that stand in no block of code."""
    kept, in_code = [], False
    for line in lines:
        if line.lstrip().startswith("```"):
            in_code = not in_code
        elif not in_code:
            kept.append(line)
    return kept
