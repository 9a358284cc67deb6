"""A rule that two publications have: under other names, with fewer assertions, for other documents."""

from collections.abc import Mapping
from dataclasses import replace

from formats.ubl.assertions import Fail, Rule
from formats.ubl.tree import Element


def under_names(one: Rule, names: Mapping[str, str]) -> Rule:
    """The rule as another publication has it.

    names: what its assertions are called there by what they are called here; one without a name is not asserted there
    """

    def asserts(element: Element, fail: Fail) -> None:
        told = Fail(fail.document)
        one.asserts(element, told)
        for failure in told.failures:
            if failure.id in names:
                fail(names[failure.id], failure.element, **failure.values)

    return replace(one, ids=tuple(names[each] for each in one.ids if each in names), asserts=asserts)
