"""A lock on the folder of a run: two runs that wrote there at once would mix their draws."""

from __future__ import annotations

import errno
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

LOCK = "run.lock"
NO_LOCKS = (errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOLCK)  # what file systems without locks answer


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock of the folder `path` in this context; the system releases it if the process dies.

    Raises
    ------
    BlockingIOError
        If another run holds it.
    OSError
        If nothing can be written to the folder.
    """
    with (path / LOCK).open("ab") as file:
        try:
            _lock(file)
        except OSError as error:
            if error.errno not in NO_LOCKS:
                raise BlockingIOError(
                    f"another run works on {path}: wait until it has ended, or end it"
                ) from error
        yield


if sys.platform == "win32":
    import msvcrt

    def _lock(file: BinaryIO) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: BinaryIO) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
