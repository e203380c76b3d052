"""Rows of a Parquet file are read without the row group that they are in, which may be all rows."""

import subprocess
import sys

import numpy as np
import pytest
from peak_memory import measuring_environment

MEGABYTE = 1 << 20
ROWS, COLUMNS = 500_000, 20  # 80 MB, all in one row group
SOME = 10_000  # rows that are read: 1.6 MB, twice while columns are put together
WORKSPACE = 32 * MEGABYTE  # of Arrow's readers too

PROGRAM = f"""
import sys
from peak_memory import peak_memory
from polyagamma.sources.parquet import ParquetTable

few, table = (ParquetTable(path) for path in sys.argv[1:])
names = list(table.schema)
few.read(names, 0, 9)  # whatever libraries take, which Arrow loads when it reads
before = peak_memory()
rows = table.read(names, {ROWS // 2}, {ROWS // 2 + SOME})
print(peak_memory() - before, *rows[-1])
"""


def test_rows_of_a_large_row_group_are_read_alone(tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    columns = np.random.default_rng(3).standard_normal((COLUMNS, ROWS))
    table = pyarrow.table({f"x{j}": columns[j] for j in range(COLUMNS)})
    paths = tmp_path / "few.parquet", tmp_path / "rows.parquet"
    for path, rows in zip(paths, (table[:9], table), strict=True):
        pq.write_table(rows, path, row_group_size=ROWS, use_dictionary=False, compression="none")
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *paths],
        env=measuring_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    taken, *last = done.stdout.split()
    assert [float(value) for value in last] == columns[:, ROWS // 2 + SOME - 1].tolist()
    assert int(taken) < WORKSPACE
