"""Stores the first draws of every kind of model in known_model_draws.json.

    python tests/reference/make_known_model_draws.py

Run it when the stream of a model changes on purpose (docs/stream_policy.md).
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from model_stream import RUNS, last_draws

if __name__ == "__main__":
    known = {f"{kind} / {kernel}": last_draws(kind, kernel) for kind, kernel in RUNS}
    target = Path(__file__).with_name("known_model_draws.json")
    target.write_text(json.dumps(known, indent=1) + "\n")
