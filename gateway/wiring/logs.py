"""How the processes speak: one JSON line an event on standard error, or coloured lines where a person is watching.

A traceback names modules and lines, never the values of variables: among them are passwords and whole invoices.
"""

import logging
import sys
from typing import Final

import structlog
from structlog.dev import ConsoleRenderer, RichTracebackFormatter
from structlog.processors import ExceptionRenderer, JSONRenderer
from structlog.stdlib import ProcessorFormatter
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import Processor

_ALWAYS: Final[tuple[Processor, ...]] = (
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)


def speak(level: str) -> None:
    """Set the log up for this process. level: debug, info, warning or error."""
    least = logging.getLevelNamesMapping()[level.upper()]
    rendered = _for_people() if sys.stderr.isatty() else _for_machines()
    structlog.configure(
        processors=[*_ALWAYS, *rendered],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    # Of the libraries we hear what they warn of, in the same form.
    heard = logging.StreamHandler(sys.stderr)
    heard.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *_ALWAYS],
            processors=[ProcessorFormatter.remove_processors_meta, *rendered],
        )
    )
    logging.basicConfig(level=max(least, logging.WARNING), handlers=[heard], force=True)


def _for_people() -> tuple[Processor, ...]:
    # Texts are shown as Python writes them: no file name paints the terminal.
    return (ConsoleRenderer(exception_formatter=RichTracebackFormatter(show_locals=False), repr_native_str=True),)


def _for_machines() -> tuple[Processor, ...]:
    return (ExceptionRenderer(ExceptionDictTransformer(show_locals=False)), JSONRenderer())
