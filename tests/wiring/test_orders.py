"""What a rule orders of a way is looked at when it is kept: each channel knows its formats and options."""

from collections.abc import Mapping

import pytest

from gateway.wiring.packing.orders import trouble
from rules.recipient import Option, Route
from rules.yaml_form import default_rules
from tests.wiring.packets import known


@pytest.mark.parametrize(
    ("channel", "format_name", "options"),
    [
        ("peppol", "", {}),
        ("peppol", "peppol-bis-3", {"business_process": "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"}),
        ("sdi", "", {"sign": True, "recipient_code": "ABC1234"}),
        ("mail", "pdf", {"attach": True}),
        ("mail", "ubl", {"attach": "peppol-bis-3"}),  # a data file alone, and another one
        ("post", "pdf", {"window": "de-din5008-b", "paper": 90, "return_lines": ("Nordlicht", "8010 Graz")}),
        ("pigeon", "ubl", {"ring": "left"}),  # a plug-in's way: its options are its own
    ],
)
def test_what_can_be_packed_is_taken(channel: str, format_name: str, options: Mapping[str, Option]) -> None:
    assert trouble(known().formats, Route(channel=channel, format=format_name, options=options)) == ""


@pytest.mark.parametrize(
    ("channel", "format_name", "options", "words"),
    [
        ("peppol", "ubl", {}, "nobody reads `ubl` over peppol, which takes `peppol-bis-3`"),
        ("sdi", "pdf", {}, "nobody reads `pdf` over sdi, which takes `fatturapa`"),
        ("post", "ubl", {}, "nobody reads `ubl` over post, which takes `pdf`"),
        ("mail", "papyrus", {}, "`papyrus` cannot be written; there are "),
        ("pigeon", "csv", {}, "`csv` cannot be written; there are "),  # read, and never written
        ("mail", "pdf", {"attach": "csv"}, "`csv` cannot be written"),
        ("mail", "pdf", {"attach": ("ubl",)}, "options of the way `mail`: Expected `bool | str`, got `array`"),
        ("peppol", "", {"process": "x"}, "unknown field `process`; it may hold specification, business_process"),
        ("sdi", "", {"sign": "perhaps"}, "options of the way `sdi`: "),
        ("post", "", {"paper": "heavy"}, "options of the way `post`: "),
        ("post", "", {"paper": 3}, "terms of a letter: "),  # no paper of 3 g/m2
    ],
)
def test_what_cannot_be_packed_is_told(
    channel: str, format_name: str, options: Mapping[str, Option], words: str
) -> None:
    assert words in trouble(known().formats, Route(channel=channel, format=format_name, options=options))


def test_nothing_is_wrong_with_the_rules_that_ship() -> None:
    ways = [way for rule in default_rules() for way in rule.ways]
    assert len(ways) > 5
    assert {trouble(known().formats, way) for way in ways} == {""}
