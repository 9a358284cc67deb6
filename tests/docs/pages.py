"""The documentation as data: its pages, and the links, tables, code and commands that stand in them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
DOCS: Final = ROOT / "docs"
_BESIDE: Final = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "simulators/README.md")
_EXAMPLES: Final = ("examples/erp/README.md",)

_FENCE: Final = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_SPAN: Final = re.compile(r"`([^`\n]+)`")
_LINK: Final = re.compile(r"\[[^\]\n]*\]\(([^)\s]+)\)")
# What may stand before a command: a prompt, variables, the key of a unit file, the folder it lies in.
_BEFORE: Final = re.compile(r"^(?:\$ )?(?:[A-Z_]+=\S* )*(?:ExecStart=)?(?:\S*/bin/)?")
_HEADING: Final = re.compile(r"^(#+) +(.+?) *$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """A block of code: its language as the fence names it, its text, and the line it begins in."""

    language: str
    text: str
    line: int


def pages() -> list[Path]:
    """Every page that a reader of the project may come to."""
    return [ROOT / name for name in (*_BESIDE, *_EXAMPLES)] + sorted(DOCS.rglob("*.md"))


def name_of(page: Path) -> str:
    """A page as people call it: `docs/howto/mail.md`."""
    return page.relative_to(ROOT).as_posix()


def text_of(name: str) -> str:
    """The text of a page by its name."""
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(text: str) -> list[Block]:
    """The blocks of code of a page."""
    return [Block(one[2], one[3], text.count("\n", 0, one.start()) + 1) for one in _FENCE.finditer(text)]


def spans(text: str) -> list[str]:
    """What stands between backticks, outside of blocks."""
    return _SPAN.findall(prose(text))


def prose(text: str) -> str:
    """The page without its blocks of code."""
    return _FENCE.sub("", text)


def links(text: str) -> list[str]:
    """The targets of all links of a page."""
    return _LINK.findall(prose(text))


def anchors(text: str) -> set[str]:
    """What a link may name behind `#`: the headings, as the usual renderers spell them."""
    return {_anchor(title) for _, title in _HEADING.findall(prose(text))}


def _anchor(title: str) -> str:
    plain = title.replace("`", "").lower()
    return "".join(sign for sign in plain if sign.isalnum() or sign in " -_").replace(" ", "-")


def section(text: str, title: str) -> str:
    """What stands under a heading, up to the next one of its level or above."""
    found = [one for one in _HEADING.finditer(text) if one[2] == title]
    if len(found) != 1:
        raise AssertionError(f"the heading {title!r} stands {len(found)} times in the page")
    level = len(found[0][1])
    below = (one.start() for one in _HEADING.finditer(text, found[0].end()) if len(one[1]) <= level)
    return text[found[0].end() : next(below, len(text))]


def rows(text: str) -> list[tuple[str, ...]]:
    """The rows of all tables of a text, as cells without the marks of code; heads and rulers are left out."""
    found = []
    lines = text.splitlines()
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if line.startswith("|") and not _is_ruler(line) and not _is_ruler(following):
            found.append(_cells(line))
    return found


def _is_ruler(line: str) -> bool:
    return bool(re.fullmatch(r"\|[-| :]+\|", line))


def _cells(line: str) -> tuple[str, ...]:
    parts = re.split(r"(?<!\\)\|", line.strip().strip("|"))
    return tuple(part.replace("\\|", "|").strip().strip("`") for part in parts)


def commands(text: str, program: str) -> Iterator[str]:
    """Every call of a program in a page's code: the words behind its name, one call each."""
    code = [*spans(text), *(line for block in blocks(text) for line in _lines(block))]
    for line in code:
        for call in re.split(r"\s*(?:&&|\||;|\$\()\s*", line):
            words = _BEFORE.sub("", call.strip()).split()
            if words[:1] == [program] and len(words) > 1:
                yield " ".join(words[1:])


def _lines(block: Block) -> list[str]:
    """The lines of a block of shell, continued ones joined."""
    if block.language not in ("", "sh", "console", "ini"):
        return []
    return [line.strip() for line in block.text.replace("\\\n", " ").splitlines()]
