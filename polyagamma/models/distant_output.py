"""What has a value for each draw and each row that is not in memory: written to disk, block by block."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from polyagamma._validation.optional import packages_for
from polyagamma.likelihoods.elsewhere import Elsewhere
from polyagamma.mcmc.specification import ROWS, Specification
from polyagamma.traces import trace

BLOCK = 1 << 22  # values at once: 32 MB


def write_log_likelihood(model: Specification, idata: trace.Trace, path: Path) -> None:
    """Write the log-likelihood of every draw and row to a new Zarr group with the array ``y``.

    Raises
    ------
    KeyError, ValueError
        If `idata` is not a trace of the model.
    FileExistsError
        If there is something at `path`.
    """
    with packages_for("log_likelihood_to"):
        import zarr
    if path.exists():
        raise FileExistsError(
            f"path must be free, got {str(path)!r}, which exists: remove it, or pass another"
        )
    posterior = model.posterior(idata, new_rows=False, other_data=False)
    assert isinstance(model.likelihood, Elsewhere)
    table, sizes = model.term.predictors.X.table, posterior.sizes
    rows = max(1, BLOCK // (sizes["chain"] * sizes["draw"]))
    group = zarr.create_group(path)
    array: Any = group.create_array(
        "y",
        shape=(sizes["chain"], sizes["draw"], table.n_rows),
        chunks=(sizes["chain"], sizes["draw"], min(rows, table.n_rows)),
        dtype="f8",
        dimension_names=(*trace.DRAWS, ROWS),
    )
    for first in range(0, table.n_rows, rows):
        last = min(first + rows, table.n_rows)
        given = table.read(first, last)
        X = np.ascontiguousarray(given.pop("X"), dtype=np.float64)
        likelihood = model.likelihood.kind.observed(last - first, **given)
        for some, where, eta in model.term.new_predictors(posterior, X, np.random.default_rng):
            eta += likelihood.offset[..., where]
            array[:, some, first + where.start : first + min(where.stop, last - first)] = likelihood.given(
                posterior.isel(draw=some)
            ).log_likelihood(eta, where)
