"""What ends a run early, and what is left then: interrupts, numerical failures, errors of callbacks."""

import signal
import subprocess
import sys
import textwrap
import threading
import time

import numpy as np
import pytest
from every_model import MODELS, X, Y
from sklearn.gaussian_process.kernels import RBF
from slow_cases import mostly_slow

from polyagamma import PolyaGammaGP, ResumeError
from polyagamma.mcmc import rounds, runs
from polyagamma.mcmc.core_chains import CoreChains
from polyagamma.traces import trace

pytestmark = pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")  # short runs
SETTINGS = {"tune": 4, "chains": 2, "random_seed": 5, "progressbar": False, "cores": 1}
SOME = pytest.mark.parametrize(
    "kind",
    mostly_slow(
        ["logistic", "wide", "gp", "gp fixed", "fitc", "classes", "multinomial"], "logistic", "gp", "classes"
    ),
)


def same_start(idata, whole):
    draws = idata.posterior.sizes["draw"]
    for name, values in idata.posterior.items():
        np.testing.assert_array_equal(values, whole.posterior[name][:, :draws])
    return draws


class Fragile(RBF):
    """A kernel that is infinite after some evaluations, so that its matrix cannot be factored any more."""

    left = 10**9

    def __call__(self, X, Y=None, eval_gradient=False):
        Fragile.left -= 1
        return super().__call__(X, Y, eval_gradient) * (np.inf if Fragile.left < 0 else 1.0)


class FailingChains:
    """Real chains that in the middle of a round meet a matrix that they cannot factor."""

    def __init__(self, chains, at):
        self._chains, self._at = chains, at

    def __getattr__(self, name):
        return getattr(self._chains, name)

    def run(self, sweeps, out=None):
        if self.sweeps_done + sweeps <= self._at:
            return self._chains.run(sweeps, out)
        self._chains.run(sweeps)
        raise FloatingPointError("the matrix is not positive definite")


@pytest.fixture(params=["logistic", "gp", "hilbert fixed"])
def failing(request, monkeypatch):
    """A model, a function that lets its next run fail, and one that heals it."""
    model, at = MODELS[request.param], [10**9]
    make = runs.make_chains
    monkeypatch.setattr(runs, "make_chains", lambda *arguments: FailingChains(make(*arguments), at[0]))
    return model, lambda: at.__setitem__(0, 40), lambda: at.__setitem__(0, 10**9)


def test_numerical_failure_keeps_the_draws_before_it(failing):
    model, break_it, heal = failing
    whole = model.sample(60, **SETTINGS)
    break_it()
    with pytest.raises(FloatingPointError, match="not positive definite") as caught:
        model.sample(10**5, **SETTINGS)
    heal()
    idata = caught.value.idata
    draws = same_start(idata, whole)
    assert 1 <= draws < 60
    assert caught.value.__notes__ == [
        f"The {draws} draws of each chain made before are a trace in this exception's .idata"
    ]
    assert idata.attrs["error"] == f"FloatingPointError: {caught.value}"
    assert {"posterior", "sample_stats", "observed_data", "constant_data"} == set(trace.groups(idata))
    with pytest.raises(ResumeError, match="not a stored run"):
        model.extend(idata, 5)


def test_numerical_failure_on_disk_keeps_the_draws_and_the_checkpoint_before_it(failing, tmp_path):
    model, break_it, heal = failing
    whole = model.sample(60, **SETTINGS)
    break_it()
    with pytest.raises(FloatingPointError) as caught:
        model.sample(60, **SETTINGS, checkpoint=tmp_path / "run", every=4)
    heal()
    assert 1 <= same_start(caught.value.idata, whole) < 60
    resumed = model.resume(tmp_path / "run", progressbar=False)
    assert same_start(resumed, whole) == 60


def test_numerical_failure_while_extending_keeps_old_and_new_draws(failing):
    model, break_it, heal = failing
    whole = model.sample(80, **SETTINGS)
    first = model.sample(20, **SETTINGS)
    break_it()
    with pytest.raises(FloatingPointError) as caught:
        model.extend(first, 10**5, progressbar=False, cores=1)
    heal()
    assert 20 < same_start(caught.value.idata, whole) < 80


def test_numerical_failure_before_the_first_draw_leaves_nothing(failing):
    model, break_it, heal = failing
    break_it()
    with pytest.raises(FloatingPointError) as caught:
        model.sample(5, **SETTINGS | {"tune": 10**5})
    heal()
    assert not hasattr(caught.value, "idata")


@SOME
@pytest.mark.parametrize("on_disk", [False, True])
def test_error_of_a_callback_keeps_the_draws_and_the_run_goes_on(kind, on_disk, tmp_path, monkeypatch):
    monkeypatch.setattr(rounds, "ROUND_SWEEPS", 4)
    model, whole = MODELS[kind], MODELS[kind].sample(20, **SETTINGS)

    def divide(progress):
        return 1 / (progress.draws < 10)

    place = {"checkpoint": tmp_path / "run", "every": 3} if on_disk else {}
    with pytest.raises(ZeroDivisionError) as caught:
        model.sample(20, **SETTINGS, **place, callback=lambda progress: divide(progress) * 0)
    draws = same_start(caught.value.idata, whole)
    assert 10 <= draws < 14
    longer = model.extend(caught.value.idata, 20 - draws, progressbar=False)
    assert same_start(longer, whole) == 20
    if on_disk:
        assert same_start(model.resume(tmp_path / "run", progressbar=False), whole) == 20


