"""The driver of a run: rounds, interrupts, callbacks, thinning; with chains that only count."""

import signal
import time

import numpy as np
import pytest

from polyagamma import _gibbs
from polyagamma.mcmc import rounds
from polyagamma.mcmc.core_chains import LinearChains
from polyagamma.mcmc.driver import Driver
from polyagamma.mcmc.interrupt import Interrupt
from polyagamma.mcmc.memory_backend import MemoryBackend
from polyagamma.mcmc.progress import Silent
from polyagamma.mcmc.rounds import RunLog
from polyagamma.mcmc.run_state import RunState
from polyagamma.mcmc.settings import Settings
from polyagamma.mcmc.trace_schema import TraceSchema


class CountingChains:
    """Draws are the numbers of their sweeps; does something at one of them."""

    def __init__(self, at=-1, action=None, seconds=0.0):
        self.sweeps_done, self.at, self.action, self.seconds, self.calls = 0, at, action, seconds, []

    def state(self):
        return {"sweeps_done": np.array(self.sweeps_done)}

    def run(self, sweeps, out=None):
        self.calls.append(sweeps)
        time.sleep(self.seconds * sweeps)
        for sweep in range(sweeps):
            if self.sweeps_done + sweep == self.at:
                self.action()
            if out is not None:
                out["beta"][:, sweep] = self.sweeps_done + sweep
        self.sweeps_done += sweeps


def label(raw):
    return {"posterior": {"beta": (("chain", "draw"), raw["beta"])}}


def run(chains, draws=50, tune=20, thin=1, callback=None):
    settings = Settings.check(
        draws=draws, tune=tune, chains=2, thin=thin, cores=1, kernel="auto", random_seed=1
    )
    state = RunState(settings, [], chains, RunLog())
    backend = MemoryBackend(TraceSchema({"beta": ()}, {}, label, {}), state)
    with Interrupt() as interrupt:
        Driver(state, backend, Silent(), interrupt, callback).go()
    return state.run, backend.drawn()["beta"]


def interrupt():
    signal.raise_signal(signal.SIGINT)


def test_rounds_fill_every_draw_once():
    result, beta = run(CountingChains())
    np.testing.assert_array_equal(beta, np.tile(np.arange(20, 70), (2, 1)))
    assert result.draws == 50
    assert not result.interrupted


def test_thinning_keeps_every_third_sweep():
    _, beta = run(CountingChains(), thin=3)
    np.testing.assert_array_equal(beta[0], np.arange(22, 170, 3))


def test_rounds_last_about_as_long_as_they_should():
    chains = CountingChains(seconds=0.002)
    run(chains, draws=300, tune=0)  # 0.6 s: 6 rounds, and a few short ones to find the pace
    assert 6 <= len(chains.calls) <= 40


def test_rounds_are_bounded_however_fast_the_chains():
    chains = CountingChains()
    run(chains, draws=30_000)
    assert max(chains.calls) <= rounds.ROUND_SWEEPS


def test_interrupt_while_drawing_keeps_the_draws():
    result, beta = run(CountingChains(at=40, action=interrupt, seconds=0.01))
    assert result.interrupted
    assert 20 <= result.draws < 50
    assert beta.shape == (2, result.draws)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_interrupt_in_warmup_raises():
    with pytest.raises(KeyboardInterrupt):
        run(CountingChains(at=3, action=interrupt))


def test_second_interrupt_raises_at_once():
    def twice():
        interrupt()
        time.sleep(0.3)  # or the two would be one
        interrupt()
        time.sleep(0.3)

    with pytest.raises(KeyboardInterrupt):
        run(CountingChains(at=40, action=twice))


def test_callback_is_told_of_every_round_and_stops_the_run():
    seen = []

    def stop(progress):
        seen.append((progress.tuning, progress.sweeps, progress.draws, progress.total_draws))
        assert progress.draws == progress.posterior.sizes["draw"]
        return progress.draws >= 30

    result, beta = run(CountingChains(seconds=0.01), callback=stop)
    assert 30 <= result.draws < 50
    assert beta.shape == (2, result.draws)
    assert not result.interrupted
    assert seen[0] == (True, 1, 0, 50)
    assert seen[-1] == (False, 20 + result.draws, result.draws, 50)


def test_error_of_a_callback_is_the_users():
    with pytest.raises(ZeroDivisionError):
        run(CountingChains(), callback=lambda progress: 1 / progress.draws)


def test_numerical_errors_are_worded():
    class FailingCore:
        sweeps_done = 40

        def start(self, _):
            raise _gibbs.NumericalError("not_finite", 0, 0, 3)

        def run(self, *_):
            raise _gibbs.NumericalError("not_positive_definite", 1, 7, 2)

    chains = object.__new__(LinearChains)
    chains._core, chains._extras = FailingCore(), 0
    with pytest.raises(FloatingPointError, match=r"chain 1 stopped at sweep 47: .* in row 2.* scale X"):
        chains.run(10)
    with pytest.raises(FloatingPointError, match=r"cannot start: the value at index 3 .* scale X"):
        chains.start(None)
