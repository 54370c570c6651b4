"""The door for models: registration by name, entry point or module, and the directory built from
it. The built-in models use the same door as everybody else's."""

import importlib
import os
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from importlib.metadata import entry_points
from pathlib import Path

from video_foundry.core.catalogue import Catalogue, ModelEntry, parse_provider
from video_foundry.errors import BadInput, NotFound
from video_foundry.ports.video_model import VideoModelInterface

ENTRY_POINT_GROUP = "video_foundry.models"

AdapterFactory = Callable[[], VideoModelInterface]


@dataclass
class _Registry:
    adapters: dict[str, AdapterFactory] = field(default_factory=dict)
    entries: dict[str, ModelEntry] = field(default_factory=dict)


_REGISTRY = _Registry()


class VideoModelFactory:
    """Where adapters are registered. Registering a name again replaces it."""

    @staticmethod
    def register(
        name: str, adapter: AdapterFactory, *, entry: ModelEntry | None = None
    ) -> AdapterFactory:
        """Make `adapter` (a VideoModelInterface subclass, or a callable that makes one) usable as
        `name`. A class may bring its entry as `catalogue_entry`; without one every parameter goes
        through and the price is unknown."""
        if not name or not name.strip():
            raise BadInput("a model needs a name", field="name")
        if not callable(adapter):
            raise BadInput(f"the adapter of {name!r} cannot be called", field="adapter")
        _REGISTRY.adapters[name] = adapter
        brought: ModelEntry | None = entry or getattr(adapter, "catalogue_entry", None)
        _REGISTRY.entries[name] = (
            replace(brought, id=name) if brought else _plain_entry(name, adapter)
        )
        return adapter

    @staticmethod
    def create(name: str) -> VideoModelInterface:
        """A new adapter of this name. Raises NotFound."""
        if name not in _REGISTRY.adapters:
            known = ", ".join(sorted(_REGISTRY.adapters))
            raise NotFound(f"no adapter is registered as {name!r}; registered: {known}")
        return _REGISTRY.adapters[name]()

    @staticmethod
    def names() -> list[str]:
        """All registered names."""
        return sorted(_REGISTRY.adapters)


def _plain_entry(name: str, adapter: AdapterFactory) -> ModelEntry:
    summary = (adapter.__doc__ or "").strip().split("\n")[0]
    return ModelEntry(
        id=name,
        provider=adapter.__module__.split(".")[0],
        title=name,
        summary=summary,
        idempotency=getattr(adapter, "idempotency", "none"),
        poll_seconds=getattr(adapter, "poll_seconds", 2.0),
        concurrency=getattr(adapter, "concurrency", 4),
    )


def load_provider(folder: Path, adapter_of: Callable[[ModelEntry], AdapterFactory | None]) -> None:
    """Register every model of a provider folder's catalogue; a retired one is listed with the
    reason why it cannot be used, and needs no adapter."""
    document = tomllib.loads((folder / "catalogue.toml").read_text("utf-8"))
    for entry in parse_provider(document):
        adapter = adapter_of(entry) if entry.retired is None else None
        if adapter is not None:
            VideoModelFactory.register(entry.id, adapter, entry=entry)
        elif entry.retired is None:
            raise BadInput(f"{folder.name}: {entry.id} has neither an adapter nor a retirement")
        else:
            _REGISTRY.entries[entry.id] = entry


def load_plugins(modules: Iterable[str]) -> None:
    """Import the modules an administrator named; they register what they bring. Raises BadInput."""
    for name in modules:
        try:
            importlib.import_module(name)
        except Exception as error:
            raise BadInput(
                f"VIDEO_FOUNDRY_PLUGINS names {name!r}, which cannot be imported: {error}",
                field="VIDEO_FOUNDRY_PLUGINS",
                fix="install it into the same environment, or put its folder on PYTHONPATH",
            ) from error


def load_entry_points() -> None:
    """Register adapters of installed packages (group `video_foundry.models`, name = model name)."""
    for point in entry_points(group=ENTRY_POINT_GROUP):
        if point.name not in _REGISTRY.adapters:
            VideoModelFactory.register(point.name, point.load())


class RegisteredModels:
    """The model directory: everything registered when it is made, one adapter a model."""

    def __init__(self, today: date, environment: Mapping[str, str] | None = None) -> None:
        self._environment = os.environ if environment is None else environment
        self._catalogue = Catalogue(_with_dates(_REGISTRY.entries.values(), today))
        self._made: dict[str, VideoModelInterface] = {}

    @property
    def catalogue(self) -> Catalogue:
        """All models."""
        return self._catalogue

    def unavailable(self, entry: ModelEntry) -> str | None:
        """Why a model cannot be used now, with what to do about it; None when it can."""
        if entry.retired is not None:
            return entry.retired
        if entry.env_key and not self._environment.get(entry.env_key, "").strip():
            return f"no key for this model: set {entry.env_key}, or choose {self._keyless()}"
        return None

    def _keyless(self) -> str:
        """Models that anybody can use: the local ones, a simulated one last."""
        local = [e for e in self._catalogue.entries.values() if e.is_local]
        names = sorted(e.id for e in local if not e.is_simulated)
        simulated = sorted(e.id for e in local if e.is_simulated)
        return " or ".join([*names, *simulated[:1]])

    def adapter(self, model_id: str) -> VideoModelInterface:
        """The one shared adapter of a model, made when it is first needed."""
        if model_id not in self._made:
            self._made[model_id] = VideoModelFactory.create(model_id)
        return self._made[model_id]

    async def aclose(self) -> None:
        """Close every adapter that was made."""
        for adapter in self._made.values():
            await adapter.aclose()


def _with_dates(entries: Iterable[ModelEntry], today: date) -> Iterable[ModelEntry]:
    for entry in entries:
        until = entry.available_until
        if entry.retired is None and until is not None and today > until:
            successor = f"; choose {entry.successor}" if entry.successor else ""
            yield replace(entry, retired=f"its provider retired it on {until}{successor}")
        else:
            yield entry
