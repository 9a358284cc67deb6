"""A value is read as XPath reads it, whatever somebody put into it."""

import pytest

from formats.ubl.growing import grow
from formats.ubl.names import CBC
from formats.ubl.tree import Element, string_of

# What stands between the tags of a value, its string value, and its text nodes.
VALUES = [
    ("2026-03-02", "2026-03-02", ["2026-03-02"]),
    (" \n 7 ", " \n 7 ", [" \n 7 "]),
    ("", "", []),
    # comments and processing instructions cut a text in two
    ("2026<!-- a -->-03<?page 1?>-02", "2026-03-02", ["2026", "-03", "-02"]),
    ("<!-- a -->7<!-- b -->", "7", ["7"]),
    ("<!-- a --><?page 1?>", "", []),
    # an element in a value stands where it stands, with the blanks around it
    ("1<b>2</b>3", "123", ["1", "3"]),
    ("<b>14.37</b>\n  ", "14.37\n  ", ["\n  "]),
    ("<b>1</b><c>2</c><b>3</b>", "123", []),
    ("1<b>2<!-- a --></b><!-- c -->3", "123", ["1", "3"]),
    ("&lt;1&gt; &amp;", "<1> &", ["<1> &"]),
    ("<![CDATA[1]]>2", "12", ["12"]),
]


def value(inside: str) -> Element:
    """A value of a document with this between its tags."""
    document = grow(f'<a xmlns:cbc="{CBC}"><!-- first --><cbc:ID>{inside}</cbc:ID><?last?></a>'.encode())
    return document.named("cbc:ID")[0]


@pytest.mark.parametrize(("inside", "string", "texts"), VALUES, ids=[row[0] for row in VALUES])
def test_a_value_is_all_the_text_in_it_and_its_text_nodes_are_its_own(
    inside: str, string: str, texts: list[str]
) -> None:
    assert string_of(value(inside)) == string
    assert list(value(inside).texts) == texts
