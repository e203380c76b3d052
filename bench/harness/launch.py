"""Run one adapter in its environment, in a process of its own, against a time limit."""

import contextlib
import json
import os
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from harness.environments import variables
from numpy.typing import NDArray

ADAPTERS = Path(__file__).resolve().parents[1] / "peers"


@dataclass(frozen=True)
class Run:
    """What an adapter brought back; `failure` says why there is nothing."""

    failure: str | None = None
    output: NDArray[np.float64] | None = None
    sampling_seconds: float = float("nan")
    total_seconds: float = float("nan")
    versions: dict[str, str] | None = None

    def seconds(self) -> dict[str, float]:
        return {"sampling": self.sampling_seconds, "total": self.total_seconds}


def run(python: Path, adapter: str, problem: dict[str, object], timeout: float) -> Run:
    """Run ``peers/<adapter>.py`` with the interpreter `python` on `problem`."""
    with TemporaryDirectory() as folder:
        files = [Path(folder) / name for name in ("problem.npz", "output.npz", "timing.json")]
        np.savez(files[0], **problem)
        failure = _execute([python, ADAPTERS / f"{adapter}.py", *files], Path(folder), timeout)
        if failure:
            return Run(failure)
        with np.load(files[1]) as stored:
            return Run(output=stored["output"], **json.loads(files[2].read_text()))


def _execute(command: list[Path], folder: Path, timeout: float) -> str | None:
    """Return None, or the reason of the failure. Compilation caches start empty, in `folder`."""
    environment = variables() | {
        "PYTENSOR_FLAGS": f"base_compiledir={folder}",
        "NUMBA_CACHE_DIR": str(folder),
    }
    with (folder / "log").open("w+") as log:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=log, stderr=log, start_new_session=True
        )
        try:
            process.wait(timeout)
        except subprocess.TimeoutExpired:
            return f"> {timeout:g} s"
        finally:
            _end_group(process)
        log.seek(0)
        lines = log.read().strip().splitlines()
    return None if process.returncode == 0 else f"failed: {lines[-1] if lines else process.returncode}"


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """End whatever the adapter left running, itself included."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()
