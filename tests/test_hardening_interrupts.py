"""What may come between a run and its trace: Ctrl-C at any time; errors of every class; long draws."""

import signal
import subprocess
import sys
import textwrap
import threading
import time
import warnings
from dataclasses import dataclass

import numpy as np
import pytest
from every_model import MODELS
from sklearn.gaussian_process.kernels import RationalQuadratic
from slow_cases import mostly_slow

from polyagamma import PolyaGammaGP, SamplingWarning
from polyagamma.mcmc import runs
from polyagamma.mcmc.core_chains import CoreChains
from polyagamma.mcmc.runs import Execution
from polyagamma.traces import trace

pytestmark = pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")  # short runs
SETTINGS = {"tune": 4, "chains": 2, "random_seed": 5, "progressbar": False, "cores": 1}
MODEL = MODELS["logistic"]
WHOLE = MODEL.sample(40, **SETTINGS)
PLACES = pytest.mark.parametrize("place", ["memory", "disk"])


def place_of(place, tmp_path):
    return {"checkpoint": tmp_path / "run", "every": 7} if place == "disk" else {}


def press_ctrl_c(*_):
    signal.raise_signal(signal.SIGINT)


def assert_starts_like_whole(idata, draws):
    assert idata.posterior.sizes["draw"] == draws
    for name, values in idata.posterior.items():
        np.testing.assert_array_equal(values, WHOLE.posterior[name][:, :draws])


# ---- Ctrl-C in the midst of a run


@PLACES
@pytest.mark.parametrize("moment", ["warm-up", "first draws", "later draws"])
@pytest.mark.parametrize("kind", mostly_slow(["counts", "counts gamma", "counts known"], "counts"))
def test_interrupted_runs_of_counts_go_on_to_the_same_bits(monkeypatch, tmp_path, kind, moment, place):
    """Before the first draw there is nothing to go on from."""
    monkeypatch.setattr("polyagamma.mcmc.rounds.ROUND_SWEEPS", 3)
    least = {"warm-up": -1, "first draws": 1, "later draws": 30}[moment]

    def press(progress):
        if progress.draws >= least and not pressed:
            pressed.append(True)
            press_ctrl_c()

    pressed, model = [], MODELS[kind]
    if moment == "warm-up":
        with pytest.raises(KeyboardInterrupt):
            model.sample(40, **SETTINGS, **place_of(place, tmp_path), callback=press)
        return
    idata = model.sample(40, **SETTINGS, **place_of(place, tmp_path), callback=press)
    assert idata.attrs["interrupted"] == 1
    left = 40 - idata.posterior.sizes["draw"]
    whole = model.sample(40, **SETTINGS).posterior
    assert model.extend(idata, left, progressbar=False).posterior.equals(whole)
    if place == "disk":
        assert model.resume(tmp_path / "run", progressbar=False).posterior.equals(whole)


# ---- Ctrl-C while a run that is over becomes a trace

LATE = {
    "attributes": (Execution, "_attributes"),
    "groups": (Execution, "_groups"),
    "advice": (Execution, "_advise"),
    "joining": (trace, "append"),
    "container": (trace, "to_trace"),
}


def press_in(monkeypatch, where, times):
    """Let Ctrl-C come so many times when a function is called."""
    owner, name = LATE[where]
    function = getattr(owner, name)

    def pressed(*arguments):
        for _ in range(times):
            press_ctrl_c()
        return function(*arguments)

    monkeypatch.setattr(owner, name, pressed)


@PLACES
@pytest.mark.parametrize("where", LATE)
def test_ctrl_c_while_a_finished_run_is_summed_up_loses_nothing(monkeypatch, tmp_path, where, place):
    press_in(monkeypatch, where, 2)
    idata = MODEL.sample(20, **SETTINGS, **place_of(place, tmp_path))
    assert_starts_like_whole(idata, 20)
    assert idata.attrs["interrupted"] == 0
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@PLACES
@pytest.mark.parametrize("where", LATE)
def test_second_ctrl_c_while_an_interrupted_run_is_summed_up_loses_nothing(
    monkeypatch, tmp_path, where, place
):
    press_in(monkeypatch, where, 1)
    stop = lambda progress: press_ctrl_c() if progress.draws >= 9 else None  # noqa: E731
    with pytest.warns(SamplingWarning, match="interrupted after"):
        idata = MODEL.sample(10**6, **SETTINGS, **place_of(place, tmp_path), callback=stop)
    assert idata.attrs["interrupted"] == 1
    assert idata.posterior.sizes["draw"] >= 9


