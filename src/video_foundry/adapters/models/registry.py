"""The door for models: registration by name, entry point or module, and the directory built from
it. The built-in models use the same door as everybody else's."""

import importlib
import os
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import httpx2

from video_foundry.adapters.models.accounts import (
    AccountBook,
    AtAnyAccount,
    BookedAccount,
    EntryAdapter,
    account_of,
)
from video_foundry.core.catalogue import Catalogue, Extra, ModelEntry, parse_provider
from video_foundry.core.catalogue_check import entry_problems, shared_problems
from video_foundry.errors import BadInput, FieldProblem, NotFound
from video_foundry.ports.accounts import DEFAULT, Account, AccountCheck, Provider, StoredAccount
from video_foundry.ports.vault import Vault
from video_foundry.ports.video_model import VideoModelInterface

ENTRY_POINT_GROUP = "video_foundry.models"

AdapterFactory = Callable[[], VideoModelInterface]


@runtime_checkable
class AccountFactory(Protocol):
    """What makes an adapter that can be used with stored keys. Anything that is registered may be
    one: a callable with a method `at`, or a class with a class method of this name."""

    def at(self, account: Account) -> VideoModelInterface:
        """An adapter that asks this account for its key at each call."""


@runtime_checkable
class Checked(Protocol):
    """An adapter that can try its account's key without spending anything."""

    async def check_account(self) -> AccountCheck:
        """What came of it."""


UNTESTABLE = AccountCheck(
    outcome="untestable",
    message="it cannot be tested for free: the provider is only asked when something is made",
)


@dataclass
class _Registry:
    adapters: dict[str, AdapterFactory] = field(default_factory=dict)
    entries: dict[str, ModelEntry] = field(default_factory=dict)
    built_in: set[str] = field(default_factory=set)
    account_settings: dict[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)
    variables: set[str] = field(default_factory=set)


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
        _REGISTRY.built_in.discard(name)
        brought: ModelEntry | None = entry or getattr(adapter, "catalogue_entry", None)
        _REGISTRY.entries[name] = (
            replace(brought, id=name) if brought else _plain_entry(name, adapter)
        )
        return adapter

    @staticmethod
    def register_provider(folder: Path, adapter: EntryAdapter) -> None:
        """Make every model of the `catalogue.toml` in `folder` usable, with the key that the
        environment holds and with stored ones.

        adapter: takes a model's entry and the account that it asks for its key, None for the
        environment's; a subclass of HttpModel does. Raises BadInput.
        """
        load_provider(folder, lambda entry: AtAnyAccount(adapter, entry), is_built_in=False)

    @staticmethod
    def create(name: str) -> VideoModelInterface:
        """A new adapter of this name. Raises NotFound."""
        if name not in _REGISTRY.adapters:
            known = ", ".join(sorted(_REGISTRY.adapters))
            raise NotFound(f"no adapter is registered as {name!r}; registered: {known}")
        return _REGISTRY.adapters[name]()

    @staticmethod
    def create_at(name: str, account: Account) -> VideoModelInterface:
        """A new adapter of this name at an account. Raises NotFound, and BadInput for one that
        takes its key from the environment alone."""
        if name not in _REGISTRY.adapters:
            raise NotFound(f"no adapter is registered as {name!r}")
        factory: object = _REGISTRY.adapters[name]
        if not isinstance(factory, AccountFactory):
            raise BadInput(f"{name} takes its key from the environment alone", field="provider")
        return factory.at(account)

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


def load_provider(
    folder: Path,
    adapter_of: Callable[[ModelEntry], AdapterFactory | None],
    *,
    is_built_in: bool = True,
) -> None:
    """Register every model of a provider folder's catalogue; a retired one is listed with the
    reason why it cannot be used, and needs no adapter. Raises BadInput."""
    document = tomllib.loads((folder / "catalogue.toml").read_text("utf-8"))
    entries = parse_provider(document)
    _REGISTRY.account_settings[document["provider"]["name"]] = _settings_of(folder, document)
    _REGISTRY.variables.update(document["provider"].get("variables", ()))
    for entry in entries:
        adapter = adapter_of(entry) if entry.retired is None else None
        if adapter is not None:
            VideoModelFactory.register(entry.id, adapter, entry=entry)
        elif entry.retired is None:
            raise BadInput(f"{folder.name}: {entry.id} has neither an adapter nor a retirement")
        else:
            _REGISTRY.entries[entry.id] = entry
        if is_built_in:
            _REGISTRY.built_in.add(entry.id)


def variables() -> frozenset[str]:
    """The variables that the catalogues of registered providers name, beside those of keys."""
    return frozenset(_REGISTRY.variables)


