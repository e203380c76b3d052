"""Checks that includes of the core go one way: to the same room or to one below, never in a circle."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

CORE = Path(__file__).parent.parent / "csrc"
ROOMS = (  # from below upwards
    "math",  # elementary functions
    "simd",  # the tables of vector loops, and the choice of one
    "parallel",  # threads
    "random",  # streams, normals
    "pg",  # the Pólya-gamma distribution
    "simd/levels",  # the vector loops themselves, compiled once for each instruction set
    "linalg",  # dense matrices, panels, designs
    "likelihood",  # what was observed in rows
    "terms",  # parts of linear predictors, and their priors
    "vi",  # modes and other deterministic approximations
    "mcmc",  # updates, schedules, warm-up, chains
    "tests",
)
INCLUDE = re.compile(r'^#include "([^"]+)"', re.MULTILINE)


def room(path: Path) -> int:
    """Return the floor that a file of the core is on."""
    folder = path.relative_to(CORE).parent.as_posix()
    matches = [floor for floor, name in enumerate(ROOMS) if (folder + "/").startswith(name + "/")]
    if not matches:
        raise SystemExit(f"csrc/{folder} is in no room: add it to ROOMS in .ci/check_includes.py")
    return max(matches, key=lambda floor: len(ROOMS[floor]))


def includes(path: Path) -> list[Path]:
    """Return the files of the core that a file includes."""
    return [CORE / name for name in INCLUDE.findall(path.read_text(encoding="utf-8"))]


def upward(files: list[Path]) -> Iterator[str]:
    """Yield includes of a file in a room above."""
    for path in files:
        for included in includes(path):
            if room(included) > room(path):
                yield f"{path.relative_to(CORE)} includes {included.relative_to(CORE)}, which is above it"


def circles(files: list[Path]) -> Iterator[str]:
    """Yield circles of includes."""
    done: set[Path] = set()

    def visit(path: Path, way: list[Path]) -> Iterator[str]:
        if path in way:
            yield " -> ".join(str(step.relative_to(CORE)) for step in [*way[way.index(path) :], path])
        elif path not in done:
            for included in includes(path):
                yield from visit(included, [*way, path])
            done.add(path)

    for path in files:
        yield from visit(path, [])


def main() -> None:
    """Exit with a list of what is wrong, if anything is."""
    files = [path for ending in ("*.hpp", "*.cpp") for path in sorted(CORE.rglob(ending))]
    wrong = [*upward(files), *circles(files)]
    if wrong:
        sys.exit("\n".join(wrong))
    print(f"{len(files)} files in {len(ROOMS)} rooms: includes go one way")


if __name__ == "__main__":
    main()
