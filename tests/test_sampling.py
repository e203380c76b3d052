"""Seeds, rounds, interrupts, progress, memory."""

import io
import json
import os
import re
import signal
import subprocess
import sys
import textwrap
import threading
import time
from types import SimpleNamespace

import numpy as np
import pytest
import rich

from polyagamma import PolyaGammaLogistic
from polyagamma._validation import memory
from polyagamma.mcmc import rounds, settings
from polyagamma.mcmc.progress import LiveDisplay, Silent, display

RNG = np.random.default_rng(0)
X = RNG.standard_normal((50, 3))
Y = (RNG.random(50) < 0.5).astype(int)
MODEL = PolyaGammaLogistic(X, Y)


def draws(**arguments):
    settings = {"draws": 30, "tune": 10, "random_seed": 1, "progressbar": False} | arguments
    return MODEL.sample(**settings).posterior["beta"].to_numpy()


@pytest.mark.parametrize("cores", [2, 4, 7])
def test_same_bits_for_any_number_of_cores(cores):
    np.testing.assert_array_equal(draws(cores=cores), draws(cores=1))


def test_same_bits_however_the_rounds_are_cut(monkeypatch):
    whole = draws()
    monkeypatch.setattr(rounds, "ROUND_SECONDS", 0.0)  # one sweep a round
    np.testing.assert_array_equal(draws(), whole)


def test_seeds_and_chains_differ():
    first, second = draws(random_seed=1), draws(random_seed=2)
    assert len(np.unique(np.concatenate([first, second]))) == first.size + second.size


def test_more_chains_keep_the_first():
    np.testing.assert_array_equal(draws(chains=6)[:4], draws(chains=4))


@pytest.mark.parametrize("seed", [3, [3, 4], np.int64(3), np.array([3, 4])])
def test_plain_seeds_repeat(seed):
    np.testing.assert_array_equal(draws(random_seed=seed), draws(random_seed=seed))


@pytest.mark.parametrize("make", [np.random.default_rng, np.random.SeedSequence])
def test_stateful_seeds_advance(make):
    seed, same = make(3), make(3)
    first = draws(random_seed=seed)
    np.testing.assert_array_equal(first, draws(random_seed=same))
    assert not np.array_equal(first, draws(random_seed=seed))


def test_no_seed_draws_anew():
    assert not np.array_equal(draws(random_seed=None), draws(random_seed=None))


def test_seed_attribute_makes_the_seed_again():
    for seed in (None, 5, [1, 2], np.random.default_rng(8)):
        trace = MODEL.sample(4, tune=2, random_seed=seed, progressbar=False)
        again = np.random.SeedSequence(**json.loads(trace.posterior.attrs["random_seed"]))
        repeated = MODEL.sample(4, tune=2, random_seed=again, progressbar=False)
        np.testing.assert_array_equal(trace.posterior["beta"], repeated.posterior["beta"])


def test_works_outside_the_main_thread():
    results = []
    thread = threading.Thread(target=lambda: results.append(draws()))
    thread.start()
    thread.join()
    np.testing.assert_array_equal(results[0], draws())


SCRIPT = """
    import warnings
    import numpy as np
    from polyagamma import PolyaGammaLogistic
    rng = np.random.default_rng(0)
    X = rng.standard_normal((2000, 20))
    model = PolyaGammaLogistic(X, rng.random(2000) < 0.5)
    told = []
    def ready(progress):
        if progress.draws and not told:
            told.append(print("ready", flush=True))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        trace = model.sample(200_000, tune=10, chains=2, random_seed=1, callback=ready)
    beta = trace.posterior["beta"]
    assert 1 < beta.sizes["draw"] < 200_000, beta.sizes
    assert np.isfinite(beta).all()
    assert trace.posterior.attrs["interrupted"] == 1
    print([str(w.message) for w in caught if w.category.__name__ == "SamplingWarning"])
    short = model.sample(5, tune=10, chains=2, random_seed=1)
    assert np.array_equal(short.posterior["beta"], beta[:, :5])
"""


