"""Installing coding agents into the user's cache folder, from where boxes get them read-only."""

import json
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from autolab.agents.coding.programs import PROGRAMS, Program
from autolab.errors import AgentError
from autolab.measure.cache import cache_folder

PYTHON = "/usr/bin/python3"
"""Boxes see /usr only, so a program's environment stands on this one."""

_RECORD = "installed.json"


@dataclass(frozen=True)
class Installed:
    """A program in its folder."""

    program: Program
    folder: Path
    version: str

    @property
    def file(self) -> str:
        """What is run, relative to the folder."""
        return str(_marker(self.program, self.folder).relative_to(self.folder))


def default_folder() -> Path:
    """Where programs are installed."""
    return cache_folder() / "coding-agents"


def known(name: str) -> Program:
    """A program by its name. AgentError names those there are."""
    if name not in PROGRAMS:
        raise AgentError(f"no coding agent {name!r}: there are {', '.join(PROGRAMS)}; any other runs as command:WORDS")
    return PROGRAMS[name]


def installed(program: Program, folder: Path | None = None) -> Installed | None:
    """The program as it lies in the folder, None if it does not."""
    where = (folder or default_folder()) / program.name
    try:
        version = json.loads((where / _RECORD).read_text(encoding="utf-8"))["version"]
    except (OSError, ValueError, KeyError):
        return None
    return Installed(program, where, version) if any(where.glob(program.marker)) else None


def install(program: Program, version: str = "", folder: Path | None = None) -> Installed:
    """Installs a version (`""`: the newest), whole or not at all, in place of what was there. AgentError says what failed."""
    where = folder or default_folder()
    where.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{program.name}-", dir=where) as draft_name:
        draft = Path(draft_name) / program.name
        draft.mkdir(mode=0o755)
        found = _from_npm(program, version, draft) if program.source == "npm" else _from_pypi(program, version, draft)
        _marker(program, draft)
        (draft / _RECORD).write_text(json.dumps({"package": program.package, "version": found}), encoding="utf-8")
        _readable(draft)
        shutil.rmtree(where / program.name, ignore_errors=True)
        draft.rename(where / program.name)
    return Installed(program, where / program.name, found)


def _from_npm(program: Program, version: str, folder: Path) -> str:
    wanted = f"{program.package}@{version}" if version else program.package
    # no scripts of packages run: what they would fetch or build is not needed
    _run(program, "npm", "install", "--prefix", str(folder), "--ignore-scripts", "--no-fund", "--no-audit", wanted)
    package = json.loads((folder / "node_modules" / program.package / "package.json").read_text(encoding="utf-8"))
    return str(package["version"])


def _from_pypi(program: Program, version: str, folder: Path) -> str:
    wanted = f"{program.package}=={version}" if version else program.package
    python = str(folder / "bin/python")
    _run(program, PYTHON, "-m", "venv", str(folder))
    _run(program, python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wanted)
    code = f"import importlib.metadata as m; print(m.version({program.package!r}))"
    return _run(program, python, "-c", code).strip()


def _run(program: Program, *argv: str) -> str:
    try:
        done = subprocess.run(argv, capture_output=True, text=True, stdin=subprocess.DEVNULL, cwd="/")
    except OSError as error:
        raise AgentError(f"{program.name}: {argv[0]} cannot be run ({error.strerror}); install it first") from error
    if done.returncode != 0:
        last = " ".join((done.stderr or done.stdout).strip().splitlines()[-3:])[:400]
        raise AgentError(f"{program.name}: {' '.join(argv[:3])}... failed with exit code {done.returncode}: {last}")
    return done.stdout


def _marker(program: Program, folder: Path) -> Path:
    found = next(folder.glob(program.marker), None)
    if found is None:
        raise AgentError(f"{program.name}: {program.package} was installed, but has no {program.marker}; give another version: {program.name}==VERSION")
    return found


def _readable(folder: Path) -> None:
    """A box's uid must be able to read and run it, whatever the umask was."""
    for base, _, files in os.walk(folder):
        for path in (Path(base), *(Path(base) / name for name in files)):
            if not path.is_symlink():
                mode = path.stat().st_mode
                path.chmod(mode | 0o444 | (0o111 if path.is_dir() or mode & 0o100 else 0))
