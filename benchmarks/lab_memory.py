"""The most memory that the lab process itself has while it runs a trial, boxes apart."""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TARGET_MB = 150


def peak_mb(process: "subprocess.Popen[bytes]") -> float:
    """The high-water mark of resident memory, read until the process ends."""
    peak = 0
    while process.poll() is None:
        try:
            status = Path(f"/proc/{process.pid}/status").read_text()
        except OSError:
            break
        marks = [int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")]
        peak = max([peak, *marks])
        time.sleep(0.02)
    return peak / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--task", default="flash_attention")
    parser.add_argument("--agent", default="climb")
    parser.add_argument("--experiments", type=int, default=8)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="autolab-") as folder:
        words = ["run", options.task, "-a", options.agent, "--experiments", str(options.experiments), "--out", folder]
        process = subprocess.Popen(
            [sys.executable, "-m", "autolab.cli.main", *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        found = peak_mb(process)
    if process.returncode:
        sys.exit(f"autolab {' '.join(words)} ended with exit code {process.returncode}")
    if options.json:
        print(json.dumps({"lab_memory_mb": round(found, 1), "target_mb": TARGET_MB}))
    else:
        print(f"lab memory: {found:.1f} MB at most (target {TARGET_MB})")


if __name__ == "__main__":
    main()
