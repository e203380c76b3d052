"""Every block of Python in README.md and docs/*.md runs, page by page, each in a folder of its own."""

import re
import warnings
from pathlib import Path

import matplotlib as mpl
import pytest

mpl.use("Agg")
ROOT = Path(__file__).parents[1]
FILES = [ROOT / "README.md", *ROOT.glob("docs/*.md")]
PAGES = sorted(
    str(page.relative_to(ROOT)) for page in FILES if "```python" in page.read_text(encoding="utf-8")
)
LONG = ("docs/gaussian_process.md", "docs/pymc.md", "docs/scikit_learn.md")  # among the slow tests
NEEDS = {"docs/bambi.md": "bambi"}  # which cannot be installed beside the extra `formula`


def blocks(page):
    """The blocks of a page, each behind as many empty lines as make its line numbers those of the page."""
    text = (ROOT / page).read_text(encoding="utf-8")
    for found in re.finditer(r"^```python\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE):
        yield "\n" * text[: found.start(1)].count("\n") + found[1]


@pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")
@pytest.mark.parametrize(
    "page", [pytest.param(page, marks=pytest.mark.slow if page in LONG else []) for page in PAGES]
)
def test_code_of_a_page_runs(page, tmp_path, monkeypatch):
    if page in NEEDS:
        warnings.simplefilter("ignore")  # of bambi's own dependencies, in whatever version
        pytest.importorskip(NEEDS[page])
    monkeypatch.chdir(tmp_path)
    names = {"__name__": "__main__"}
    for block in blocks(page):
        exec(compile(block, ROOT / page, "exec"), names)


def test_no_block_is_missed():
    for page in PAGES:
        fences = [
            line for line in (ROOT / page).read_text(encoding="utf-8").splitlines() if "```python" in line
        ]
        assert len(list(blocks(page))) == len(fences)
    assert {"README.md", "docs/runs.md", "docs/first_model.md"} <= set(PAGES)
