"""Digests of the draws, statistics and states of every kind of model: whether a change keeps every bit.

    python tests/reference/digests.py record before     # at the commit before: makes before.json and before/
    python tests/reference/digests.py compare before    # after the change, on the same machine

BLAS and libm round differently on other machines, so what is recorded holds for one. Besides digests,
`record` keeps a run on disk of each kind, which `compare` resumes: it must end like the unbroken one.
"""

import argparse
import hashlib
import json
import shutil
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))

from every_model import KERNEL, KINDS
from sklearn.gaussian_process.kernels import RBF

from polyagamma import HilbertBasis, PolyaGammaGP, PolyaGammaLogistic

RNG = np.random.default_rng(1)
LARGE_X = RNG.standard_normal((6000, 7))
LARGE_Y = (RNG.random(6000) < 0.4).astype(int)
COARSE_X = RNG.integers(0, 4, (3000, 3)).astype(float)  # rows that repeat
GP_X = RNG.standard_normal((150, 2))
GP_Y = (RNG.random(150) < 0.5).astype(int)
ALL = ("auto", "gibbs", "hmc")
LARGE = {
    "logistic of 6000 rows": (lambda: PolyaGammaLogistic(LARGE_X, LARGE_Y), ALL),
    "logistic of merged rows": (lambda: PolyaGammaLogistic(COARSE_X, LARGE_Y[:3000]), ALL),
    "gp of 150 rows": (lambda: PolyaGammaGP(GP_X, GP_Y, KERNEL), ("auto",)),
    "gp fixed of 150 rows": (lambda: PolyaGammaGP(GP_X, GP_Y, KERNEL, sample_kernel=False), ("auto",)),
    "fitc of 3000 rows": (
        lambda: PolyaGammaGP(LARGE_X[:3000, :2], LARGE_Y[:3000], 2.0 * RBF(1.0), inducing=12),
        ("auto",),
    ),
    "hilbert of 3000 rows": (
        lambda: PolyaGammaGP(LARGE_X[:3000, :1], LARGE_Y[:3000], 2.0 * RBF(1.0), inducing=HilbertBasis(9)),
        ("auto",),
    ),
}
RUNS = {(name, kernel): make for name, (make, kernels) in (KINDS | LARGE).items() for kernel in kernels}
SETTINGS = {"tune": 45, "chains": 3, "random_seed": 7, "progressbar": False}
DRAWS, FIRST = 14, 6


def digest(arrays):
    """Return a digest of named arrays."""
    whole = hashlib.blake2b(digest_size=12)
    for name in sorted(arrays):
        whole.update(name.encode())
        whole.update(np.ascontiguousarray(arrays[name]).tobytes())
    return whole.hexdigest()


def groups(idata):
    """Return digests of the groups that chains decide, and of their saved state."""
    found = {
        group: digest({str(name): array.to_numpy() for name, array in idata[group].data_vars.items()})
        for group in ("posterior", "sample_stats", "sampler_state")
    }
    meta = json.loads(idata["sampler_state"].attrs["meta"])
    found["generators"] = hashlib.blake2b(json.dumps(meta["generators"]).encode(), digest_size=12).hexdigest()
    return found


def all_digests():
    """Return digests of every kind of model, transition kernel and number of threads."""
    found = {}
    for (name, kernel), make in RUNS.items():
        for cores in (1, 2, 3):
            idata = make().sample(DRAWS, kernel=kernel, cores=cores, **SETTINGS)
            found[f"{name} / {kernel} / {cores}"] = groups(idata)
    return found


def place(folder, name, kernel):
    """Return the folder of a run on disk."""
    return folder / f"{name} {kernel}".replace(" ", "_")


def record(target):
    """Write digests, and runs on disk that have not all their draws yet."""
    target.with_suffix(".json").write_text(json.dumps(all_digests(), indent=1))
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for (name, kernel), make in RUNS.items():
        make().sample(
            FIRST, kernel=kernel, cores=2, checkpoint=place(target, name, kernel), every=3, **SETTINGS
        )


def compare(target, ignore):
    """Return what differs: (run, group) pairs."""
    before, now = json.loads(target.with_suffix(".json").read_text()), all_digests()
    differ = [
        (run, group) for run in before for group in before[run] if before[run][group] != now[run][group]
    ]
    with tempfile.TemporaryDirectory() as scratch:
        runs = Path(shutil.copytree(target, Path(scratch) / "runs"))
        for (name, kernel), make in RUNS.items():
            if f"{name} / {kernel} / 1" not in before:
                continue  # a kind that there was not
            try:
                idata = make().resume(place(runs, name, kernel), draws=DRAWS, progressbar=False)
                resumed = groups(idata)["posterior"]
            except Exception as error:
                resumed = f"{type(error).__name__}: {error}"
            if resumed != before[f"{name} / {kernel} / 1"]["posterior"]:
                differ.append((f"{name} / {kernel}", f"resumed: {resumed}"))
    return [(run, group) for run, group in differ if run.split(" / ")[0] not in ignore]


def main():
    """Record or compare."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("record", "compare"))
    parser.add_argument("target", type=Path)
    parser.add_argument(
        "--ignore", action="append", default=[], metavar="KIND", help="a kind meant to change"
    )
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    if arguments.what == "record":
        return record(arguments.target)
    differ = compare(arguments.target, arguments.ignore)
    for run, group in differ:
        print(f"differs: {run}: {group}")
    print(f"{len(differ)} differences in at most {len(RUNS) * 3} runs, and {len(RUNS)} resumed")
    sys.exit(bool(differ))


if __name__ == "__main__":
    main()
