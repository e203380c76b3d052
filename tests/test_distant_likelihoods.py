"""Counts and classes that are not in memory: the draws have the bits of those of an array."""

import arviz as az
import numpy as np
import pytest
from scipy.special import logsumexp
from test_distant_rows import RUN, N, P, X, assert_same_draws, draws_of, memory_map  # noqa: F401

from polyagamma import (
    Gamma,
    Normal,
    PolyaGammaMultinomial,
    PolyaGammaNegativeBinomial,
    PolyaGammaSequential,
)
from polyagamma.distributed.plan import Plan

rng = np.random.default_rng(31)
Z = (X - X.mean(axis=0)) / X.std(axis=0)
SCORES = np.column_stack([Z @ [0.5, -1, 0.2, 0], Z @ [0, 0.3, 0.5, -0.4], np.zeros(N)])
LABELS = np.array(["ash", "elm", "oak"])[(SCORES + rng.gumbel(size=(N, 3))).argmax(axis=1)]
TABLE = rng.multinomial(4, [0.2, 0.3, 0.5], N) + np.eye(3, dtype=int)[rng.integers(0, 3, N)]
COUNTS = rng.poisson(np.exp(1 + 0.3 * Z[:, 0]) * rng.gamma(2.0, 0.5, N))
EXPOSURE = rng.uniform(0.5, 2, N)
OFFSET = rng.normal(size=N) / 4
OFFSETS = rng.normal(size=(N, 3)) / 4
FRACTIONS = rng.uniform(0.5, 2, N)
SHORT = {"draws": 12, "tune": 60}
OUT_OF_CORE = 900_000  # two of four shares


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"exposure": EXPOSURE, "offset": OFFSET, "weights": FRACTIONS, "dispersion_prior": Gamma(2, 1)},
        {"dispersion_prior": 1.5, "weights": 2.0, "intercept": False},
    ],
    ids=["counts", "weighted", "known dispersion"],
)
@pytest.mark.parametrize("kernel", ["auto", "gibbs"])
def test_counts(kernel, given, memory_map):  # noqa: F811
    expected = draws_of(PolyaGammaNegativeBinomial(X, COUNTS, **given), kernel=kernel, **SHORT)
    model = PolyaGammaNegativeBinomial(memory_map, COUNTS, memory_limit=OUT_OF_CORE, **given)
    assert_same_draws(draws_of(model, kernel=kernel, **SHORT), expected)


def test_counts_by_trajectories_alone_and_in_memory(memory_map):  # noqa: F811
    expected = draws_of(PolyaGammaNegativeBinomial(X, COUNTS), kernel="hmc", **SHORT)
    model = PolyaGammaNegativeBinomial(memory_map, COUNTS, memory_limit="1 GiB")
    assert_same_draws(draws_of(model, kernel="hmc", **SHORT), expected)


def test_skewed_dispersions_are_warped_alike():
    few = rng.poisson(np.exp(0.1 * Z[:, 0]))[:1500]  # nearly Poisson: r has a long tail
    some = X[:1500]
    expected = draws_of(PolyaGammaNegativeBinomial(some, few), **SHORT)
    assert_same_draws(
        draws_of(PolyaGammaNegativeBinomial(some, few, memory_limit="1 GiB"), **SHORT), expected
    )


MULTINOMIALS = [
    (LABELS, {}),
    (LABELS, {"parametrization": "baseline", "baseline": "elm", "weights": FRACTIONS, "offset": OFFSETS}),
    (TABLE, {"intercept": False, "trials": TABLE.sum(axis=1), "weights": FRACTIONS, "offset": OFFSETS}),
    (LABELS == "oak", {}),
]


@pytest.mark.parametrize(("y", "given"), MULTINOMIALS, ids=["labels", "baseline", "table", "two classes"])
@pytest.mark.parametrize("kernel", ["auto", "gibbs"])
def test_classes(kernel, y, given, memory_map):  # noqa: F811
    expected = draws_of(PolyaGammaMultinomial(X, y, **given), kernel=kernel, **SHORT)
    model = PolyaGammaMultinomial(memory_map, y, memory_limit=1_200_000, **given)
    found = draws_of(model, kernel=kernel, **SHORT)
    assert_same_draws(found, expected)
    assert found.posterior["class"].to_numpy().tolist() == expected.posterior["class"].to_numpy().tolist()


SEQUENTIALS = [
    (LABELS, {"classes": ["oak", "ash", "elm"], "offset": OFFSET}),
    (LABELS, {"offset": OFFSETS[:, :2], "weights": FRACTIONS}),
    (TABLE, {}),
]


