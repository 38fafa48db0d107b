"""Size of a core installation: a fresh virtual environment with pip, autolab-bench and what it needs.

    python benchmarks/install_size.py [--json]

Allocated disk blocks of the whole folder, as `du` counts them, bytecode included. Needs a package index.
The promise: at most 160 MB.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

TARGET_MB = 160
ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = install_in(Path(folder) / "venv")
        total = round(megabytes(place), 1)
        sizes = {entry.name: round(megabytes(entry), 1) for entry in next(place.glob("lib/python*/site-packages")).iterdir()}
    largest = dict(sorted(sizes.items(), key=lambda item: -item[1])[:5])
    if options.json:
        print(json.dumps({"install_mb": total, "target_mb": TARGET_MB, "largest_mb": largest}))
    else:
        parts = ", ".join(f"{name} {size:.0f}" for name, size in largest.items())
        print(f"core install  {total} MB  (target: {TARGET_MB}; largest: {parts})")


def install_in(place: Path) -> Path:
    """Makes the environment as scripts/setup --core does, except that it is not editable."""
    venv.create(place, with_pip=True)
    install = [place / "bin" / "python", "-m", "pip", "install", "--quiet", "--quiet", "--disable-pip-version-check", ROOT]
    subprocess.run(install, check=True, stdout=sys.stderr)
    return place


def megabytes(entry: Path) -> float:
    """MB (1e6 bytes) on disk; links are not followed."""
    files = [entry, *entry.rglob("*")] if entry.is_dir() else [entry]
    return sum(file.lstat().st_blocks * 512 for file in files) / 1e6


if __name__ == "__main__":
    main()
