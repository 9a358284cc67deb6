"""The desk in Chromium: without script, by keyboard alone, on a desk and on a phone."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.desk.conftest import BusyTown
from tests.desk.house import MIRA, PASSWORD, Town
from tests.desk.stories import LONG_WORD, italian

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

DESK, PHONE, SMALLEST = (1440, 900), (390, 844), (320, 640)


@contextmanager
def opened(
    browser: "Browser", town: Town, size: tuple[int, int] = DESK, *, script: bool = False, touch: bool = False
) -> Iterator["Page"]:
    """A page in which nobody is signed in. What the browser complains about fails the test."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        java_script_enabled=script,
        base_url=town.origin,
        has_touch=touch,
    )
    page, complaints = context.new_page(), list[str]()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: complaints.append(dialog.message))
    page.set_default_timeout(15_000)
    try:
        yield page
        assert complaints == []
    finally:
        context.close()


def sign_in(page: "Page") -> None:
    page.goto("/desk/")
    page.get_by_label("E-mail address").fill(MIRA)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Documents").wait_for()


def test_the_whole_way_without_script(browser: "Browser", quiet: Town) -> None:
    document = quiet.send(italian("2026/004871"))
    quiet.hear(document, "sdi.NS", "Codice destinatario non valido", "00311")
    with opened(browser, quiet) as page:
        sign_in(page)
        page.get_by_role("link", name="Action needed 1").click()
        page.get_by_label("Find a document").fill("2026/004871")
        page.get_by_role("button", name="Find").click()
        page.get_by_role("heading", name="Invoice 2026/004871").wait_for()
        page.get_by_role("link", name="Oldest first").click()
        page.get_by_role("link", name="Newest first").wait_for()
        page.get_by_text("What came, as it came").first.click()
        assert page.locator("pre.raw").first.is_visible()
        page.get_by_role("link", name="Send it again").click()
        page.get_by_label("Why, for the log").fill("The recipient code is mended")
        page.get_by_role("button", name="Send it again").click()
        assert "It goes again." in page.get_by_role("status").inner_text()
        quiet.work()
        page.reload()
        assert page.get_by_text("Reason: The recipient code is mended").is_visible()
        page.get_by_role("button", name="Sign out").first.click()
        page.get_by_role("heading", name="Sign in to the desk").wait_for()
        page.go_back()
        page.reload()
        assert "/desk/login" in page.url


def test_the_whole_way_by_keyboard(browser: "Browser", busy: BusyTown) -> None:
    with opened(browser, busy.town) as page:
        page.goto("/desk/documents")
        page.keyboard.type(MIRA)  # the first field has the focus
        page.keyboard.press("Tab")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="Documents").wait_for()
        page.keyboard.press("Tab")
        assert page.locator(":focus").inner_text() == "Skip to content"
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.locator(":focus").inner_text().startswith("Everything")
        tab_to(page, "Filter")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        page.keyboard.type("Cantina")
        page.keyboard.press("Enter")
        page.get_by_text("1 document, newest first").wait_for()
        tab_to(page, "2026/004871")
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="Invoice 2026/004871").wait_for()
        tab_to(page, "Send it again")
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="2026/004871 can go again").wait_for()