@pytest.mark.parametrize("where", ["attributes", "groups", "joining", "container"])
def test_ctrl_c_while_the_draws_before_an_error_are_kept(monkeypatch, where):
    press_in(monkeypatch, where, 1)

    def fail(progress):
        return 1 / (progress.draws < 9) * 0

    with pytest.raises(ZeroDivisionError) as caught:
        MODEL.sample(10**6, **SETTINGS, callback=fail)
    assert caught.value.idata.posterior.sizes["draw"] >= 9


@PLACES
def test_second_ctrl_c_in_a_round_carries_the_draws(tmp_path, place):
    def twice(progress):
        if progress.draws >= 9:
            press_ctrl_c()
            press_ctrl_c()

    with pytest.raises(KeyboardInterrupt) as caught:
        MODEL.sample(10**6, **SETTINGS, **place_of(place, tmp_path), callback=twice)
    assert caught.value.idata.posterior.sizes["draw"] >= 9


@PLACES
def test_advice_that_is_an_error_carries_the_draws(tmp_path, place):
    """Under ``python -W error`` a warning at the end of a run is raised."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", SamplingWarning)
        with pytest.raises(SamplingWarning, match="mixed poorly") as caught:
            MODEL.sample(110, **SETTINGS, **place_of(place, tmp_path))
    assert caught.value.idata.posterior.sizes["draw"] == 110


def test_ctrl_c_in_the_last_round_ends_an_iteration(monkeypatch):
    """The round of an iteration is over then, but the loop is not."""
    monkeypatch.setattr(runs, "Driver", lambda *arguments: PressAtTheEnd(Driver(*arguments)))
    with pytest.raises(KeyboardInterrupt):
        next(MODEL.iter_draws(tune=4, random_seed=5))


Driver = runs.Driver


class PressAtTheEnd:
    """A driver after whose last round Ctrl-C comes."""

    def __init__(self, driver):
        self._driver = driver

    def go(self):
        self._driver.go()
        press_ctrl_c()


# ---- Ctrl-C that is ignored, or handled by others


@pytest.fixture
def sigint():
    """Set the handler of SIGINT; put the one before back at the end."""
    before = signal.getsignal(signal.SIGINT)
    yield lambda handler: signal.signal(signal.SIGINT, handler)
    signal.signal(signal.SIGINT, before)


@PLACES
@pytest.mark.parametrize("kind", ["logistic", "gp", "fitc", "classes", "multinomial"])
def test_ignored_ctrl_c_does_not_stop_a_run(sigint, tmp_path, kind, place):
    sigint(signal.SIG_IGN)
    idata = MODELS[kind].sample(12, **SETTINGS, **place_of(place, tmp_path), callback=press_ctrl_c)
    assert idata.posterior.sizes["draw"] == 12
    assert idata.attrs["interrupted"] == 0
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_ignored_ctrl_c_does_not_stop_an_iteration(sigint):
    sigint(signal.SIG_IGN)
    draws = MODEL.iter_draws(tune=4, random_seed=5)
    for _ in range(30):
        next(draws)
        press_ctrl_c()


@pytest.mark.parametrize("handler", [signal.SIG_DFL, lambda *_: None])
def test_a_handler_of_the_user_is_put_back(sigint, handler):
    sigint(handler)
    MODEL.sample(5, **SETTINGS)
    assert signal.getsignal(signal.SIGINT) is handler


IN_BACKGROUND = """
    import numpy as np, warnings
    warnings.simplefilter("ignore")
    from polyagamma import PolyaGammaLogistic
    def tell(progress):
        if progress.sweeps == 1:
            print("begun", flush=True)
            input()
    idata = PolyaGammaLogistic([[0.0], [1.0], [2.0]], [0, 1, 1]).sample(50, tune=4, chains=1, callback=tell)
    print(idata.posterior.sizes["draw"], flush=True)
