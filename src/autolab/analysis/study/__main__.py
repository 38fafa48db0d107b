"""`python -m autolab.analysis.study`: packs the study's runs, and writes its page from what was packed."""

import argparse
import sys
from pathlib import Path

from autolab.analysis.study.archive import pack, unpacked
from autolab.analysis.study.page import CONTROLS, page
from autolab.errors import AutolabError

QUICK = " **This is the quick form: too small to tell anything.**"


def main() -> int:
    """Exit code 2, with one line, for what a person can mend."""
    words = argparse.ArgumentParser(prog="python -m autolab.analysis.study")
    words.add_argument("archive", type=Path, help="ledgers.tar.xz")
    words.add_argument("page", type=Path, help="the Markdown file to write")
    words.add_argument("--pack", type=Path, metavar="RUNS", help="make the archive from the runs in this folder first")
    words.add_argument("--quick", action="store_true", help="say in the page that it is the quick form")
    given = words.parse_args()
    try:
        if given.pack is not None:
            pack([each for each in given.pack.iterdir() if (each / "trials").is_dir()], given.archive, (CONTROLS,))
        with unpacked(given.archive) as folder:
            given.page.write_text(page(folder, QUICK if given.quick else ""))
    except (AutolabError, OSError) as error:
        print(f"study: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
