"""The throw-away keys of the signing room, for files as they leave."""

from tests.signing.conftest import issued, key, private

__all__ = ["issued", "key", "private"]
