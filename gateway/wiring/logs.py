"""How the processes speak: one JSON line an event on standard error, or coloured lines where a person is watching."""

import logging
import sys

import structlog


def speak(level: str) -> None:
    """Set the log up for this process. level: debug, info, warning or error."""
    least = getattr(logging, level.upper(), logging.INFO)
    watching = sys.stderr.isatty()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.dev.ConsoleRenderer() if watching else structlog.processors.dict_tracebacks,
            *([] if watching else [structlog.processors.JSONRenderer()]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.basicConfig(
        level=max(least, logging.WARNING), stream=sys.stderr, format="%(levelname)s %(name)s %(message)s"
    )
