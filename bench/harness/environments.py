"""Virtual environments of the samplers: made on first use, by uv where it is on the path, else by pip."""

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
REQUIREMENTS = CHECKOUT / "bench" / "peers" / "requirements"
OURS = "polyagamma"


def variables() -> dict[str, str]:
    """Return the environment variables of samplers: PYTHONPATH would mix up packages."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


def contents(name: str) -> str:
    """Return what the environment `name` is made of: pinned packages, or the digest of this checkout."""
    if name == OURS:
        return f"this checkout, sources of SHA-256 {_checkout_digest()[:16]}"
    return " ".join((REQUIREMENTS / f"{name}.txt").read_text().split())


def environment_python(name: str, folder: Path) -> Path:
    """Return the interpreter of the environment `name` in `folder`, which is made or renewed if need be."""
    path = folder / name
    stamp = path / "installed"
    wanted = contents(name)
    python = path / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if not (stamp.exists() and stamp.read_text() == wanted):
        print(f"making the environment {path}", flush=True)
        uv = shutil.which("uv")
        venv.create(path, clear=True, with_pip=uv is None)
        install = [uv, "pip", "install", "--python", python] if uv else [python, "-m", "pip", "install"]
        what = [f"{CHECKOUT}[sklearn]"] if name == OURS else ["-r", REQUIREMENTS / f"{name}.txt"]
        if subprocess.run([*install, "--quiet", *what], check=False).returncode:
            raise SystemExit(f"could not install {name} into {path}: the reason stands above")
        stamp.write_text(wanted)
    return python


def _checkout_digest() -> str:
    """Digest of every file that the installed package is made of."""
    sources = [CHECKOUT / "setup.py", CHECKOUT / "pyproject.toml"]
    for folder in ("csrc", "polyagamma"):
        sources += (CHECKOUT / folder).rglob("*.[chp]*")
    digest = hashlib.sha256()
    for path in sorted(sources):
        generated = path.suffix == ".cpp" and path.with_suffix(".pyx").exists()
        if path.is_file() and path.suffix not in {".pyc", ".so", ".pyd"} and not generated:
            digest.update(path.read_bytes())
    return digest.hexdigest()
