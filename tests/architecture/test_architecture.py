"""The structure of the code, as a test."""

import ast
import importlib
import os
import pkgutil
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from django.core.checks import run_checks

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("annotations", "training", "platform")
# About 300 is the aim; past this a file surely holds two things.
LONGEST_FILE = 400
# Registries that are run over, each by a contract test of its own.
REGISTRIES = {
    "READERS": "annotations.images.readers",
    "CONSENSUS_METHODS": "annotations.crowdsourcing.consensus",
    "ACQUISITIONS": "training.acquisition",
    "BASINS": "training.decoding",
    "CLICKERS": "training.assist.clickers",
    "METRICS": "training.metrics",
    "NETWORKS": "training.ml.networks",
    "PRESETS": "training.ml.presets",
    "PRETEXTS": "training.ml.pretraining",
    "LOSSES": "training.ml.losses",
    "TASK_KINDS": "training.ml.kinds",
    "HEADS": "training.ml.heads",
    "EXPORTS": "training.ml.export",
    "DOCTOR_CHECKS": "training.doctor",
    "FAMILIES": "training.measurements",
    "FORMATS": "training.serving.formats",
    "UNCERTAINTY": "training.ml.uncertainty",
}


def python_files(*folders: str):
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts and "node_modules" not in path.parts:
                yield path


def run(*arguments: str, path: str = "") -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_import_contracts_hold():
    code = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"

    done = run("-c", code, path=os.pathsep.join([str(ROOT), str(ROOT / "platform")]))

    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


def test_the_import_contracts_name_all_capabilities():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = [row for row in contracts["contracts"] if row.get("containers") == ["annotations"]]
    named = set(layers[0]["layers"])
    found = {path.parent.name for path in (ROOT / "annotations").glob("*/__init__.py")}

    assert found - named <= {"management", "migrations"}


@pytest.mark.slow
def test_the_web_process_never_loads_torch():
    code = (
        "import sys; import config.wsgi; from django.urls import get_resolver; "
        "get_resolver().url_patterns; import config.urls, annotations.tasks, training.tasks; "
        "heavy = {'torch', 'monai'} & set(sys.modules); sys.exit(str(heavy) if heavy else 0)"
    )

    done = run("-c", code, path=os.pathsep.join([str(ROOT), str(ROOT / "platform")]))

    assert done.returncode == 0, done.stderr[-2000:]


def test_pythons_own_platform_module_is_not_shadowed():
    done = run("-c", "import platform; print(platform.system())")

    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_platform_is_a_source_root_and_no_package():
    assert not (ROOT / "platform" / "__init__.py").exists()
    assert list((ROOT / "platform").glob("*.py")) == []


def test_the_top_level_is_as_agreed():
    allowed = {"annotations", "training", "platform", "tests"}
    holders = {path.parent.name for path in ROOT.glob("*/*.py")}

    assert holders - {".ci", ".venv"} <= allowed
    assert [path.name for path in ROOT.glob("*.py")] == ["manage.py"]


def test_files_stay_readable():
    long = {
        str(path.relative_to(ROOT)): count
        for path in python_files(*SOURCES)
        if (count := len(path.read_text().splitlines())) > LONGEST_FILE
    }

    assert long == {}


@pytest.mark.slow
@pytest.mark.parametrize("word", ["TODO", "FIXME", "XXX", "raise NotImplementedError"])
def test_nothing_is_left_for_later(word):
    found = [
        str(path.relative_to(ROOT))
        for path in python_files(*SOURCES)
        if re.search(rf"\b{word}\b", path.read_text())
    ]

    assert found == []


def test_django_finds_nothing_wrong():
    assert run_checks() == []


@pytest.mark.slow
def test_imports_are_at_the_top():
    late = []
    for path in python_files(*SOURCES):
        if path.parent == ROOT / "training" / "engine":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and any(
                isinstance(part, ast.Import | ast.ImportFrom) for part in ast.walk(node)
            ):
                late.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}")
    assert late == []


@pytest.mark.parametrize("name", REGISTRIES)
def test_every_registry_is_a_literal_dict_with_a_contract_test(name):
    module = importlib.import_module(REGISTRIES[name])
    source = Path(str(module.__file__)).read_text()
    literals = [
        node
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Dict)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name) and target.id == name
    ]
    tests = [path for path in python_files("tests") if name in path.read_text()]

    assert len(literals) == 1, f"{name} is not written as one literal dict in {module.__name__}"
    assert getattr(module, name), f"{name} is empty"
    assert [path for path in tests if path != Path(__file__)], f"no test runs over {name}"


def test_no_registry_is_forgotten():
    found = set()
    for path in python_files(*SOURCES):
        if path.name != "__init__.py":
            continue
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                is_dict = ast.unparse(node.annotation).startswith("dict[str,")
                if is_dict and node.target.id.isupper():
                    found.add(node.target.id)

    assert found - set(REGISTRIES) == set()


def test_every_module_can_be_imported():
    broken = []
    for root in ("annotations", "core", "config"):
        package = importlib.import_module(root)
        for module in pkgutil.walk_packages(package.__path__, f"{root}."):
            try:
                importlib.import_module(module.name)
            except ImportError as error:
                broken.append(f"{module.name}: {error}")
    assert broken == []
