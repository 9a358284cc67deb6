"""What assistive technology needs of every page: a language, landmarks, headings in order, labels, names."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from lxml import html

from tests.desk.conftest import BusyTown
from tests.desk.house import Visitor

STORIES = ("delivered", "turned away", "duplicate", "invalid", "unreadable", "fallback", "retry", "hostile")


@pytest.fixture(scope="module")
def pages(busy: BusyTown) -> Iterator[dict[str, html.HtmlElement]]:
    """Every kind of page once."""
    with busy.town.visitor() as visitor:
        found = {"sign in": visitor.get("login"), "refused": visitor.sign_in("nobody@support.example")}
        visitor.sign_in()
        found |= {"list": visitor.get("documents"), "nothing": visitor.get("documents", q="nothing", status="paid")}
        found |= {story: visitor.get(f"documents/{busy.ids[story]}") for story in STORIES}
        found |= {"preview": visitor.get(f"documents/{busy.ids['turned away']}/resend")}
        found |= {"no preview": visitor.get(f"documents/{busy.ids['delivered']}/resend")}
        found |= {"text": visitor.get(first_text(visitor, busy)), "missing": visitor.get("documents/d-NOWHERE1")}
        yield {name: html.fromstring(page.content) for name, page in found.items()}


def first_text(visitor: Visitor, busy: BusyTown) -> str:
    public_id = busy.ids["invalid"]
    return f"documents/{public_id}/text/{busy.town.whole(public_id).artefacts[0].sha256}"


def name_of(element: html.HtmlElement) -> str:
    """The accessible name, as far as it comes from text or a label."""
    return (element.get("aria-label") or element.text_content() or "").strip()


def test_every_page_says_its_language_and_what_it_is_about(pages: dict[str, html.HtmlElement]) -> None:
    titles = {name: page.cssselect("title")[0].text_content() for name, page in pages.items()}
    assert all(page.get("lang") == "en" for page in pages.values())
    assert all(title.endswith(" · Gateway desk") for title in titles.values())
    assert titles["turned away"] == "2026/004871, Action needed · Gateway desk"
    assert titles["refused"].startswith("Problem: ")


def test_every_page_has_one_main_part_one_first_heading_and_a_way_to_skip_to_it(
    pages: dict[str, html.HtmlElement],
) -> None:
    for name, page in pages.items():
        assert len(page.cssselect("main")) == len(page.cssselect("main h1")) == 1, name
        assert page.cssselect("body a")[0].get("href") == "#main", name
        assert page.cssselect("main")[0].get("id") == "main", name


def test_headings_skip_no_level(pages: dict[str, html.HtmlElement]) -> None:
    for name, page in pages.items():
        levels = [int(str(one.tag)[1]) for one in page.cssselect("h1, h2, h3, h4, h5, h6")]
        assert all(following <= level + 1 for level, following in pairwise(levels)), name


def test_every_field_has_a_label(pages: dict[str, html.HtmlElement]) -> None:
    for name, page in pages.items():
        labelled = {one.get("for") for one in page.cssselect("label")}
        for field in page.cssselect("input:not([type=hidden]), select, textarea"):
            assert field.get("id") in labelled, (name, field.get("name"))


def test_everything_that_is_pressed_has_a_name_and_every_drawing_is_silent(
    pages: dict[str, html.HtmlElement],
) -> None:
    for name, page in pages.items():
        for one in page.cssselect("a, button, summary"):
            assert name_of(one), (name, html.tostring(one))
        assert all(one.get("aria-hidden") == "true" for one in page.cssselect("svg")), name


def test_ids_are_unique_and_what_points_to_one_finds_it(pages: dict[str, html.HtmlElement]) -> None:
    for name, page in pages.items():
        ids = [one.get("id") for one in page.cssselect("[id]")]
        assert len(ids) == len(set(ids)), name
        inside = {(one.get("href") or "")[1:] for one in page.cssselect('a[href^="#"], use')} - {""}
        named = {one.get("aria-labelledby") for one in page.cssselect("[aria-labelledby]")}
        assert inside | named <= set(ids), name


def test_two_links_of_one_name_on_one_page_lead_to_one_place(pages: dict[str, html.HtmlElement]) -> None:
    allowed = {"Notice of the other side", "Answer of the other side"}  # told apart by the time beside them
    for name, page in pages.items():
        places: dict[str, set[str]] = {}
        for one in page.cssselect("main a[href]"):
            places.setdefault(" ".join(name_of(one).split()), set()).add(one.get("href") or "")
        doubled = {words for words, hrefs in places.items() if len(hrefs) > 1}
        assert doubled <= allowed | {"NW-26-10482"}, name  # a duplicate has the number of its original


def test_tables_have_headers_and_roles_that_outlive_the_layout(pages: dict[str, html.HtmlElement]) -> None:
    for name, page in pages.items():
        for table in page.cssselect("table"):
            assert table.get("role") == "table", name
            assert table.get("aria-labelledby") or table.cssselect("caption"), name
            heads = table.cssselect("thead th[scope=col][role=columnheader]")
            assert all(len(row.cssselect("td[role=cell]")) == len(heads) for row in table.cssselect("tbody tr")), name


def test_a_status_is_a_word_and_a_shape_beside_its_colour(pages: dict[str, html.HtmlElement]) -> None:
    for one in pages["list"].cssselect(".badge"):
        assert one.cssselect(".word")[0].text_content()
        assert one.cssselect("svg use")
    shapes = {one.cssselect("use")[0].get("href"): one.text_content() for one in pages["list"].cssselect(".badge")}
    assert len(shapes) == len(set(shapes.values()))


def test_times_are_exact_for_machines(pages: dict[str, html.HtmlElement]) -> None:
    for name, page in pages.items():
        for time in page.cssselect("time"):
            assert (time.get("datetime") or "").endswith("+00:00") or len(time.get("datetime") or "") == 10, name
