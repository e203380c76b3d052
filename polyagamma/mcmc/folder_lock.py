"""A lock on the folder of a run: two runs that wrote there at once would mix their draws."""

from __future__ import annotations

import errno
import sys
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

LOCK = "run.lock"
NO_LOCKS = (errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOLCK)  # what file systems without locks answer


class FolderLock(AbstractContextManager[Path]):
    """Holds the lock of a folder from the start; in a context until that ends.

    The system releases it if the process dies. A class, since contexts made from generators set attributes of
    the errors that pass, which some errors refuse.

    Parameters
    ----------
    path : Path

    Raises
    ------
    BlockingIOError
        If another run holds it.
    OSError
        If nothing can be written to the folder.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._file = path, (path / LOCK).open("ab")
        try:
            _lock(self._file)
        except OSError as error:
            if error.errno not in NO_LOCKS:
                self.release()
                raise BlockingIOError(
                    f"another run works on {path}: wait until it has ended, or end it"
                ) from error

    def __enter__(self) -> Path:
        return self._path

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def release(self) -> None:
        """Let others have the folder, also while processes forked in between live on."""
        with suppress(OSError):  # of file systems without locks
            _unlock(self._file)
        self._file.close()


if sys.platform == "win32":
    import msvcrt

    def _lock(file: BinaryIO) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

    def _unlock(file: BinaryIO) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _lock(file: BinaryIO) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _unlock(file: BinaryIO) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)
