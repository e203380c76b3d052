"""Geweke's joint test of additive models: data given parameters and a sweep given data keep the prior."""

import numpy as np
import pytest

from polyagamma import LKJ, Group, HalfNormal, Normal, PolyaGammaAdditive, Smooth
from polyagamma.mcmc.chains import make_chains
from polyagamma.mcmc.settings import Settings
from polyagamma.terms.effects import Effects

N, BATCHES = 12, 60
SD = HalfNormal(0.7)
X = np.random.default_rng(5).standard_normal(N)
FACTOR, OTHER = np.arange(N) % 4, np.arange(N) // 2 % 3
Z_LIMIT = 6.8  # t with 59 degrees of freedom, at most ten scores: false alarm 1e-7
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning"),  # of groups of one class
]

TERMS = {
    "intercepts": lambda: [Group(FACTOR, prior_sd=SD, name="g")],
    "slopes": lambda: [Group(FACTOR, slopes=X, prior_sd=SD, prior_corr=LKJ(2), name="g")],
    "smooth": lambda: [Smooth(X, n_basis=5, linear_prior=Normal(0, 1), prior_sd=SD, name="s")],
    "crossed": lambda: [Group(FACTOR, prior_sd=SD, name="g"), Group(OTHER, prior_sd=SD, name="h")],
}


def parts_of(case, y):
    """Likelihood and term of a model whose intercept has the prior N(0, 1)."""
    model = PolyaGammaAdditive(
        TERMS[case](), y, family="binomial", trials=2, intercept_prior=Normal(0, 1)
    )._specification
    return model.likelihood, model.term


def scores_of(case, raw):
    """Functions of a draw whose mean under the prior is zero."""
    sds = raw["scales"][: 1 if case in ("intercepts", "smooth") else 2] / SD.sigma
    scores = [sds - np.sqrt(2 / np.pi), sds**2 - 1, raw["block0"][:1], raw["block0"][:1] ** 2 - 1]
    standard = raw["block1"][:1] / raw["scales"][:1]
    scores += [standard, standard**2 - 1]
    if case == "slopes":  # LKJ(2) of one correlation is Beta(2, 2) on (-1, 1)
        correlation = raw["scales"][2:]
        scores += [correlation, correlation**2 - 0.2]
    return np.concatenate(scores)


def joint_z_scores(case, kernel, iterations=3000):
    """z-scores of `scores_of` by 60 batch means; the chain starts in the prior."""
    rng, generator = np.random.default_rng(31), np.random.PCG64DXSM(32)
    settings = Settings.check(draws=1, tune=0, chains=1, thin=1, cores=1, kernel=kernel, random_seed=0)
    _, term = parts_of(case, rng.integers(0, 3, N))
    shapes = term.outputs(term.parameters, True)
    drawn = term.draw_prior(1, rng)
    state = term.initial({name: values[0] for name, (_, values) in drawn.items()}, 1)
    ends = np.cumsum([np.prod(shape) for shape in shapes.values()])
    raw = dict(zip(shapes, np.split(state[0], ends[:-1]), strict=True))
    scores = []
    for _ in range(iterations):
        predictor = term.row_predictor(raw, np.zeros(N))
        likelihood, _ = parts_of(case, rng.binomial(2, 1 / (1 + np.exp(-predictor))))
        chains = make_chains(likelihood, term, settings, [generator])
        chains.start(np.concatenate(list(raw.values()))[np.newaxis])
        outputs = {name: np.empty((1, 1, *shape)) for name, shape in shapes.items()}
        chains.run(1, outputs)
        raw = {name: values[0, 0] for name, values in outputs.items()}
        scores.append(scores_of(case, raw))
    batches = np.array(scores).reshape(BATCHES, -1, len(scores[0])).mean(axis=1)
    return batches.mean(axis=0) / (batches.std(axis=0, ddof=1) / np.sqrt(BATCHES))


@pytest.mark.parametrize("kernel", ["gibbs", "auto"])
@pytest.mark.parametrize("case", TERMS)
def test_geweke_joint(case, kernel):
    assert np.abs(joint_z_scores(case, kernel)).max() < Z_LIMIT


@pytest.fixture
def sigma_as_variance(monkeypatch):
    """Plant a bug: a variance where the prior of a standard deviation has its scale."""
    right = Effects.core

    def wrong(self):
        core = right(self)
        return core | {"sd_prior": [(name, df, scale**2) for name, df, scale in core["sd_prior"]]}

    monkeypatch.setattr(Effects, "core", wrong)


@pytest.fixture
def eta_of_the_factor(monkeypatch):
    """Plant a bug: the exponent of LKJ's density without that of the Jacobian of correlations."""
    right = Effects.core
    monkeypatch.setattr(Effects, "core", lambda self: right(self) | {"eta": right(self)["eta"] + 1.0})


@pytest.mark.usefixtures("sigma_as_variance")
@pytest.mark.parametrize(
    ("case", "kernel"), [("intercepts", "auto"), ("crossed", "gibbs"), ("smooth", "auto")]
)
def test_geweke_joint_finds_a_wrong_prior_of_a_scale(case, kernel):
    assert np.abs(joint_z_scores(case, kernel)).max() > Z_LIMIT


@pytest.mark.usefixtures("eta_of_the_factor")
def test_geweke_joint_finds_a_wrong_prior_of_correlations():
    assert np.abs(joint_z_scores("slopes", "auto")).max() > Z_LIMIT
