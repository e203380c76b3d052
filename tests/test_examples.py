"""The examples: their command lines, and their pictures."""

import runpy
import sys
from pathlib import Path

import matplotlib as mpl
import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"
PICTURES = {"gp_banana": "banana.png", "gp_curves": "curves.png"}


@pytest.fixture(params=["breast_cancer", "gp_banana", "gp_curves", "two_gaussians"])
def run(request, monkeypatch, tmp_path):
    """Run an example with arguments, as ``python examples/<name>.py ...`` does, and return how it exits."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(EXAMPLES)

    def run_with(*arguments):
        monkeypatch.setattr(sys, "argv", [f"{request.param}.py", *arguments])
        with mpl.rc_context(), pytest.raises(SystemExit) as exit_:
            runpy.run_path(str(EXAMPLES / f"{request.param}.py"), run_name="__main__")
        assert not list(tmp_path.iterdir())
        return exit_.value.code, request.param

    return run_with


def test_help_is_help(run, capsys):
    code, name = run("--help")
    shown = capsys.readouterr().out
    assert code == 0
    assert f"python examples/{name}.py [folder]" in shown
    assert f"where to write (default: {name}" in shown


def test_unknown_options_are_refused(run, capsys):
    assert run("--folder")[0] == 2
    assert "unrecognized arguments: --folder" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")
@pytest.mark.parametrize("example", PICTURES)
def test_pictures(example, monkeypatch, tmp_path):
    mpl.use("agg")
    monkeypatch.setattr(sys, "argv", [f"{example}.py", str(tmp_path)])
    monkeypatch.syspath_prepend(EXAMPLES)
    with mpl.rc_context():
        runpy.run_path(str(EXAMPLES / f"{example}.py"), run_name="__main__")
    assert (tmp_path / PICTURES[example]).stat().st_size > 20_000