@pytest.mark.parametrize(("y", "given"), SEQUENTIALS, ids=["order", "offsets", "table"])
@pytest.mark.parametrize("kernel", ["auto", "gibbs"])
def test_stages(kernel, y, given, memory_map):  # noqa: F811
    expected = draws_of(PolyaGammaSequential(X, y, **given), kernel=kernel, **SHORT)
    model = PolyaGammaSequential(memory_map, y, memory_limit=1_200_000, **given)
    assert_same_draws(draws_of(model, kernel=kernel, **SHORT), expected)


def test_augmentation_of_classes_on_any_number_of_threads(memory_map):  # noqa: F811
    expected = draws_of(PolyaGammaMultinomial(X, LABELS), kernel="gibbs", cores=1, **SHORT)
    for cores, limit in ((1, "1 GiB"), (3, "1 GiB"), (3, 1_200_000)):
        model = PolyaGammaMultinomial(memory_map, LABELS, memory_limit=limit)
        assert_same_draws(draws_of(model, kernel="gibbs", cores=cores, **SHORT), expected)
    in_memory = draws_of(PolyaGammaMultinomial(X, LABELS), kernel="gibbs", cores=3, **SHORT)
    assert_same_draws(in_memory, expected)


def test_runs_of_augmented_classes_go_on(memory_map, tmp_path):  # noqa: F811
    model = PolyaGammaMultinomial(memory_map, LABELS, memory_limit="1 GiB")
    whole = model.sample(**RUN | SHORT, kernel="gibbs")
    model.sample(**RUN | SHORT | {"draws": 5}, kernel="gibbs", checkpoint=tmp_path / "run")
    assert_same_draws(model.resume(tmp_path / "run", draws=12, progressbar=False), whole)


def test_zarr_and_parquet(tmp_path):
    zarr = pytest.importorskip("zarr")
    pyarrow = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    array = zarr.create_array(tmp_path / "X.zarr", shape=X.shape, chunks=(700, 2), dtype="f8")
    array[:] = X
    expected = draws_of(PolyaGammaMultinomial(X, LABELS), **SHORT)
    assert_same_draws(draws_of(PolyaGammaMultinomial(array, LABELS, memory_limit=10**9), **SHORT), expected)
    columns = {f"x{j}": X[:, j] for j in range(P)} | {"visits": COUNTS, "days": EXPOSURE}
    columns |= {name: TABLE[:, k] for k, name in enumerate("abc")}
    pq.write_table(pyarrow.table(columns), tmp_path / "rows.parquet", row_group_size=999)
    names = [f"x{j}" for j in range(P)]
    model = PolyaGammaNegativeBinomial(
        tmp_path / "rows.parquet", "visits", exposure="days", feature_names=names
    )
    found = draws_of(model, **SHORT)
    assert_same_draws(found, draws_of(PolyaGammaNegativeBinomial(X, COUNTS, exposure=EXPOSURE), **SHORT))
    counted = PolyaGammaSequential(tmp_path / "rows.parquet", ["a", "b", "c"], feature_names=names)
    assert counted.classes_.tolist() == ["a", "b", "c"]
    assert_same_draws(draws_of(counted, **SHORT), draws_of(PolyaGammaSequential(X, TABLE), **SHORT))
    augmented = SHORT | {"kernel": "gibbs"}
    assert_same_draws(draws_of(counted, **augmented), draws_of(PolyaGammaSequential(X, TABLE), **augmented))


def test_runs_of_counts_go_on(memory_map, tmp_path):  # noqa: F811
    model = PolyaGammaNegativeBinomial(memory_map, COUNTS, memory_limit="1 GiB")
    whole = model.sample(**RUN | SHORT)
    model.sample(**RUN | SHORT | {"draws": 5}, checkpoint=tmp_path / "run")
    assert_same_draws(model.resume(tmp_path / "run", draws=12, progressbar=False), whole)


def test_log_likelihood_of_counts_and_classes_is_written_to_disk(tmp_path):
    zarr = pytest.importorskip("zarr")
    for number, (of, y) in enumerate([(PolyaGammaNegativeBinomial, COUNTS), (PolyaGammaMultinomial, LABELS)]):
        model, path = of(X, y, memory_limit="1 GiB"), tmp_path / f"{number}.zarr"
        model.log_likelihood_to(draws_of(model, **SHORT), path)
        expected = draws_of(of(X, y), compute_log_likelihood=True, **SHORT)["log_likelihood"]["y"].values
        np.testing.assert_allclose(zarr.open_group(path)["y"][:], expected, rtol=1e-9)


