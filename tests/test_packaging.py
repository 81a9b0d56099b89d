"""What is installed is what lies in the folders, and nothing more."""
from __future__ import annotations

import fnmatch
import importlib
import subprocess
import sys
import tomllib
from pathlib import Path

import simcore

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
FOLDERS = {"simcore": "simcore"} | {f"simcore.{name}": name for name in ("cli", "models", "reports", "examples")}


def packages_in_folders() -> dict[str, str]:
    """Dotted name to folder of everything that holds Python modules (and the examples)."""
    found = {}
    for name, folder in FOLDERS.items():
        found[name] = folder
        for init in (ROOT / folder).rglob("__init__.py"):
            below = init.parent.relative_to(ROOT / folder)
            if name != "simcore" and below.parts:
                found[".".join((name, *below.parts))] = f"{folder}/{below.as_posix()}"
    return found


def test_the_list_of_packages_is_complete() -> None:
    tool = PROJECT["tool"]["setuptools"]
    assert tool["package-dir"] == packages_in_folders()
    assert sorted(tool["packages"]) == sorted(packages_in_folders())


def test_the_links_show_the_tree_as_it_is_imported() -> None:
    for folder in FOLDERS.values():
        if folder != "simcore":
            assert (ROOT / "simcore" / folder).readlink() == Path("..") / folder


def test_every_data_file_is_packaged() -> None:
    """Files beside the modules are installed: templates, schemas, styles, the type marker."""
    patterns = PROJECT["tool"]["setuptools"]["package-data"]
    files = [
        path.relative_to(ROOT)
        for folder in FOLDERS.values()
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    ]
    folder_of = {name: Path(folder) for name, folder in packages_in_folders().items()}
    missing = []
    for file in files:
        if file.suffix == ".py":
            continue
        owner = max((n for n, f in folder_of.items() if file.is_relative_to(f)), key=lambda n: len(folder_of[n].parts))
        inside = file.relative_to(folder_of[owner]).as_posix()
        if not any(fnmatch.fnmatch(inside, pattern) for pattern in patterns.get(owner, ())):
            missing.append(str(file))
    assert not missing


def test_the_version_is_the_same_everywhere() -> None:
    assert PROJECT["project"]["version"] == simcore.__version__
    first_heading = next(
        line for line in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").splitlines() if line.startswith("## ")
    )
    assert simcore.__version__ in first_heading


def test_public_names_are_sorted_complete_and_importable() -> None:
    assert simcore.__all__ == sorted(simcore.__all__)
    for name in simcore.__all__:
        assert getattr(simcore, name) is not None
    assert set(simcore.__all__) <= set(dir(simcore))


def test_the_command_exists() -> None:
    module, function = PROJECT["project"]["scripts"]["simcore"].split(":")
    assert callable(getattr(importlib.import_module(module), function))


def test_the_type_checker_knows_which_modules_are_compiled() -> None:
    (compiled,) = (o["module"] for o in PROJECT["tool"]["mypy"]["overrides"] if "simcore.jit" in o["module"])
    assert compiled == ["simcore.jit", *sorted(f"simcore.{path.stem}" for path in (ROOT / "simcore").glob("kernel_*.py"))]


def test_no_upper_bounds_on_dependencies() -> None:
    project = PROJECT["project"]
    wanted = [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]
    assert not [one for one in wanted if "<" in one or "==" in one or "~=" in one]


def test_nothing_optional_is_needed_to_import_any_module() -> None:
    """Extras are absent for most users: every module must import without them."""
    blocked = ("mpxj", "jpype", "pandas", "playwright", "hypothesis")
    modules = [
        ".".join((name, path.stem)) if path.stem != "__init__" else name
        for name, folder in packages_in_folders().items()
        for path in sorted((ROOT / folder).glob("*.py"))
    ]
    code = (
        "import sys, importlib\n"
        f"sys.modules.update(dict.fromkeys({blocked}))\n"
        f"for name in {modules}:\n    importlib.import_module(name)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
