"""What happens where a package that something needs is not installed."""

from __future__ import annotations

from polyagamma._validation.rewording import Rewording

REQUIREMENTS = {  # by the names of modules: packages, and what to install
    "arviz": ("arviz", "arviz>=0.20"),
    "bambi": ("bambi 0.17 or later", "polyagamma-gibbs[bambi]"),
    "dask": ("Dask", "polyagamma-gibbs[dask]"),
    "distributed": ("Dask", "polyagamma-gibbs[dask]"),
    "formulae": ("formulae", "polyagamma-gibbs[formula]"),
    "joblib": ("scikit-learn", "polyagamma-gibbs[sklearn]"),
    "pandas": ("pandas", "pandas"),
    "pyarrow": ("pyarrow", "polyagamma-gibbs[parquet]"),
    "pymc": ("PyMC 5.28.2 or later", "polyagamma-gibbs[pymc]"),
    "pytensor": ("PyMC 5.28.2 or later", "polyagamma-gibbs[pymc]"),
    "rich": ("rich", "rich>=13"),
    "sklearn": ("scikit-learn", "polyagamma-gibbs[sklearn]"),
    "threadpoolctl": ("threadpoolctl", "threadpoolctl>=3.1"),
    "xarray": ("xarray", "xarray"),
    "zarr": ("zarr", "polyagamma-gibbs[zarr]"),
}


def packages_for(what: str, otherwise: str = "") -> Rewording[ImportError]:
    """Import in this context; ImportError says what needs it, how to get it, or what to do instead."""

    def in_words(error: ImportError) -> ImportError | None:
        module = (error.name or "").partition(".")[0]
        if module not in REQUIREMENTS:
            return None
        package, requirement = REQUIREMENTS[module]
        return ImportError(f"{what} needs {package}: pip install '{requirement}'{otherwise}", name=module)

    return Rewording(ImportError, in_words)
