"""Where in the sender's file each value stood, so that a finding can point there."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the sender's own file, or the arithmetic that made a value the file left out.

    line:      line counted from 1
    column:    column counted from 1, or the name of the column in a table
    xpath:     location path in an XML document, with the usual prefixes
    computed:  how the gateway computed the value: `sum of BT-131`; None where the file stated it
    """

    line: int | None = None
    column: int | str | None = None
    xpath: str | None = None
    computed: str | None = None

    def __str__(self) -> str:
        if self.computed:
            return f"computed: {self.computed}"
        words = []
        if self.line is not None:
            words.append(f"line {self.line}")
        if self.column is not None:
            words.append(f"column {self.column}")
        if self.xpath:
            words.append(self.xpath)
        return ", ".join(words)


@dataclass(frozen=True, slots=True)
class Provenance:
    """The place of each value by its path (`BG-25[2]/BT-131`)."""

    places: Mapping[str, Place] = field(default_factory=dict)

    def place_of(self, path: str) -> Place | None:
        """The place of a value, or the place of the nearest group around it where the value itself is absent."""
        while path:
            if path in self.places:
                return self.places[path]
            path = path.rpartition("/")[0]
        return self.places.get("")

    def is_computed(self, path: str) -> bool:
        """Whether the gateway computed this value because the sender's file left it out."""
        place = self.places.get(path)
        return place is not None and place.computed is not None

    def computed_paths(self) -> Iterator[str]:
        """The paths of all values that the gateway computed."""
        return (
            path for path, place in self.places.items() if place.computed is not None
        )

    def having(self, places: Mapping[str, Place]) -> "Provenance":
        """This provenance with more places; a new place wins over an old one."""
        return replace(self, places={**self.places, **places})
