"""The peak memory of this process, on every system."""

import os
import sys
from pathlib import Path


def measuring_environment():
    """The variables of a process that imports this module, and the package that is tested."""
    path = os.pathsep.join([str(Path(__file__).parent), os.environ["PYTHONPATH"]])
    return os.environ | {"PYTHONPATH": path}


def peak_memory():
    """Bytes of memory that this process has held at once so far."""
    if sys.platform == "win32":
        return _windows_peak()
    if sys.platform == "linux":  # not ru_maxrss, which a process takes over from the one that started it
        status = Path("/proc/self/status").read_text().splitlines()
        return 1024 * next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _windows_peak():
    """PeakWorkingSetSize of GetProcessMemoryInfo."""
    import ctypes
    from ctypes import wintypes

    names = ["peak", "working_set", "a", "b", "c", "d", "pagefile", "peak_pagefile"]

    class Counters(ctypes.Structure):
        _fields_ = [
            ("size", wintypes.DWORD),
            ("faults", wintypes.DWORD),
            *((name, ctypes.c_size_t) for name in names),
        ]

    counters = Counters(size=ctypes.sizeof(Counters))
    kernel32 = ctypes.windll.kernel32
    kernel32.GetCurrentProcess.restype = wintypes.HANDLE
    ask = kernel32.K32GetProcessMemoryInfo
    ask.argtypes = [wintypes.HANDLE, ctypes.POINTER(Counters), wintypes.DWORD]
    if not ask(kernel32.GetCurrentProcess(), ctypes.byref(counters), counters.size):
        raise ctypes.WinError()
    return counters.peak
