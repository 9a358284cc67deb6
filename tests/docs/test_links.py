"""Nobody is sent to a page that is not there, and no page lies where nobody comes."""

from pathlib import Path

import pytest

from tests.docs.pages import DOCS, ROOT, anchors, links, name_of, pages, rows, section, text_of

PAGES = [name_of(page) for page in pages()]


def targets(page: str) -> list[tuple[Path, str]]:
    """The files that a page links to, with what stands behind `#`."""
    found = []
    for link in links(text_of(page)):
        path, _, anchor = link.partition("#")
        if not path.startswith(("http://", "https://")):
            found.append(((ROOT / page).parent / path if path else ROOT / page, anchor))
    return found


@pytest.mark.parametrize("page", PAGES)
def test_every_relative_link_leads_to_something(page: str) -> None:
    for target, anchor in targets(page):
        assert target.exists(), f"{page} links to {target}"
        if anchor:
            known = anchors(target.read_text(encoding="utf-8"))
            assert anchor in known, f"{page} links to #{anchor} of {target.name}, which has {sorted(known)}"


def test_every_page_is_reached_from_the_map() -> None:
    seen, coming = set[Path](), [DOCS / "index.md"]
    while coming:
        page = coming.pop().resolve()
        if page.suffix == ".md" and page not in seen:
            seen.add(page)
            coming += [target for target, _ in targets(name_of(page))]
    lost = [name_of(page) for page in DOCS.rglob("*.md") if page.resolve() not in seen]
    assert lost == []


def test_every_decision_stands_in_the_map_in_its_order() -> None:
    listed = [link for link in links(text_of("docs/index.md")) if link.startswith("decisions/")]
    assert listed == sorted(f"decisions/{page.name}" for page in (DOCS / "decisions").glob("*.md"))


@pytest.mark.parametrize("decision", sorted(page.name for page in (DOCS / "decisions").glob("*.md")))
def test_a_decision_says_why_and_what_else_there_was(decision: str) -> None:
    text = text_of(f"docs/decisions/{decision}")
    assert text.startswith(f"# {int(decision[:4])}. ")
    for part in ("**Context.**", "**Decision.**", "**Consequences.**", "**Alternatives.**"):
        assert part in text


def test_what_the_glossary_points_at_is_there() -> None:
    for row in rows(section(text_of("docs/glossary.md"), "Ours")):
        for place in row[-1].split(", "):
            assert (ROOT / place.strip("`")).exists(), f"{row[0]}: {place}"
