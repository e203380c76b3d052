"""Ctrl-C in the middle of a huge fill."""

import signal
import subprocess
import sys
import threading
import time

import pytest

FILLS = """
import numpy as np
from polyagamma import random_polyagamma

# Rows that share their memory: 1e12 draws, far more than could finish, without the memory for them.
out = np.lib.stride_tricks.as_strided(np.empty(1 << 18), (1 << 22, 1 << 18), (0, 8))
for h, method, threads in [(1.0, None, 1), (7.3, None, 2), (256.0, "strip", 1), (1e6, "inverse_gaussian", 1)]:
    print("filling", flush=True)
    try:
        random_polyagamma(h, 1.0, out=out, method=method, threads=threads, random_state=1)
    except KeyboardInterrupt:
        print("interrupted", flush=True)
"""


@pytest.fixture
def filling():
    """A process that runs the fills; killed at the end, or after half a minute if it answers nothing."""
    with subprocess.Popen([sys.executable, "-c", FILLS], stdout=subprocess.PIPE, text=True) as process:
        watchdog = threading.Timer(30, process.kill)
        watchdog.start()
        yield process
        watchdog.cancel()
        process.kill()


def test_a_huge_fill_is_interrupted_within_a_second(filling):
    for _ in range(4):
        assert filling.stdout.readline() == "filling\n"
        time.sleep(0.2)
        sent = time.monotonic()
        filling.send_signal(signal.SIGINT)
        assert filling.stdout.readline() == "interrupted\n"
        assert time.monotonic() - sent < 1.0
    assert filling.wait(60) == 0
