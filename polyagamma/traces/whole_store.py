"""A folder of a Zarr store all of whose chunks are there; imported with zarr, by `store` alone."""

from __future__ import annotations

import zlib
from typing import Any

from zarr.storage import LocalStore


class WholeStore(LocalStore):
    """Reads chunks that were all written: one that is not there is an error, where Zarr would make it NaN.

    So a trace tells of a folder that was moved or deleted after it. Chunks begin with their checksum, which
    is checked here to name the file.
    """

    async def get(self, key: str, *arguments: Any, **options: Any) -> Any:
        """Return what is stored under `key`, None for metadata that are not there; see `LocalStore.get`."""
        return self._required(key, await super().get(key, *arguments, **options))

    def get_sync(self, key: str, **options: Any) -> Any:
        """Return what `get` does."""
        return self._required(key, super().get_sync(key, **options))

    def _required(self, key: str, found: Any) -> Any:
        if not key.rpartition("/")[2][:1].isdigit():
            return found
        if found is None:
            raise FileNotFoundError(
                f"the folder of the run was moved, deleted or damaged: {self.root / key} is missing"
            )
        checksum, values = found.as_numpy_array()[:4], found.as_numpy_array()[4:]
        if not len(values) or zlib.crc32(values) != int.from_bytes(checksum.tobytes(), "little"):
            raise ValueError(f"{self.root / key} is damaged: sample anew elsewhere, or use a copy of the run")
        return found