"""


@pytest.mark.slow  # which starts a process
def test_run_of_a_process_that_ignores_ctrl_c_from_its_start():
    """As under nohup, and for jobs that a shell starts in the background."""
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(IN_BACKGROUND)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
    ) as process:
        assert process.stdout.readline() == "begun\n"
        process.send_signal(signal.SIGINT)
        assert process.communicate("\n", timeout=60)[0] == "50\n"


# ---- errors that refuse attributes, or to say what they are


@dataclass(frozen=True)
class Frozen(Exception):
    why: str


class Slotted(Exception):
    __slots__ = ("why",)


class ReadOnly(Exception):
    def __setattr__(self, name, value):
        raise TypeError("this error is read-only")


class Mute(Exception):
    def __str__(self):
        raise ValueError("nothing to say")


class WithNotes(Exception):
    def add_note(self, _note):
        raise TypeError("no notes")


class Base(BaseException):
    pass


ERRORS = {
    "plain": RuntimeError("oops"),
    "frozen": Frozen("oops"),
    "slotted": Slotted("oops"),
    "read-only": ReadOnly("oops"),
    "mute": Mute(),
    "without notes": WithNotes("oops"),
    "base": Base("oops"),
    "exit": SystemExit(3),
    "keyboard": KeyboardInterrupt(),
    "stop": StopIteration(),
    "group": ExceptionGroup("two", [ValueError("one"), TypeError("two")]),
    "warning": UserWarning("oops"),
    "os": OSError(28, "No space left on device"),
}


@PLACES
@pytest.mark.parametrize("kind", mostly_slow(ERRORS, "plain", "frozen", "keyboard", "os"))
def test_errors_of_every_class_stay_what_they_are_and_carry_the_draws(tmp_path, kind, place):
    def fail(progress):
        if progress.draws >= 9:
            raise ERRORS[kind]

    with pytest.raises(type(ERRORS[kind])) as caught:
        MODEL.sample(10**6, **SETTINGS, **place_of(place, tmp_path), callback=fail)
    error = caught.value
    assert error is ERRORS[kind]
    draws = error.idata.posterior.sizes["draw"]
    assert draws >= 9
    assert error.__notes__[-1].startswith(f"The {draws} draws of each chain made before are a trace")
    assert error.idata.attrs["error"].startswith(type(error).__name__)


def test_a_fault_in_keeping_the_draws_does_not_hide_the_error(monkeypatch):
    def fail(progress):
        if progress.draws >= 9:
            raise ReadOnly("oops")

    monkeypatch.setattr(trace, "to_trace", lambda *_: 1 / 0)
    with pytest.raises(ReadOnly, match="oops") as caught:
        MODEL.sample(10**6, **SETTINGS, callback=fail)
    assert "could not be kept: ZeroDivisionError" in caught.value.__notes__[-1]


class Failing(RationalQuadratic):
    """A kernel of the user's, of which the core asks by calls, and which fails after some of them."""

    calls, error = 10**9, None

    def __call__(self, X, Y=None, eval_gradient=False):
        Failing.calls -= 1
        if Failing.calls < 0:
            raise Failing.error
        return super().__call__(X, Y, eval_gradient)


@pytest.fixture
def fails_after():
    def after(calls, error):
        Failing.calls, Failing.error = calls, error

    yield after
    Failing.calls = 10**9


ROWS, LABELS = np.random.default_rng(1).standard_normal((24, 2)), np.arange(24) % 2
FORMS = {"full": {}, "fitc": {"inducing": 5}, "classes": {}}


def process(form, **options):
    labels = np.arange(24) % 3 if form == "classes" else LABELS
    return PolyaGammaGP(ROWS, labels, Failing(), **FORMS[form], **options)


