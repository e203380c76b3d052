"""Files beside the package that repeat what pyproject.toml says."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = SETTINGS["project"]


def names_and_bounds(requirements):
    """Return requirements, however spaced."""
    return {re.sub(r"\s", "", one) for one in requirements}


def test_recipe_of_conda_has_the_version_and_the_requirements():
    recipe = (ROOT / "recipe" / "recipe.yaml").read_text(encoding="utf-8")
    assert f'version: "{PROJECT["version"]}"' in recipe
    run = re.search(r"^  run:\n    - python\n((?:    - .*\n)+)", recipe, flags=re.MULTILINE)[1]
    listed = [line.strip().removeprefix("- ") for line in run.splitlines()]
    assert names_and_bounds(listed) == names_and_bounds(PROJECT["dependencies"])


def test_citation_names_the_authors():
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    for author in PROJECT["authors"]:
        assert f"- name: {author['name']}" in citation
    assert f"license: {PROJECT['license']}" in citation


def test_wheels_are_built_for_every_python_that_is_promised():
    built = SETTINGS["tool"]["cibuildwheel"]["build"]
    promised = [one.rpartition(" ")[2] for one in PROJECT["classifiers"] if "Python :: 3." in one]
    assert {f"cp{version.replace('.', '')}-*" for version in promised} <= set(built)
