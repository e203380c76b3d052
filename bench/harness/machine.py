"""The machine: pinning to cores, and what a reader of the figures must know of it."""

import os
import platform
from pathlib import Path

THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMBA_NUM_THREADS",
    "RAYON_NUM_THREADS",
    "JAX_NUM_CPU_DEVICES",
)


def pin(cores: int) -> list[int]:
    """Pin this process and its children to `cores` cores; return them ([] where the system can't pin)."""
    os.environ.update(dict.fromkeys(THREAD_VARIABLES, str(cores)))
    if not hasattr(os, "sched_setaffinity"):
        return []
    available = sorted(os.sched_getaffinity(0))
    if cores > len(available):
        raise SystemExit(f"--cores {cores}: only {len(available)} cores are available to this process")
    os.sched_setaffinity(0, available[-cores:])
    return available[-cores:]


def describe(pinned: list[int]) -> dict[str, object]:
    """Return what the figures depend on."""
    return {
        "processor": _processor(),
        "cores of the machine": os.cpu_count(),
        "pinned to cores": pinned,
        "threads": os.environ[THREAD_VARIABLES[0]],
        "load average before": os.getloadavg() if hasattr(os, "getloadavg") else None,
        "system": platform.platform(),
        "Python": platform.python_version(),
    }


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if not cpuinfo.exists():
        return platform.processor()
    lines = [line for line in cpuinfo.read_text().splitlines() if line.startswith("model name")]
    return lines[0].split(":", 1)[1].strip() if lines else platform.machine()
