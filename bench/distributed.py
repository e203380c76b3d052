"""Rows that are not in memory: seconds a gradient out of core, and effective draws on a Dask cluster.

Run ``python bench/distributed.py`` where the package is installed with the extras ``dask`` and ``parquet``;
see bench/README.md. ``--rows 1000000`` is a short run.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from statistics import median
from threading import Lock

import numpy as np
from threadpoolctl import threadpool_limits

from polyagamma import PolyaGammaLogistic
from polyagamma.distributed import estimate
from polyagamma.distributed.estimate import A_MESSAGE, A_ROW_AND_CHAIN, A_VALUE, A_VALUE_AND_CHAIN
from polyagamma.distributed.local import LocalPool
from polyagamma.distributed.plan import Plan
from polyagamma.distributed.pool import SharedRows
from polyagamma.likelihoods.elsewhere import BinomialKind
from polyagamma.sources.arrays import ArraySource
from polyagamma.sources.parquet import ParquetSource, ParquetTable
from polyagamma.sources.table import RowTable

HERE = str(Path(__file__).resolve().parent)
sys.path.insert(0, HERE)
from harness import machine, report  # noqa: E402

sys.path[:] = [place for place in sys.path if place != HERE]  # where this script has the name of a package

COLUMNS, CHAINS, THREADS, REPEATS, GRADIENTS = 50, 4, 2, 3, 15
DRAWS, TUNE = 40, 60  # the same bits on threads and on workers, so that times alone are to be compared
DELAYS = (0.0, 0.001, 0.01)  # seconds, of every message of the cluster
LIMIT = 600 * 2**20  # of rows: with Python and its libraries below 1 GiB
GROUP = 1 << 17
KIND, NONE = BinomialKind(np.array([0, 1])), np.empty(0)  # of rows, and their likelihood's extras


def blocks(n: int):
    """Yield float32 predictors and labels of blocks of rows."""
    rng = np.random.default_rng([7, n])
    beta = rng.normal(scale=2 / np.sqrt(COLUMNS), size=COLUMNS)
    for first in range(0, n, GROUP):
        X = rng.standard_normal((min(GROUP, n - first), COLUMNS), dtype=np.float32)
        yield X, rng.random(len(X)) < 1 / (1 + np.exp(-(X @ beta)))


def write(folder: Path, n: int) -> None:
    """Write the rows as a memory map and as a Parquet file."""
    import pyarrow
    from pyarrow.parquet import ParquetWriter

    names = [f"x{j}" for j in range(COLUMNS)]
    fields = [(name, pyarrow.float32()) for name in names] + [("y", pyarrow.bool_())]
    schema = pyarrow.schema(fields)
    with (
        open(folder / "X.raw", "wb") as raw,
        open(folder / "y.raw", "wb") as labels,
        ParquetWriter(folder / "rows.parquet", schema, compression="none", use_dictionary=False) as parquet,
    ):
        for X, y in blocks(n):
            X.tofile(raw)
            y.tofile(labels)
            table = pyarrow.table(dict(zip(names, X.T.copy(), strict=True)) | {"y": y}, schema=schema)
            parquet.write_table(table, row_group_size=GROUP)


def table_of(folder: Path, kind: str, n: int) -> RowTable:
    """Return the rows of a kind of source."""
    if kind == "parquet":
        table = ParquetTable(folder / "rows.parquet")
        return RowTable(ParquetSource(table, [f"x{j}" for j in range(COLUMNS)]), ParquetSource(table, "y"))
    X = np.memmap(folder / "X.raw", dtype=np.float32, mode="r", shape=(n, COLUMNS))
    y = np.memmap(folder / "y.raw", dtype=np.bool_, mode="r", shape=(n,))
    return RowTable(ArraySource("X", X), ArraySource("y", y))


def timed(work) -> dict[str, float]:
    """Return the seconds of some work, and of the processors in it."""
    wall, processors = time.perf_counter(), time.process_time()
    work()
    return {"wall": time.perf_counter() - wall, "cpu": time.process_time() - processors}


def out_of_core(folder: Path, kind: str, n: int, limit: int) -> dict[str, object]:
    """Return seconds of reading the rows once, and of a gradient of four chains, taking turns."""
    table, plan = table_of(folder, kind, n), Plan(n, COLUMNS + 1, np.zeros(COLUMNS), True, KIND)
    rows = SharedRows(plan, LocalPool(plan, table, limit, THREADS))
    rows.assign(np.zeros(COLUMNS + 1), np.eye(COLUMNS + 1))
    u = np.random.default_rng(1).standard_normal((CHAINS, COLUMNS + 1)) / 10

    def read() -> None:
        for first, last in (plan.rows(*units) for units in plan.cut(len(plan.units))):
            np.array(table.read(first, last)["X"])  # of a memory map a copy

    found: dict[str, list[dict[str, float]]] = {"read": [], "gradient": []}
    with threadpool_limits(1, "blas"):
        for repeat in range(GRADIENTS + 1):
            if kind == "memmap" or repeat < 2:  # Parquet takes long
                found["read"].append(timed(read))
            found["gradient"].append(timed(lambda: rows.gradients(u, NONE, True)))
            if repeat == 0:
                os.sync()  # shares have just been written, which would go on beside the others
    medians = {
        f"{name}_{clock}": median(run[clock] for run in runs[1:])  # the first fills caches
        for name, runs in found.items()
        for clock in ("wall", "cpu")
    }
    first = found["gradient"][0]["wall"]  # in which shares are made of the rows, and kept
    told = {"kind": kind, "rows": n, "limit": limit, "first_gradient_wall": first}
    return told | medians | {"peak_bytes": peak_bytes()}


def compared(found: dict[str, dict[str, float]]) -> dict[str, float]:
    """Return how many times as long as reading, or a gradient in memory, gradients out of core take."""
    ratios = {}
    for kind in ("memmap", "parquet"):
        for clock in ("wall", "cpu"):
            least = max(found[kind][f"read_{clock}"], found["memory"][f"gradient_{clock}"])
            ratios[f"{kind}_{clock}"] = found[kind][f"gradient_{clock}"] / least
    return ratios


def peak_bytes() -> int:
    """Return the most memory that this process has had, without what it maps."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    mapped = int(status["RssFile"].split()[0])
    return 1024 * (int(status["VmHWM"].split()[0]) - mapped)


