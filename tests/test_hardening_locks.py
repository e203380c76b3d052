"""One run at a time works on a folder, and only where it can write."""

import errno
import os
import subprocess
import sys
import textwrap

import numpy as np
import pytest
from stored_run import MODEL, SETTINGS, WHOLE, assert_goes_on

from polyagamma import ResumeError
from polyagamma.mcmc import folder_backend as folder
from polyagamma.mcmc import folder_lock

pytestmark = pytest.mark.filterwarnings("ignore::polyagamma.SamplingWarning")  # short runs


RESUMING = """
    import sys, warnings
    import numpy as np
    warnings.simplefilter("ignore")
    sys.path.insert(0, sys.argv[2])
    from every_model import X, Y
    from polyagamma import PolyaGammaLogistic, ResumeError
    model = PolyaGammaLogistic(X, Y, feature_names=["weight", "height"])
    try:
        print(model.resume(sys.argv[1], draws=20, progressbar=False).posterior.sizes["draw"])
    except ResumeError as error:
        print(error)
"""


def resumed_elsewhere(run):
    script = [sys.executable, "-c", textwrap.dedent(RESUMING), run, os.path.dirname(__file__)]
    return subprocess.run(script, capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.slow  # which starts processes
def test_another_process_cannot_go_on_with_a_run_meanwhile(run):
    found = []

    def resume(progress):
        if not found:
            found.append(resumed_elsewhere(run))
        return progress.draws < 0

    MODEL.resume(run, draws=20, progressbar=False, callback=resume)
    assert found == [f"another run works on {run}: wait until it has ended, or end it"]
    assert resumed_elsewhere(run) == "20"


@pytest.mark.parametrize("first", ["sample", "resume"])
@pytest.mark.parametrize("second", ["sample", "resume"])
def test_runs_of_one_process_lock_each_other_out(run, tmp_path, first, second):
    place = run if first == "resume" else tmp_path / "new"

    def interfere(progress):
        if progress.draws <= 0:
            return
        error = ResumeError if second == "resume" else FileExistsError
        with pytest.raises(error, match="another run works on" if second == "resume" else "exists"):
            begin(second, place)

    def begin(which, path, **options):
        if which == "sample":
            return MODEL.sample(20, **SETTINGS, checkpoint=path, every=5, **options)
        return MODEL.resume(path, draws=20, progressbar=False, **options)

    idata = begin(first, place, callback=interfere)
    np.testing.assert_array_equal(idata.posterior["beta"], WHOLE.posterior["beta"])


def test_two_runs_that_begin_in_one_folder(tmp_path):
    (tmp_path / "run").mkdir()
    with (
        folder_lock.FolderLock(tmp_path / "run"),
        pytest.raises(FileExistsError, match="another run works on"),
    ):
        MODEL.sample(20, **SETTINGS, checkpoint=tmp_path / "run")
    MODEL.sample(5, **SETTINGS, checkpoint=tmp_path / "run")


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, SystemExit])
def test_the_lock_is_released_after_an_error(run, error):
    def fail(_):
        raise error

    with pytest.raises(error):
        MODEL.resume(run, draws=20, progressbar=False, callback=fail)
    assert_goes_on(run)


def test_a_process_forked_meanwhile_does_not_keep_the_lock(run):
    """As of a pool of workers, which have the open files of their parent."""
    lock = folder_lock.FolderLock(run)
    heir = os.dup(lock._file.fileno())
    lock.release()
    assert_goes_on(run)
    os.close(heir)


@pytest.mark.parametrize("code", folder_lock.NO_LOCKS)
def test_file_systems_without_locks(run, monkeypatch, code):
    def refuse(_):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(folder_lock, "_lock", refuse)
    assert_goes_on(run)


@pytest.mark.parametrize("code", [errno.EROFS, errno.EACCES])
def test_folders_that_cannot_be_written_to(run, monkeypatch, code):
    def refuse(path):
        raise OSError(code, os.strerror(code), str(path))

    monkeypatch.setattr(folder, "FolderLock", refuse)
    with pytest.raises(ResumeError, match=r"run cannot be written to .*: allow it, or copy the folder"):
        MODEL.resume(run, progressbar=False)