def _settings_of(folder: Path, document: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """What an account can say beside its key: setting -> JSON Schema."""
    told = document.get("account_settings", {})
    if isinstance(told, dict) and all(isinstance(schema, dict) for schema in told.values()):
        return told
    raise BadInput(f"{folder.name}: account_settings is not a table of tables")


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
    """Register adapters of installed packages (group `video_foundry.models`, name = model name).
    Raises BadInput."""
    for point in entry_points(group=ENTRY_POINT_GROUP):
        if point.name in _REGISTRY.adapters:
            continue
        try:
            adapter = point.load()
        except Exception as error:
            raise BadInput(
                f"the installed model {point.name!r} ({point.value}) cannot be loaded: {error}",
                field=point.name,
                fix="correct the package, or uninstall it",
            ) from error
        VideoModelFactory.register(point.name, adapter)


def refuse_wrong_entries(today: date) -> None:
    """Raise BadInput naming the model, the field and the fix for entries of plug-ins that cannot
    be. Those that come with the program are checked before it is released."""
    entries = list(_REGISTRY.entries.values())
    foreign = [entry for entry in entries if entry.id not in _REGISTRY.built_in]
    if not foreign:
        return
    own = [entry for entry in entries if entry.id in _REGISTRY.built_in]
    found = [p for e in foreign for p in entry_problems(e, today=today, is_ours=False)]
    found += shared_problems([*own, *foreign], is_ours=False)
    names = {entry.id for entry in foreign}
    wrong = [problem for problem in found if problem.level == "error" and problem.model in names]
    if wrong:
        raise BadInput(
            f"the catalogue entry of {wrong[0].model!r} cannot be used: {wrong[0].message}",
            problems=[
                FieldProblem(field=f"{p.model}.{p.field}", message=p.message, fix=p.fix)
                for p in wrong
            ],
            code="bad_catalogue_entry",
        )


class RegisteredModels:
    """The model directory: everything registered when it is made, one adapter a model."""

    def __init__(
        self,
        today: date | Callable[[], date],
        environment: Mapping[str, str] | None = None,
        *,
        vault: Vault | None = None,
    ) -> None:
        """today: a day, or what tells it, so that a model whose last day passes while the program
        runs is retired then. vault: opens stored keys. Raises BadInput for an entry of a plug-in
        that cannot be."""
        self._tell = today if callable(today) else lambda: today
        self._today = self._tell()
        refuse_wrong_entries(self._today)
        self._environment = os.environ if environment is None else environment
        self._entries = tuple(_REGISTRY.entries.values())
        self._catalogue = Catalogue(_with_dates(self._entries, self._today))
        self._made: dict[tuple[str, str], VideoModelInterface] = {}
        self._book = AccountBook(vault)

    @property
    def catalogue(self) -> Catalogue:
        """All models, as they stand today."""
        today = self._tell()
        if today != self._today:
            self._today = today
            self._catalogue = Catalogue(_with_dates(self._entries, today))
        return self._catalogue

    def unavailable(self, entry: ModelEntry) -> str | None:
        """Why a model cannot be used now, with what to do about it; None when it can."""
        if entry.retired is not None:
            return entry.retired
        if entry.available_from is not None and self._tell() < entry.available_from:
            return f"it cannot be used yet: its provider offers it from {entry.available_from} on"
        if entry.env_key and not (self._is_set(entry.env_key) or self._stored(entry)):
            return f"no key for this model: set {entry.env_key}, or choose {self._keyless(entry)}"
        if entry.env_address and not self._environment.get(entry.env_address, "").strip():
            what = f"no server for this model: set {entry.env_address} to its address"
            return f"{what}, or choose {self._keyless(entry)}"
        return self._not_installed(entry.extra) if entry.extra else None

    def _not_installed(self, extra: Extra) -> str | None:
        """Another Python is taken at its word: to ask it would take seconds."""
        if extra.env_python and self._is_set(extra.env_python):
            return None
        if all(find_spec(module) for module in extra.modules):
            return None
        return f"not installed: pip install 'video-foundry[{extra.name}]'"

    @property
    def own_hosts(self) -> frozenset[str]:
        """`host:port` of the user's own model servers, whose results may be fetched although their
        addresses are private. An address that is none is left for the adapter to complain about."""
        names = {e.env_address for e in self._entries if e.env_address}
        found = (_host_of(self._environment.get(name, "")) for name in names)
        return frozenset(host for host in found if host)

    def _keyless(self, like: ModelEntry) -> str:
        """Models that make the same and that anybody can use: the local ones, a simulated one
        last."""
        same = [e for e in self._catalogue.entries.values() if e.makes == like.makes]
        local = [e for e in same if e.is_local and e.needs_nothing]
        names = sorted(e.id for e in local if not e.is_simulated)
        simulated = sorted(e.id for e in local if e.is_simulated)
        return " or ".join([*names, *simulated[:1]])

    # --- accounts ------------------------------------------------------------------------------

    def adapter(self, model_id: str, account: str = DEFAULT) -> VideoModelInterface:
        """The one shared adapter of a model at an account, made when it is first needed."""
        made = self._made.get((model_id, account))
        if made is None:
            made = self._made[model_id, account] = self._make(model_id, account)
        return made

    def accounts(self, entry: ModelEntry) -> tuple[str, ...]:
        """The environment's account where it has a key, then the stored ones in their order."""
        has_default = entry.env_key is None or self._is_set(entry.env_key)
        found = ((DEFAULT,) if has_default else ()) + self._stored(entry)
        return found or (DEFAULT,)

    def providers(self) -> tuple[Provider, ...]:
        """Those with a model that needs a key and is not retired, by title."""
        found = {
            entry.provider: Provider(
                id=entry.provider,
                title=self._title(entry.provider),
                env_key=entry.env_key,
                can_store=_takes_accounts(entry),
                settings=_REGISTRY.account_settings.get(entry.provider, {}),
            )
            for entry in reversed(list(self.catalogue.entries.values()))
            if entry.env_key is not None and entry.id in _REGISTRY.adapters
        }
        return tuple(sorted(found.values(), key=lambda p: p.title.lower()))

    def know(self, accounts: Sequence[StoredAccount]) -> None:
        """These are all stored accounts, in their order."""
        self._book.know(accounts)

    def key_of(self, provider: str, account: str) -> str:
        """The key as it is now, "" where there is none."""
        if account != DEFAULT:
            return self._book.key(account)
        env_key = self._first(provider).env_key
        return self._environment.get(env_key, "").strip() if env_key else ""

    async def check_account(self, provider: str, account: str) -> AccountCheck:
        """Ask the provider something that is free. Never raises for what it answers."""
        adapter = self.adapter(self._first(provider).id, account)
        return await adapter.check_account() if isinstance(adapter, Checked) else UNTESTABLE

    def _make(self, model_id: str, account: str) -> VideoModelInterface:
        if account == DEFAULT:
            return VideoModelFactory.create(model_id)
        entry = self._catalogue.resolve(model_id).entry
        environment = account_of(entry.provider, entry.env_key)
        booked = BookedAccount(id=account, book=self._book, environment=environment)
        return VideoModelFactory.create_at(model_id, booked)

    def _first(self, provider: str) -> ModelEntry:
        """A provider's first model that can be made. Raises NotFound."""
        for entry in self.catalogue.entries.values():
            if entry.provider == provider and entry.id in _REGISTRY.adapters:
                return entry
        raise NotFound(f"there is no provider {provider!r}", field="provider")

    def _title(self, provider: str) -> str:
        """What the provider is called in sentences; a model of a plug-in need not say so."""
        entries = self.catalogue.entries.values()
        titles = (_title(entry.id) for entry in entries if entry.provider == provider)
        return next(filter(None, titles), provider)

    def _stored(self, entry: ModelEntry) -> tuple[str, ...]:
        return self._book.of(entry.provider) if _takes_accounts(entry) else ()

    def _is_set(self, variable: str) -> bool:
        return bool(self._environment.get(variable, "").strip())

    async def aclose(self) -> None:
        """Close every adapter that was made."""
        for adapter in self._made.values():
            await adapter.aclose()


def _takes_accounts(entry: ModelEntry) -> bool:
    is_able = isinstance(_REGISTRY.adapters.get(entry.id), AccountFactory)
    return is_able and entry.env_key is not None


def _title(model_id: str) -> str | None:
    """What a model's factory calls the provider, if it says so."""
    title = getattr(_REGISTRY.adapters.get(model_id), "title", None)
    return title if isinstance(title, str) else None


def _host_of(address: str) -> str:
    try:
        url = httpx2.URL(address.strip())
    except httpx2.InvalidURL:
        return ""
    port = url.port or (443 if url.scheme == "https" else 80)
    return f"{url.host}:{port}" if url.host else ""


def _with_dates(entries: Iterable[ModelEntry], today: date) -> Iterable[ModelEntry]:
    for entry in entries:
        until = entry.available_until
        if entry.retired is None and until is not None and today > until:
            successor = f"; choose {entry.successor}" if entry.successor else ""
            yield replace(entry, retired=f"its provider retired it on {until}{successor}")
        else:
            yield entry
