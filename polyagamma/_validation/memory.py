"""How much memory there is, so that a run that cannot fit is refused before it starts."""

from __future__ import annotations

import os
from pathlib import Path

CGROUPS = (  # (limit, in use) of control groups version 2 and 1
    ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
    ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
)


def available_memory() -> int | None:
    """Return the bytes this process may still take, None where the system does not say.

    On Linux the memory available without swapping, or what the control group leaves if that is less;
    elsewhere the physical memory.
    """
    found = [size for size in (_linux_available(), *map(_cgroup_available, CGROUPS)) if size is not None]
    return min(found) if found else _physical()


def _linux_available() -> int | None:
    for line in _read("/proc/meminfo").splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return None


def _cgroup_available(files: tuple[str, str]) -> int | None:
    limit, used = (_read(file).strip() for file in files)
    return max(int(limit) - int(used), 0) if limit.isdigit() and used.isdigit() else None


def _read(file: str) -> str:
    try:
        return Path(file).read_text()
    except OSError:
        return ""


def _physical() -> int | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None


def require_memory(needed: int, what: str, cure: str) -> None:
    """Raise MemoryError, before anything is allocated, if `needed` bytes are not there."""
    available = available_memory()
    if available is not None and needed > available:
        raise MemoryError(f"{what} needs {_gigabytes(needed)}, {_gigabytes(available)} are available: {cure}")


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:.3g} GB"
