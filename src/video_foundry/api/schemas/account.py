"""Accounts at providers as the API shows and takes them. A key comes in and never goes out."""

from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, SecretStr

from video_foundry.api.schemas.base import In, Out, not_blank, plain_text
from video_foundry.core.accounts import Halt
from video_foundry.ports.accounts import CheckOutcome, Provider
from video_foundry.services._accounts import AccountsView, AccountView

AccountName = Annotated[
    str, Field(min_length=1, max_length=100), AfterValidator(plain_text), AfterValidator(not_blank)
]
Key = Annotated[
    SecretStr,
    Field(min_length=1, max_length=10_000, description="As the provider shows it. Write only."),
]
Address = Annotated[str, Field(max_length=500), AfterValidator(plain_text)]
SettingName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
SettingValue = Annotated[str, Field(max_length=1000), AfterValidator(plain_text)]
AccountSettings = Annotated[
    dict[SettingName, SettingValue],
    Field(
        max_length=20,
        description="Further settings of the provider, such as `project`, as in the variables "
        "without the prefix. Not for secrets: they are shown.",
    ),
]


class NewAccountBody(In):
    """An account to be stored."""

    provider: Annotated[str, Field(max_length=100), AfterValidator(plain_text)]
    name: AccountName
    key: Key
    base_url: Address | None = None
    settings: AccountSettings = Field(default_factory=dict)


class AccountUpdate(In):
    """What is to change. `base_url` and `settings` change only together with the key, so that it is
    never sent anywhere else than where it was meant for."""

    name: AccountName | None = None
    key: Key | None = None
    base_url: Address | None = None
    settings: AccountSettings | None = None
    position: Annotated[int, Field(ge=0, le=10_000)] | None = None


class ProviderOut(Out):
    """A provider that takes keys. env_key: the variable of its `default` account. settings: JSON
    Schema of what else an account of it can say; all of it may be left out, and then the
    environment or the provider decides."""

    id: str
    title: str
    env_key: str
    can_store: bool
    settings: dict[str, Any]


class HaltOut(Out):
    """Why nothing is sent with an account. until: when that ends by itself, if it was told."""

    code: str
    message: str
    since: datetime
    until: datetime | None


class CheckOut(Out):
    """What trying a key said, and when."""

    outcome: CheckOutcome
    message: str
    at: datetime


class Account(Out):
    """An account at a provider, in the order of use. id: a UUID, or `PROVIDER:default` for the
    environment's. position: among the stored ones of its provider. key_end: its last characters.
    problem: why it cannot be used at all."""

    id: str
    provider: str
    provider_title: str
    name: str
    variable: str | None
    position: int | None
    key_end: str
    base_url: str | None
    settings: dict[str, str]
    halt: HaltOut | None
    last_test: CheckOut | None
    problem: str | None
    created_at: datetime | None

    @classmethod
    def of(cls, view: AccountView) -> Self:
        """From a view."""
        return cls(
            id=view.id,
            provider=view.provider.id,
            provider_title=view.provider.title,
            name=view.name,
            variable=view.variable,
            position=view.position,
            key_end=view.key_end,
            base_url=view.base_url,
            settings=dict(view.settings),
            halt=_halt(view.halt),
            last_test=_check(view),
            problem=view.problem,
            created_at=view.created_at,
        )


class Accounts(Out):
    """All accounts, who could have one, and whether keys can be stored. secret: where the secret is
    that they are encrypted with; secret_problem: why it cannot be used."""

    accounts: list[Account]
    providers: list[ProviderOut]
    secret: str | None
    secret_problem: str | None

    @classmethod
    def of(cls, view: AccountsView) -> Self:
        """From a view."""
        return cls(
            accounts=[Account.of(one) for one in view.accounts],
            providers=[_provider(one) for one in view.providers],
            secret=view.vault,
            secret_problem=view.vault_problem,
        )


def _provider(provider: Provider) -> ProviderOut:
    return ProviderOut(
        id=provider.id,
        title=provider.title,
        env_key=provider.env_key,
        can_store=provider.can_store,
        settings={"type": "object", "properties": dict(provider.settings)},
    )


def _halt(halt: Halt | None) -> HaltOut | None:
    return HaltOut.model_validate(halt) if halt else None


def _check(view: AccountView) -> CheckOut | None:
    if view.check is None or view.checked_at is None:
        return None
    return CheckOut(outcome=view.check.outcome, message=view.check.message, at=view.checked_at)
