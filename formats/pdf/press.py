"""Prints: a Sheet and a layout in, the bytes of a PDF out, by the typesetter typst with the fonts of this package.

The compiler is kept, because starting it costs as much as ten pages; but it remembers its last documents, and typst
needs about 80 kB a line. So a long invoice is printed in a process of its own, with a limit on its memory, which
gives everything back when it ends.
"""

import datetime
import subprocess
import sys
import threading
from functools import cache
from importlib import resources
from typing import Final

import msgspec
import typst

from formats.pdf.glyphs import fonts_folder
from formats.pdf.sheet import Sheet
from formats.pdf.windows import Window

LONG: Final = 200  # lines from which a page is printed in a process of its own
MEMORY: Final = 2_000_000_000  # bytes of address space of such a process
SECONDS: Final = 180
OUT_OF_MEMORY: Final = 3  # exit codes of the process
LETTER_MISSING: Final = 4
_ENCODER: Final = msgspec.json.Encoder(decimal_format="number")


class File(msgspec.Struct, frozen=True):
    """A file inside the PDF. binary: its content comes one character a byte, because it is no UTF-8 text."""

    name: str
    media_type: str
    description: str
    relationship: str
    binary: bool


class Layout(msgspec.Struct, frozen=True):
    """How the page is laid out: where the address stands, where the letterhead begins, and what is attached."""

    window: Window
    head_top: int
    files: tuple[File, ...] = ()


class Job(msgspec.Struct, frozen=True):
    """Something to print. standards: of the PDF, as typst calls them. date: says when the file was made."""

    sheet: Sheet
    layout: Layout
    contents: tuple[str, ...]
    standards: tuple[str, ...]
    date: datetime.date


class PageTooLarge(Exception):
    """A page that could not be printed within the limits of memory and time."""


class LetterMissing(Exception):
    """Letters that only together have no glyph, which no look at single letters finds. The message shows them."""


def printed_pages(job: Job) -> bytes:
    """The PDF. Raises PageTooLarge or LetterMissing."""
    if len(job.sheet.lines) <= LONG:
        return _press().run(job)
    return _apart(job)


def _apart(job: Job, memory: int = MEMORY) -> bytes:
    """Print in a process of its own, which ends with the page. memory: bytes of address space that it may use."""
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-m", "formats.pdf.worker", str(memory)],
            input=msgspec.msgpack.encode(job),
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise PageTooLarge(f"printing takes more than {SECONDS} seconds") from None
    if done.returncode == 0:
        return done.stdout
    said = done.stderr.decode(errors="replace").strip()
    if done.returncode == LETTER_MISSING:
        raise LetterMissing(said)
    if done.returncode < 0 or done.returncode == OUT_OF_MEMORY:
        raise PageTooLarge(f"printing takes more than {memory:,} bytes of memory")
    raise RuntimeError(f"The process that prints long invoices ended with {done.returncode}: {said}")


class Press:
    """A kept compiler. It prints one page at a time, whoever asks."""

    def __init__(self) -> None:
        source = (resources.files("formats.pdf") / "page.typ").read_bytes()
        fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(fonts_folder())])
        self._source = source
        self._compiler = typst.Compiler(font_paths=fonts)
        self._one_at_a_time = threading.Lock()

    def run(self, job: Job) -> bytes:
        """Print. The same job always gives the same bytes."""
        inputs = {"sheet": _text(job.sheet), "layout": _text(job.layout)}
        inputs |= {f"file-{index}": content for index, content in enumerate(job.contents)}
        made = datetime.datetime.combine(job.date, datetime.time(), datetime.UTC)
        try:
            with self._one_at_a_time:
                pages = self._compiler.compile(
                    self._source,  # typst-py 0.15 forgets a source of bytes after one page
                    format="pdf",
                    sys_inputs=inputs,
                    pdf_standards=list(job.standards),  # type: ignore[arg-type]  # a str for each literal
                    timestamp=made,
                )
        except typst.TypstError as error:
            if "could not be displayed" in str(error):
                raise LetterMissing(str(error)) from None
            raise
        if not isinstance(pages, bytes):
            raise TypeError(f"typst answered {type(pages).__name__} for a PDF")
        return pages


def _text(value: msgspec.Struct) -> str:
    return _ENCODER.encode(value).decode()


@cache
def _press() -> Press:
    return Press()
