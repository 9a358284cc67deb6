"""Saxon runs the official rule sets: Schematron, compiled to XSLT, whose answer is a report in SVRL (ISO/IEC 19757-3).

Facts (SaxonC-HE 13.1, tried one by one): with `allowedProtocols` empty it opens nothing, neither file nor address:
doc(), unparsed-text(), collection(), xsl:include, xsl:source-document, transform(), entities in parse-xml(). Without
`allow-external-functions` xsl:result-document and the variables of the environment are closed as well, and without
xsl:evaluate no text becomes code. What it cannot forbid is to run without end.

Saxon's objects belong to the thread that made them, so all of it happens in one thread of our own. What breaks a
stylesheet Saxon also says on standard error, in its own words.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Final, Protocol

from gateway.errors import SettingWrong

EXTRA: Final = "einvoice-gateway[judge]"
_LIBRARY: Final = "saxonche"
_FEATURE: Final = "http://saxon.sf.net/feature/"
_CLOSED: Final = {"allowedProtocols": "", "allow-external-functions": "false", "disableXslEvaluate": "true"}
_SVRL: Final = "http://purl.oclc.org/dsdl/svrl"
# One line an assertion that failed, or a report that was made: its id and its level, which is `flag`, or `role`.
_FAILED: Final = (
    "string-join(for $one in //(svrl:failed-assert | svrl:successful-report) return "
    "concat(translate(normalize-space($one/@id), ' ', '_'), ' ', "
    "translate(normalize-space(($one/@flag, $one/@role, '')[1]), ' ', '_')), '\n')"
)
_APPLIED: Final = "string(count(distinct-values(//svrl:fired-rule/@context)))"
_IS_REPORT: Final = "string(exists(/svrl:schematron-output))"
_LEVELS: Final[Mapping[str, str]] = {
    "warning": "warning",
    "warn": "warning",
    "information": "information",
    "info": "information",
}
_NAMELESS: Final = "?"


class StylesheetWrong(Exception):
    """The stylesheet cannot be compiled; the message says why."""


class JudgeBroke(Exception):
    """The stylesheet broke down over this document; the message says why."""


class NoReport(JudgeBroke):
    """What it made is no report in SVRL."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a rule set says of a document.

    failed:   how often each assertion fails, by id and level
    applied:  how many of its rules found something in the document to apply to
    """

    failed: Counter[tuple[str, str]]
    applied: int


class _Executable(Protocol):
    def transform_to_value(self, *, xdm_node: object) -> object: ...


def is_there() -> bool:
    """Whether Saxon is installed."""
    return find_spec(_LIBRARY) is not None


def demand() -> None:
    """Raises SettingWrong where Saxon is not installed."""
    if not is_there():
        raise SettingWrong(
            "judges",
            f"the official rule sets run on the package {_LIBRARY}, and it is not installed",
            f"Install it with the extra `judge` ({EXTRA}).",
        )


class Saxon:
    """Compiles each stylesheet once, when it is first asked."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="judge")
        self._library: ModuleType | None = None
        self._compiled: dict[str, tuple[str, _Executable]] = {}

    def ask(self, name: str, sha256: str, stylesheet: Callable[[], str], document: str) -> Answer:
        """What the stylesheet says of the document.

        name, sha256:  which stylesheet it is; of each name the last one is remembered
        stylesheet:    gives its text, where it was not compiled before
        Raises SettingWrong, StylesheetWrong, JudgeBroke.
        """
        return self._thread.submit(self._ask, name, sha256, stylesheet, document).result()

    def _ask(self, name: str, sha256: str, stylesheet: Callable[[], str], document: str) -> Answer:
        if self._library is None:
            demand()
            self._library = import_module(_LIBRARY)
            self._processor = self._library.PySaxonProcessor(license=False)
            for feature, value in _CLOSED.items():
                self._processor.set_configuration_property(f"{_FEATURE}{feature}", value)
        known = self._compiled.get(name)
        if known is None or known[0] != sha256:
            known = self._compiled[name] = sha256, self._compile(self._library, stylesheet())
        try:
            return self._run(known[1], document)
        except self._library.PySaxonApiError as error:
            raise JudgeBroke(_said(error)) from None

    def _compile(self, library: ModuleType, stylesheet: str) -> _Executable:
        try:
            made: _Executable = self._processor.new_xslt30_processor().compile_stylesheet(stylesheet_text=stylesheet)
        except library.PySaxonApiError as error:
            raise StylesheetWrong(_said(error)) from None
        return made

    def _run(self, executable: _Executable, document: str) -> Answer:
        made = executable.transform_to_value(xdm_node=self._processor.parse_xml(xml_text=document))
        report = getattr(made, "head", None)
        if report is None:
            raise NoReport("it makes nothing")
        path = self._processor.new_xpath_processor()
        path.declare_namespace("svrl", _SVRL)
        path.set_context(xdm_item=report)
        if str(path.evaluate_single(_IS_REPORT)) != "true":
            raise NoReport("what it makes is no report in SVRL")
        failed = str(path.evaluate_single(_FAILED))
        return Answer(Counter(map(_assertion, failed.splitlines())), int(str(path.evaluate_single(_APPLIED))))


def _assertion(line: str) -> tuple[str, str]:
    """Id and level; whatever has no level that is known is fatal."""
    identifier, _, level = line.partition(" ")
    return identifier or _NAMELESS, _LEVELS.get(level.lower(), "fatal")


def _said(error: Exception) -> str:
    """Saxon's own words, on one line."""
    return " ".join(str(error).split()) or type(error).__name__
