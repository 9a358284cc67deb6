"""Every operation of the API as its own description lists it, so that a new one is tested without being told to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.api.conftest import Api

METHODS = ("get", "put", "post", "delete")


@dataclass(frozen=True)
class Operation:
    """One operation. path: with names in braces."""

    method: str
    path: str
    described: Mapping[str, Any]

    def at(self, **places: str) -> str:
        """Its address."""
        return self.path.format_map(places)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def openapi(api: Api) -> dict[str, Any]:
    """The description."""
    found: dict[str, Any] = api.get("/v1/openapi.json", key="").json()
    return found


def operations(api: Api) -> Iterator[Operation]:
    """Every operation."""
    for path, item in openapi(api)["paths"].items():
        for method, described in item.items():
            assert method in METHODS
            yield Operation(method.upper(), path, described)
