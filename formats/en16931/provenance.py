"""Where in the sender's file each value stood, so that a finding can point there."""

from collections.abc import Callable, Iterator, Mapping
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


class PlacesOnDemand(Mapping[str, Place]):
    """Places that a reader finds only when somebody asks for one: most files are read without a finding to place.

    find:  finds the place of every value that the file states; called once at most
    over:  places known already, which win: those of values that the gateway computed
    """

    __slots__ = ("_find", "_found", "over")

    def __init__(self, find: Callable[[], Mapping[str, Place]], over: Mapping[str, Place] | None = None) -> None:
        self._find = find
        self._found: Mapping[str, Place] | None = None
        self.over: Mapping[str, Place] = over or {}

    def __getitem__(self, path: str) -> Place:
        return self.over[path] if path in self.over else self._all()[path]

    def __contains__(self, path: object) -> bool:
        return path in self.over or path in self._all()

    def __iter__(self) -> Iterator[str]:
        return iter({**self._all(), **self.over})

    def __len__(self) -> int:
        return len({**self._all(), **self.over})

    def having(self, places: Mapping[str, Place]) -> "PlacesOnDemand":
        """These places with more of them, still found on demand."""
        return PlacesOnDemand(self._all, {**self.over, **places})

    def _all(self) -> Mapping[str, Place]:
        if self._found is None:
            self._found = self._find()
        return self._found


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
        place = self._known.get(path)
        return place is not None and place.computed is not None

    def computed_paths(self) -> Iterator[str]:
        """The paths of all values that the gateway computed."""
        return (path for path, place in self._known.items() if place.computed is not None)

    def having(self, places: Mapping[str, Place]) -> "Provenance":
        """This provenance with more places; a new place wins over an old one."""
        if isinstance(self.places, PlacesOnDemand):
            return replace(self, places=self.places.having(places)) if places else self
        return replace(self, places={**self.places, **places})

    @property
    def _known(self) -> Mapping[str, Place]:
        """The places known without reading the file again, among them those of all computed values."""
        return self.places.over if isinstance(self.places, PlacesOnDemand) else self.places


class Notes:
    """Notes down which values the gateway computes, and how, for `Provenance.having`."""

    def __init__(self) -> None:
        self.places: dict[str, Place] = {}

    def computed(self, path: str, how: str) -> None:
        """The value at this path was computed: `sum of BT-131`."""
        self.places[path] = Place(computed=how)