def delay_messages(seconds: float) -> None:
    """Let every message that this process sends over TCP wait, those of the scheduler's and of tasks too."""
    import asyncio

    from distributed.comm.tcp import TCP

    plain = getattr(TCP, "undelayed_write", TCP.write)

    async def write(self, *arguments, **options):
        await asyncio.sleep(seconds)
        return await plain(self, *arguments, **options)

    TCP.undelayed_write, TCP.write = plain, write if seconds else plain


def in_memory(n: int) -> dict[str, object]:
    """Return seconds of effective draws in memory, on threads; and on two local processes, taking turns."""
    import dask.array as da
    from distributed import Client, LocalCluster

    X, y = (np.concatenate(parts) for parts in zip(*blocks(n), strict=True))
    X = X.astype(np.float64)
    run = {"draws": DRAWS, "tune": TUNE, "random_seed": 1, "progressbar": False, "cores": THREADS}
    times: dict[str, list[dict[str, float]]] = defaultdict(list)
    betas = []

    def sampled(model, name: str) -> None:
        idata = model.sample(**run)
        attrs = idata["posterior"].attrs
        times[name].append({key: attrs[key] for key in ("tuning_time", "sampling_time")})
        betas.append(idata["posterior"]["beta"].values)

    options = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
    with LocalCluster(**options) as cluster, Client(cluster) as client:
        chunks = -(-n // 2)
        shared = client.persist(da.from_array(X, chunks=(chunks, -1)))
        local, distant = PolyaGammaLogistic(X, y), PolyaGammaLogistic(shared, da.from_array(y, chunks=chunks))
        for _ in range(REPEATS):
            sampled(local, "threads")
            for delay in DELAYS:
                client.run(delay_messages, delay)
                delay_messages(delay)
                sampled(distant, f"processes, {1000 * delay:g} ms a message" if delay else "processes")
                delay_messages(0.0)
                client.run(delay_messages, 0.0)
    found = {name: {key: median(one[key] for one in runs) for key in runs[0]} for name, runs in times.items()}
    ratios = {name: one["sampling_time"] / found["threads"]["sampling_time"] for name, one in found.items()}
    same = all(np.array_equal(beta, betas[0]) for beta in betas)
    return {"rows": n, **found, "same_bits": same, "times_as_long": ratios}


class SimulatedPool:
    """Workers that sleep for as long as rows, messages and the network are estimated to take."""

    def __init__(self, plan: Plan, workers: int, latency: float, bandwidth: float) -> None:
        self._shares, self._plan = plan.cut(workers), plan
        self._latency, self._bandwidth, self._network = latency, bandwidth, Lock()

    def ask(self, request):
        chains = len(request.arguments[0])
        with ThreadPoolExecutor(len(self._shares)) as threads:
            waiting = []
            for units in self._shares:
                time.sleep(A_MESSAGE)
                waiting.append(threads.submit(self._answer, units, chains))
            for one in waiting:
                yield one.result()

    def _answer(self, units: tuple[int, int], chains: int):
        first, last = self._plan.rows(*units)
        size = self._plan.n_coefficients
        row = size * (A_VALUE + A_VALUE_AND_CHAIN * chains) + A_ROW_AND_CHAIN * chains
        time.sleep((last - first) * row + self._latency)
        sums = np.zeros((units[1] - units[0], chains * (size + 1)))
        with self._network:
            time.sleep(sums.nbytes / self._bandwidth)
        return sums


def simulated(bandwidth: float = 1e9) -> list[dict[str, object]]:
    """Return seconds of a gradient of four chains on simulated workers, and what `estimate` says of them."""
    found = []
    for n, p, workers in ((10**6, 50, 2), (10**7, 50, 8), (10**8, 100, 16), (10**9, 100, 64)):
        for latency in (0.001, 0.01):
            plan = Plan(n, p + 1, None, True, KIND)
            rows = SharedRows(plan, SimulatedPool(plan, workers, latency, bandwidth))
            u = np.zeros((CHAINS, p + 1))
            seconds = median(
                timed(lambda rows=rows, u=u: rows.gradients(u, NONE, True))["wall"] for _ in range(3)
            )
            said = estimate(n, p, CHAINS, workers, latency, bandwidth)
            case = {"rows": n, "predictors": p, "workers": workers, "latency": latency}
            found.append(case | {"seconds": seconds, "estimate": asdict(said)})
    return found


def own_process(*arguments: str) -> dict[str, object]:
    """Return what this script finds in a process of its own, whose peak of memory is that of the work."""
    printed = subprocess.run(
        [sys.executable, __file__, *arguments], capture_output=True, text=True, check=True
    )
    return json.loads(printed.stdout.splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--cluster-rows", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, help="where the rows are, or a temporary folder")
    parser.add_argument("--only", choices=["memory", "memmap", "parquet", "cluster", "simulated"])
    given = parser.parse_args()
    if given.only == "cluster":
        return print(json.dumps(in_memory(given.cluster_rows)))
    if given.only == "simulated":
        return print(json.dumps(simulated()))
    if given.only is not None:
        kind, limit = ("memmap", 2**40) if given.only == "memory" else (given.only, LIMIT)
        return print(json.dumps(out_of_core(given.folder, kind, given.rows, limit)))
    host = machine.describe(machine.pin(THREADS))
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        if not (folder / "rows.parquet").exists():
            write(folder, given.rows)
        size = ["--rows", str(given.rows), "--folder", str(folder)]
        found = {kind: own_process("--only", kind, *size) for kind in ("memory", "memmap", "parquet")}
    found["times_as_long"] = compared(found)
    found["cluster"] = own_process("--only", "cluster", "--cluster-rows", str(given.cluster_rows))
    found["simulated"] = own_process("--only", "simulated")
    print(json.dumps(found, indent=1))
    print(report.write("distributed", {"machine": host} | found))
    return None


if __name__ == "__main__":
    main()