@pytest.mark.parametrize(("bad", "expected"), [(-1, "not negative"), (0.5, "whole numbers")])
def test_count_that_is_none_is_named_by_row_and_block(bad, expected):
    n = 70_000
    counts = np.ones(n)
    counts[67_890] = bad
    with pytest.raises(
        ValueError, match=rf"{expected}, got {bad} in row 67890.*row 67890 of all, in block 0"
    ):
        PolyaGammaNegativeBinomial(np.random.default_rng(1).normal(size=(n, 1)), counts, memory_limit="1 GiB")


@pytest.mark.parametrize(
    ("of", "y", "options", "message"),
    [
        (PolyaGammaMultinomial, LABELS, {"offset": OFFSET}, "offset must have a column for each class"),
        (PolyaGammaMultinomial, np.ones(N), {}, "y must have two classes or more"),
        (PolyaGammaMultinomial, LABELS, {"trials": 1}, "trials needs a table of counts"),
        (PolyaGammaMultinomial, LABELS, {"baseline": "elm"}, "baseline needs parametrization='baseline'"),
        (PolyaGammaSequential, LABELS, {"classes": ["ash", "elm"]}, "classes must have all labels in y"),
        (PolyaGammaSequential, TABLE, {"classes": [0, 1, 2]}, "classes goes with labels"),
        (PolyaGammaNegativeBinomial, COUNTS, {"exposure": 0.0}, "exposure must be positive"),
        (PolyaGammaNegativeBinomial, TABLE, {}, "y must have one value for each row of X"),
    ],
)
def test_what_does_not_fit_is_refused(of, y, options, message):
    with pytest.raises(ValueError, match=message):
        of(X, y, memory_limit="1 GiB", **options)


# ---- more than 2000 coefficients, which in memory move in coordinates of factors


def many_rows(n):
    """Return predictors and labels of a model with 44 × 46 coefficients."""
    random = np.random.default_rng(12)
    return random.standard_normal((n, 45)), random.permutation(np.arange(n) % 45)


def many_coefficients(n, **where):
    priors = {"prior": Normal(0, 0.8, standardized=False), "intercept_prior": Normal(0, 2.0)}
    return PolyaGammaMultinomial(*many_rows(n), **priors, **where)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")
def test_many_coefficients_in_one_share_and_in_two(monkeypatch):
    """65 000 rows: strips of fewer are too few for the matrices of so many coefficients."""
    run = {"draws": 2, "tune": 0, "chains": 2, "random_seed": 5, "progressbar": False}
    model = many_coefficients(65_000, memory_limit="2 GiB")
    several = model.sample(**run)
    asked = []

    def whole(plan, shares):
        asked.append(shares)
        return [(0, len(plan.units))]

    monkeypatch.setattr(Plan, "cut", whole)
    assert_same_draws(model.sample(**run), several)
    assert asked == [2]
    assert several.posterior.attrs["metric"] == "full"


def log_likelihoods(idata, rows, labels):
    """Return those of all draws (chains, draws)."""
    beta, intercept = (idata.posterior[name].to_numpy() for name in ("beta", "intercept"))
    eta = np.einsum("cdkj,ij->cdik", beta, rows) + intercept[:, :, None]
    own = np.take_along_axis(eta, labels[None, None, :, None], axis=3)[..., 0]
    return (own - logsumexp(eta, axis=3)).sum(axis=2)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")
def test_many_coefficients_have_the_posterior_that_factors_have():
    """Means of the log-likelihood, lp and eight coefficients, of 2 × 100 draws and of 2 × 2000 in memory.

    Ten comparisons at 6 standard errors: a false alarm has probability 2e-8, and below 1e-6 should these be
    a tenth too small, as they are estimated.
    """
    runs = [
        many_coefficients(90, memory_limit="1 GiB").sample(
            100, tune=30, chains=2, random_seed=1, progressbar=False
        ),
        many_coefficients(90).sample(2000, tune=200, chains=2, random_seed=2, progressbar=False),
    ]
    assert [run.posterior.attrs["metric"] for run in runs] == ["full", "kronecker"]
    found, expected = (
        [
            log_likelihoods(run, *many_rows(90)),
            run.sample_stats["lp"].to_numpy(),
            *(run.posterior["beta"].to_numpy()[..., j, j] for j in range(8)),
        ]
        for run in runs
    )
    for one, other in zip(found, expected, strict=True):
        error = np.hypot(*(az.mcse(draws, method="mean") for draws in (one, other)))
        assert abs(one.mean() - other.mean()) < 6 * error
