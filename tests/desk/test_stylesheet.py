"""Contrast, computed from the colours of the stylesheet: WCAG 2.2 AA in the light and in the dark."""

import re
from importlib.resources import files

import pytest

TEXT, SHAPE = 4.5, 3.0
_PAIR = re.compile(r"--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);")
_PLAIN = re.compile(r"^  --([a-z-]+): (#[0-9a-f]{6});", re.MULTILINE)
SHEET = (files("gateway.desk") / "static" / "desk.css").read_text("utf-8")
COLOURS = {name: (light, dark) for name, light, dark in _PAIR.findall(SHEET)} | {
    name: (value, value) for name, value in _PLAIN.findall(SHEET)
}


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio (WCAG 2.2)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    ("ink", "ground", "least"),
    [
        *((ink, ground, TEXT) for ink in ("ink", "ink-soft", "ink-faint", "link") for ground in ("paper", "sheet")),
        *((ink, "action-wash", TEXT) for ink in ("ink", "ink-soft", "action", "link")),
        *((ink, "well", TEXT) for ink in ("ink", "ink-soft", "ink-faint")),
        *((ink, ground, TEXT) for ink in ("action", "delivered", "progress") for ground in ("paper", "sheet")),
        ("ink-faint", "touched", TEXT),
        ("ink-soft", "here", TEXT),
        ("on-action", "action", TEXT),
        ("on-delivered", "delivered", TEXT),
        ("on-go", "go", TEXT),
        ("on-go", "go-touched", TEXT),
        *((one, f"{one}-wash", TEXT) for one in ("progress", "delivered", "accepted", "refused", "paid", "cancelled")),
        ("ink", "lit", TEXT),
        ("lit-edge", "lit", SHAPE),
        *((line, ground, SHAPE) for line in ("edge", "focus", "refused") for ground in ("paper", "sheet")),
    ],
)
def test_ink_stands_out_from_its_ground(ink: str, ground: str, least: float) -> None:
    for mode in (0, 1):
        assert contrast(COLOURS[ink][mode], COLOURS[ground][mode]) >= least, ("light", "dark")[mode]


def test_every_colour_that_is_used_is_one_of_the_named() -> None:
    used = set(re.findall(r"var\(--([a-z-]+)\)", SHEET))
    defined = set(re.findall(r"--([a-z-]+):", SHEET))
    assert used <= defined
    rules = SHEET[SHEET.index("/* ---- plain elements") : SHEET.index("/* ---- print")]
    assert re.findall(r"#[0-9a-f]{3,8}\b", rules) == []


def test_the_stylesheet_keeps_to_its_budget() -> None:
    assert len(SHEET.encode()) <= 38_000