def tab_to(page: "Page", name: str) -> None:
    """The Tab key until something of this name has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        focus = page.locator(":focus")
        if focus.count() and name in focus.inner_text():
            return
    raise AssertionError(f"the Tab key does not come to {name}")


def test_the_focus_can_be_seen(browser: "Browser", busy: BusyTown) -> None:
    with opened(browser, busy.town, script=True) as page:
        sign_in(page)
        for _ in range(12):
            page.keyboard.press("Tab")
            outline = page.evaluate("getComputedStyle(document.activeElement).outline")
            assert "solid" in outline, page.evaluate("document.activeElement.outerHTML")
            assert "3px" in outline, page.evaluate("document.activeElement.outerHTML")


@pytest.mark.parametrize("story", ["turned away", "delivered", "invalid", "unknown", "duplicate", "unreadable"])
def test_the_answer_stands_on_the_first_screen(browser: "Browser", busy: BusyTown, story: str) -> None:
    with opened(browser, busy.town) as page:
        sign_in(page)
        page.goto(f"/desk/documents/{busy.ids[story]}")
        for part in (".answer-say", ".answer-steps", ".answer-do", ".facts"):
            box = page.locator(part).bounding_box()
            assert box is not None
            assert box["y"] + box["height"] <= DESK[1], part


@pytest.mark.parametrize("size", [SMALLEST, (700, 900), DESK])
def test_nothing_sticks_out_sideways(browser: "Browser", busy: BusyTown, size: tuple[int, int]) -> None:
    paths = ["login", "documents", "documents?q=nothing", f"documents/{busy.ids['turned away']}/resend"]
    paths += [f"documents/{busy.ids[story]}" for story in ("turned away", "hostile", "invalid", "bounced", "delivered")]
    with opened(browser, busy.town, size, script=True) as page:
        sign_in(page)
        for path in paths:
            page.goto(f"/desk/{path}")
            page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
            assert page.evaluate("document.documentElement.scrollWidth") <= size[0], path


def test_our_own_words_are_not_broken_in_two(browser: "Browser", busy: BusyTown) -> None:
    """Names and keys of others may break anywhere; what the archive says of a proof is one short word."""
    with opened(browser, busy.town, (1000, 900)) as page:
        sign_in(page)
        page.goto(f"/desk/documents/{busy.ids['delivered']}")
        lines = page.evaluate(
            """[...document.querySelectorAll('#proof td:last-child')].map(cell => {
                const range = document.createRange();
                const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
                let most = 0;
                while (walker.nextNode()) {
                    if (!walker.currentNode.data.trim()) continue;
                    range.selectNodeContents(walker.currentNode);
                    most = Math.max(most, new Set([...range.getClientRects()].map(one => one.top)).size);
                }
                return most;
            })"""
        )
        assert lines
        assert set(lines) == {1}


def test_on_a_phone_the_menu_holds_what_the_rail_holds(browser: "Browser", busy: BusyTown) -> None:
    with opened(browser, busy.town, PHONE, touch=True) as page:
        sign_in(page)
        assert not page.get_by_role("button", name="Sign out").first.is_visible()
        page.get_by_text("Menu", exact=True).tap()
        assert page.locator(".menu").get_by_role("link", name="Documents").is_visible()
        page.locator(".menu").get_by_role("button", name="Sign out").tap()
        page.get_by_role("heading", name="Sign in to the desk").wait_for()


def test_on_a_phone_a_row_is_a_card_and_still_a_row(browser: "Browser", busy: BusyTown) -> None:
    with opened(browser, busy.town, PHONE) as page:
        sign_in(page)
        row = page.get_by_role("row").filter(has_text="2026/004871")
        assert row.get_by_role("cell").count() == 7
        box = row.bounding_box()
        assert box is not None
        assert box["height"] < 260
        assert page.get_by_role("columnheader", name="What happens now").count() == 1


def test_a_hostile_invoice_runs_nothing_and_keeps_its_place(browser: "Browser", busy: BusyTown) -> None:
    with opened(browser, busy.town, script=True) as page:
        sign_in(page)
        for path in ("documents", f"documents/{busy.ids['hostile']}"):
            page.goto(f"/desk/{path}")
            assert page.locator("img").count() == 0
            assert page.evaluate("document.documentElement.scrollWidth") <= DESK[0]
        assert LONG_WORD in page.get_by_role("heading", level=1).inner_text()


def test_scripts_are_refused_even_if_one_found_its_way_in(browser: "Browser", busy: BusyTown) -> None:
    context = browser.new_context(base_url=busy.town.origin)
    page, refused = context.new_page(), list[str]()
    page.on("console", lambda message: refused.append(message.text))
    sign_in(page)
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=\"data:,\" onerror=\"window.ran = 1\">')")
    page.evaluate(
        "const one = document.createElement('script'); one.text = 'window.ran = 1'; document.body.append(one)"
    )
    page.wait_for_timeout(100)
    assert page.evaluate("window.ran") is None
    assert any("Content Security Policy" in one for one in refused)
    context.close()
