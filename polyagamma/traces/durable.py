"""What has been written stays written when the power fails."""

from __future__ import annotations

import os
from pathlib import Path


def sync(*paths: Path) -> None:
    """Wait until files and folders (which hold the names of files) are on the disk itself."""
    for path in paths:
        if os.name == "nt" and path.is_dir():
            continue  # folders cannot be opened there
        descriptor = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