@pytest.mark.parametrize(
    ("kind", "form", "place"),
    [(kind, form, "memory") for kind in ERRORS for form in FORMS]
    + [(kind, "full", "disk") for kind in ("frozen", "os", "base")],
)
def test_errors_of_kernels_stay_what_they_are_and_carry_the_draws(tmp_path, fails_after, kind, form, place):
    model = process(form)
    fails_after(500, ERRORS[kind])
    with pytest.raises(type(ERRORS[kind])) as caught:
        model.sample(10**5, **SETTINGS, **place_of(place, tmp_path))
    assert caught.value is ERRORS[kind]
    assert caught.value.idata.posterior.sizes["draw"] > 0


@pytest.mark.parametrize("kind", mostly_slow(["plain", "frozen", "read-only", "keyboard"], "frozen"))
def test_errors_of_kernels_before_the_first_draw_and_in_a_resumed_run(tmp_path, fails_after, kind):
    error = ERRORS[kind]
    sampled, fixed = process("full"), process("full", sample_kernel=False)
    fixed.sample(3, **SETTINGS, checkpoint=tmp_path / "fixed")
    sampled.sample(3, **SETTINGS, checkpoint=tmp_path / "sampled")
    for use in (
        lambda: fixed.sample(3, **SETTINGS),
        lambda: sampled.sample(3, **SETTINGS),
        lambda: fixed.resume(tmp_path / "fixed", draws=5, progressbar=False),
        lambda: sampled.resume(tmp_path / "sampled", draws=5, progressbar=False),
    ):
        fails_after(0, error)
        with pytest.raises(type(error)) as caught:
            use()
        assert caught.value is error


# ---- draws of many sweeps


def each_sweep_takes(monkeypatch, seconds):
    run = CoreChains.run

    def slow(chains, sweeps, out=None):
        time.sleep(seconds * sweeps)
        run(chains, sweeps, out)

    monkeypatch.setattr(CoreChains, "run", slow)


@PLACES
@pytest.mark.parametrize("thin", [3, 50, 20_000, 10**6])
def test_ctrl_c_is_answered_however_many_sweeps_a_draw_takes(monkeypatch, tmp_path, thin, place):
    """Sweeps of a millisecond: a draw of 20,000 takes twenty seconds."""
    each_sweep_takes(monkeypatch, 1e-3)
    timer, sent = threading.Timer(0.2, lambda: [sent.append(time.monotonic()), press_ctrl_c()]), []

    def begin(progress):
        if not timer.ident and (progress.draws > 0 or thin >= 20_000):
            timer.start()

    options = SETTINGS | place_of(place, tmp_path)
    try:
        idata = MODEL.sample(10**4, thin=thin, **options, callback=begin)
        assert idata.attrs["interrupted"] == 1
    except KeyboardInterrupt:
        assert thin >= 20_000  # before the first draw
    assert time.monotonic() - sent[0] < 1.0


@PLACES
@pytest.mark.parametrize(
    "kind",
    mostly_slow(
        [
            "logistic",
            "ridge",
            "counts gamma",
            "counts known",
            "gp",
            "fitc",
            "classes",
            "hilbert fixed",
            "sequential",
        ],
        "logistic",
        "counts gamma",
        "fitc",
    ),
)
def test_a_run_that_ends_within_a_draw_goes_on_to_the_same_bits(monkeypatch, tmp_path, kind, place):
    """Rounds of at most 3 sweeps, draws of 7: it ends 2 sweeps after the second draw."""
    names = None if kind in ("classes", "sequential") else [*MODELS[kind]._specification.parameters, "omega"]
    settings = SETTINGS | {"thin": 7, "var_names": names}
    whole = MODELS[kind].sample(6, **settings)
    monkeypatch.setattr("polyagamma.mcmc.rounds.ROUND_SWEEPS", 3)
    last = []

    def stop(progress):
        last.append(progress)
        return progress.draws == 2 and progress.sweeps > 4 + 14

    first = MODELS[kind].sample(6, **settings, **place_of(place, tmp_path), callback=stop)
    assert first.posterior.sizes["draw"] == 2
    assert 18 < last[-1].sweeps < 25
    longer = MODELS[kind].extend(first, 4, progressbar=False)
    assert longer.posterior.equals(whole.posterior)
    if place == "disk":
        assert MODELS[kind].resume(tmp_path / "run", progressbar=False).posterior.equals(whole.posterior)
