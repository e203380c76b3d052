"""What the examples' command lines have in common."""

import argparse
from pathlib import Path


def output_folder(description, default):
    """The folder to write to, made if need be: the only argument."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "folder", nargs="?", type=Path, default=default, help="where to write (default: %(default)s)"
    )
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    return folder
