"""What becomes of a trace that has summaries in place of draws."""

from __future__ import annotations

from polyagamma.traces import trace

_, SUMMARIZED_DRAWS, _ = trace.WHOLE


def summarized_draws(idata: trace.Trace) -> trace.Trace:
    """Return a trace of the draws that ``sample(store="summary")`` has kept of all variables.

    Parameters
    ----------
    idata : InferenceData or DataTree
        What it returned.

    Returns
    -------
    InferenceData or DataTree
        Whose ``posterior`` has up to 128 draws of each chain, evenly spaced, in single precision: for
        predictions, plots and `shrinkage_factors`.

    Raises
    ------
    KeyError
        If there are none.

    Examples
    --------
    >>> import numpy as np
    >>> from polyagamma import PolyaGammaLogistic, summarized_draws
    >>> model = PolyaGammaLogistic(np.arange(6.0)[:, np.newaxis], [0, 0, 1, 0, 1, 1])
    >>> idata = model.sample(1000, store="summary", random_seed=1)
    >>> summarized_draws(idata).posterior["beta"].shape
    (4, 125, 1)
    """
    groups = trace.groups(idata)
    if SUMMARIZED_DRAWS not in groups:
        raise KeyError(f"idata has no group {SUMMARIZED_DRAWS!r}: pass what sample(store='summary') returned")
    kept = {name: group for name, group in groups.items() if name in ("observed_data", "constant_data")}
    attrs = {**idata.attrs, **groups[SUMMARIZED_DRAWS].attrs}
    return trace.to_trace({"posterior": groups[SUMMARIZED_DRAWS], **kept}, attrs)
