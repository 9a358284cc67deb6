"""YAML as exact plain values: text, whole numbers, decimal numbers, true and false, nothing, lists, mappings by text.

YAML 1.2 is read, in which NO is Norway and 010 is ten. Tags, anchors, aliases, repeated names and second documents are
refused: a file that people check by eye must mean what it looks like. Each value's line is kept for messages.
"""

import io
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    NodeEvent,
)
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from rules.plain_form import MOST_LEVELS, Fault, WrongForm

MAX_CHARACTERS: Final = 5_000_000
MAX_DIGITS: Final = 40


def read_yaml(text: str) -> tuple[object, Mapping[str, int]]:
    """What a YAML file says as plain values, and the line of each value by its path."""
    if len(text) > MAX_CHARACTERS:
        raise WrongForm((Fault("", f"the file has more than {MAX_CHARACTERS:,} characters: split it"),))
    try:
        _refuse_what_is_not_plain(text)
        root = _yaml().compose(io.StringIO(text))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise WrongForm((Fault("", f"this is not YAML: {error.problem}", mark.line + 1 if mark else None),)) from None
    except YAMLError as error:
        raise WrongForm((Fault("", f"this is not YAML: {str(error).splitlines()[0]}"),)) from None
    lines: dict[str, int] = {}
    return (None if root is None else _plain(root, "", lines)), lines


def _refuse_what_is_not_plain(text: str) -> None:
    """Tags, anchors, aliases, second documents and deep nests, before anything is built."""
    levels, documents = 0, 0
    for event in _yaml().parse(io.StringIO(text)):
        levels += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        documents += isinstance(event, DocumentStartEvent)
        reason = _reason_against(event)
        if levels > MOST_LEVELS:
            reason = f"this is nested more than {MOST_LEVELS} levels deep"
        elif documents > 1:
            reason = "a second document begins here: put all in one"
        if reason:
            raise WrongForm((Fault("", reason, event.start_mark.line + 1),))


def _reason_against(event: Event) -> str:
    if isinstance(event, AliasEvent) or (isinstance(event, NodeEvent) and event.anchor):
        return "anchors (&) and aliases (*) are not read: write the value out, or put it in quotes"
    if isinstance(event, DocumentStartEvent) and (event.version not in (None, (1, 2)) or event.tags):
        return "YAML 1.2 without tags is read: remove the line that begins with %"
    if getattr(event, "tag", None):
        return "tags (!) are not read: remove it, or put the value in quotes"
    return ""


def _plain(node: Node, path: str, lines: dict[str, int]) -> object:
    lines[path] = node.start_mark.line + 1
    if isinstance(node, MappingNode):
        return _plain_mapping(node, path, lines)
    if isinstance(node, SequenceNode):
        return [_plain(one, f"{path}[{place}]", lines) for place, one in enumerate(node.value)]
    return _scalar(str(node.value), str(node.tag).rpartition(":")[2])


def _plain_mapping(node: MappingNode, path: str, lines: dict[str, int]) -> dict[str, object]:
    plain: dict[str, object] = {}
    for key, value in node.value:
        name = key.value if isinstance(key, ScalarNode) else ""
        inner = f"{path}.{name}" if path else name
        if not name or name in plain:
            problem = f"`{name}` stands here twice" if name else "a name must be text"
            raise WrongForm((Fault(path, problem, key.start_mark.line + 1),))
        plain[name] = _plain(value, inner, lines)
        lines[inner] = key.start_mark.line + 1
    return plain


def _scalar(text: str, kind: str) -> object:
    """Exact values: what YAML calls a float becomes a decimal number, and what no person means as a number is text."""
    digits = text.lstrip("+-")
    match kind:
        case "null":
            return None
        case "bool":
            return text.lower() == "true"
        case "int" if digits.isdecimal() and len(digits) <= MAX_DIGITS:
            return int(text)
        case "float" if digits.replace(".", "", 1).isdecimal() and len(digits) <= MAX_DIGITS:
            return Decimal(text)
        case _:
            return text


def write_yaml(plain: object) -> str:
    """Plain values as YAML, in the order of the mappings."""
    written = io.StringIO()
    _yaml().dump(plain, written)
    return written.getvalue()


def _yaml() -> YAML:
    """Pure Python on purpose: the C library behind the other loader reads YAML 1.1."""
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]  # annotated as None, meant as a boolean
    yaml.width = 120
    return yaml