def test_real_interrupt_returns_within_a_second_with_a_valid_trace():
    """SIGINT to a subprocess that has begun to draw."""
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(SCRIPT)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.2)
        sent = time.monotonic()
        process.send_signal(signal.SIGINT)
        message = process.stdout.readline()
        answered = time.monotonic() - sent
        output, _ = process.communicate(timeout=60)
    assert answered < 1.0
    assert process.returncode == 0, output
    assert "interrupted after" in message


def test_cores_respect_the_affinity(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 3, 5}, raising=False)
    assert settings.threads(None, chains=4) == 3
    assert settings.threads(None, chains=2) == 2
    assert settings.threads(5, chains=2) == 5


def test_display_only_on_terminals(monkeypatch):
    with display(True, 4) as shown:
        assert isinstance(shown, Silent)
    console = rich.console.Console(force_terminal=True, file=io.StringIO())
    monkeypatch.setattr(rich, "_console", console)
    with display(False, 4) as shown:
        assert isinstance(shown, Silent)
    with display(True, 4) as shown:
        assert isinstance(shown, LiveDisplay)


def terminal(monkeypatch):
    """What a terminal of 140 columns will show."""
    screen = io.StringIO()
    monkeypatch.setattr(rich, "_console", rich.console.Console(force_terminal=True, file=screen, width=140))
    return screen


def test_live_display_tells_phase_draws_speed_acceptance_and_time_left(monkeypatch):
    screen = terminal(monkeypatch)
    settings = {"tune": 3, "kernel": "hmc", "random_seed": 1}
    MODEL.sample(3000, **settings, callback=lambda told: time.sleep(0.2 * told.tuning))
    shown = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", screen.getvalue())  # without colours
    assert "Warming up 4 chains" in shown
    assert "Sampling 4 chains" in shown
    assert "3,000/3,000 draws" in shown
    assert re.search(r"sweeps/s, accepted 1?\d\d%.*\d:\d\d:\d\d left 0:00:00", shown)


def test_notebooks_show_one_line_that_is_replaced(monkeypatch):
    """With a stand-in for IPython's display handle, which the kernel of a notebook would have."""
    shown = []

    def show(data, **options):
        assert options.pop("raw")
        shown.append(data["text/plain"])
        return SimpleNamespace(update=show)

    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace())
    monkeypatch.setitem(sys.modules, "IPython.display", SimpleNamespace(display=show))
    monkeypatch.setattr(rich, "_console", rich.console.Console(force_jupyter=True, file=io.StringIO()))
    MODEL.sample(3000, tune=300, kernel="hmc", random_seed=1)
    assert shown[0] == "Starting 4 chains"
    assert any(line.startswith("Warming up 4 chains: 0/3,000 draws") for line in shown)
    line = r"Sampling 4 chains: 3,000/3,000 draws, [\d,]+ sweeps/s, accepted \d+%, \d+ s, 0 s left"
    assert re.fullmatch(line, shown[-1])


def test_nothing_is_printed_without_a_terminal(capfd):
    MODEL.sample(20, tune=10, random_seed=1)
    assert capfd.readouterr() == ("", "")


def test_available_memory_is_that_of_the_machine():
    assert 1e7 < memory.available_memory() < 1e14


def test_control_group_limit_counts(monkeypatch, tmp_path):
    (tmp_path / "max").write_text("3000\n")
    (tmp_path / "current").write_text("1000\n")
    monkeypatch.setattr(memory, "CGROUPS", ((str(tmp_path / "max"), str(tmp_path / "current")),))
    assert memory.available_memory() == 2000
    with pytest.raises(
        MemoryError, match=r"the draws needs 2.5e-06 GB, 2e-06 GB are available: ask for less"
    ):
        memory.require_memory(2500, "the draws", "ask for less")


def test_unlimited_control_group(monkeypatch, tmp_path):
    (tmp_path / "max").write_text("max\n")
    monkeypatch.setattr(memory, "CGROUPS", ((str(tmp_path / "max"), str(tmp_path / "missing")),))
    assert memory.available_memory() > 1e7
