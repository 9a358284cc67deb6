"""The bytes that entered or left the house, under their own hash, written once.

store  put and get by hash, on a local folder or an object store
disk   what makes a local folder durable
"""

from gateway.archive.store import Archive, open_archive

__all__ = ["Archive", "open_archive"]
