"""The page on Gaussian processes runs as printed, and the examples draw their pictures."""

import re
import runpy
from pathlib import Path

import matplotlib as mpl
import pytest

mpl.use("agg")
pytestmark = pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")  # short runs
ROOT = Path(__file__).parents[1]
EXAMPLES = {"gp_banana": "banana.png", "gp_curves": "curves.png"}


def test_code_of_the_page_runs():
    page = (ROOT / "docs" / "gaussian_process.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL)
    assert len(blocks) == 4
    names = {}
    for block in blocks:
        exec(compile(block, "gaussian_process.md", "exec"), names)
    assert names["model"].kernel_parameters == ["constant_value", "length_scale"]
    assert set(names["idata"].predictions) == {"f", "probability"}


@pytest.mark.slow
@pytest.mark.parametrize("example", EXAMPLES)
def test_examples_draw_their_picture(example, monkeypatch, tmp_path):
    monkeypatch.setattr("sys.argv", [example, str(tmp_path)])
    runpy.run_path(str(ROOT / "examples" / f"{example}.py"), run_name="__main__")
    assert (tmp_path / EXAMPLES[example]).stat().st_size > 20_000