def test_kernel_matrix_that_cannot_be_factored_any_more(monkeypatch):
    """Two chains in one thread, which evaluates the kernel anew whenever it turns to the other chain."""
    model = PolyaGammaGP(X, Y, 2.0 * Fragile(1.0))
    monkeypatch.setattr(Fragile, "left", 400)
    monkeypatch.setattr(rounds, "ROUND_SWEEPS", 2)
    with pytest.raises(
        FloatingPointError, match=r"the kernel matrix is not positive .* at .*scale ="
    ) as caught:
        model.sample(10**5, **SETTINGS)
    assert np.isfinite(caught.value.idata.posterior["f"]).all()


def test_error_of_a_kernel_keeps_the_draws(monkeypatch):
    class Broken(Fragile):
        def __call__(self, X, Y=None, eval_gradient=False):
            if Fragile.left < 0:
                raise RuntimeError("this kernel is broken")
            return super().__call__(X, Y, eval_gradient)

    model = PolyaGammaGP(X, Y, Broken(1.0))
    monkeypatch.setattr(Fragile, "left", 400)
    monkeypatch.setattr(rounds, "ROUND_SWEEPS", 2)
    with pytest.raises(RuntimeError, match="this kernel is broken") as caught:
        model.sample(10**5, **SETTINGS)
    assert caught.value.idata.posterior.sizes["draw"] >= 1


def press_ctrl_c():
    signal.raise_signal(signal.SIGINT)


def slow_rounds(monkeypatch, seconds, at):
    """Let each sweep from the `at`-th take seconds, in which the core cannot be stopped."""
    run = CoreChains.run

    def slow(chains, sweeps, out=None):
        late = chains.sweeps_done >= at
        run(chains, sweeps, out)
        time.sleep(seconds * late)  # behind the sweep: its state must not be taken for the one before

    monkeypatch.setattr(CoreChains, "run", slow)
    monkeypatch.setattr(rounds, "ROUND_SWEEPS", 1)


@SOME
@pytest.mark.parametrize("on_disk", [False, True])
def test_interrupt_gives_up_a_slow_sweep_and_the_run_goes_on_to_the_same_bits(
    kind, on_disk, tmp_path, monkeypatch
):
    model, whole = MODELS[kind], MODELS[kind].sample(12, **SETTINGS)
    place = {"checkpoint": tmp_path / "run", "every": 2} if on_disk else {}
    slow_rounds(monkeypatch, seconds=2.5, at=SETTINGS["tune"] + 3)
    monkeypatch.setattr(rounds.BatchSize, "slow", property(lambda _: True, lambda *_: None), raising=False)
    sent = []

    def interrupt(progress):
        if progress.draws == 3:
            threading.Timer(0.2, lambda: [sent.append(time.monotonic()), press_ctrl_c()]).start()

    idata = model.sample(12, **SETTINGS, **place, callback=interrupt)
    assert time.monotonic() - sent[0] < 2.0  # not the rest of the sweep, 2.3 seconds
    assert idata.attrs["interrupted"] == 1
    assert same_start(idata, whole) == 3
    monkeypatch.undo()
    assert same_start(model.extend(idata, 9, progressbar=False), whole) == 12
    if on_disk:
        assert same_start(model.resume(tmp_path / "run", progressbar=False), whole) == 12


def test_interrupt_while_a_run_starts(monkeypatch):
    """Finding the mode of a large model takes long; nothing has been drawn yet."""
    make = runs.make_chains
    monkeypatch.setattr(runs, "make_chains", lambda *all_: time.sleep(2.5) or make(*all_))
    threading.Timer(0.2, press_ctrl_c).start()
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        MODELS["logistic"].sample(12, **SETTINGS)
    assert time.monotonic() - began < 1.2


GAUSSIAN_PROCESS = """
    import time
    import numpy as np
    from polyagamma import PolyaGammaGP
    rng = np.random.default_rng(0)
    X = rng.uniform(-3, 3, (2000, 2))
    model = PolyaGammaGP(X, rng.random(2000) < 0.5)
    def tell(progress):
        if progress.draws == 1:
            print("drawn", flush=True)
    idata = model.sample(10**4, tune=0, chains=1, random_seed=1, callback=tell)
    print(time.monotonic(), idata.posterior.sizes["draw"], idata.attrs["interrupted"], flush=True)
    assert np.isfinite(idata.posterior["f"]).all()
"""


@pytest.mark.slow
def test_real_interrupt_of_a_large_gaussian_process_returns_within_a_second():
    """2,000 rows, whose sweeps take longer than that: SIGINT to a subprocess in its second sweep."""
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", textwrap.dedent(GAUSSIAN_PROCESS)],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline() == "drawn\n"
        time.sleep(0.1)
        sent = time.monotonic()
        process.send_signal(signal.SIGINT)
        returned, draws, interrupted = map(float, process.stdout.readline().split())
        assert process.wait(60) == 0
    assert returned - sent < 1.0
    assert draws >= 1
    assert interrupted == 1
