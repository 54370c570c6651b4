"""Settings from the environment and `.env`. Read by bootstrap and the command line only; loading
this module reads nothing and touches nothing."""

import re
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from dotenv import load_dotenv
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from video_foundry.core.addresses import (
    parse_address,
    refuse_open_password,
    refuse_wrong_number,
)
from video_foundry.core.hosts import host_name, web_origin
from video_foundry.core.previews import PreviewPolicy
from video_foundry.errors import BadInput, FieldProblem

GIB = 1024**3


def _names(value: Any) -> Any:
    """A comma-separated list as a tuple of trimmed names."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


Names = Annotated[tuple[str, ...], NoDecode]

_DATABASES = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}
"""Schemes that people write -> the one with the driver we use."""
_SQLITE = re.compile(r"[a-z+]+:///[^?]+(?:\?.*)?")
_DATABASE_EXAMPLE = "postgresql://user:password@host:5432/name"
_BROKER_EXAMPLE = "amqp://user:password@host:5672/vhost"
_REDIS_EXAMPLE = "redis://:password@host:6379/0"
_STORES = ("s3", "gs", "az")
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


def _with_scheme(value: str, schemes: tuple[str, ...], example: str) -> None:
    if value.split(":", 1)[0] not in schemes:
        raise ValueError(f"write {example}")


class Settings(BaseSettings):
    """Every setting. Those without our prefix are shared conventions of other tools."""

    model_config = SettingsConfigDict(
        env_prefix="VIDEO_FOUNDRY_",
        env_file=".env",
        env_file_encoding="utf-8",
        extra="ignore",
        populate_by_name=True,
    )

    database_url: str | None = Field(default=None, validation_alias="DATABASE_URL")
    rabbitmq_url: SecretStr | None = Field(default=None, validation_alias="RABBITMQ_URL")
    redis_url: SecretStr | None = Field(default=None, validation_alias="REDIS_URL")
    s3_bucket: str | None = Field(default=None, validation_alias="S3_BUCKET")
    s3_endpoint_url: str | None = Field(default=None, validation_alias="S3_ENDPOINT_URL")
    s3_public_endpoint_url: str | None = Field(
        default=None, validation_alias="S3_PUBLIC_ENDPOINT_URL"
    )
    objects_url: str | None = None
    database_pool: int = Field(default=16, ge=2, le=500)
    cache_max_bytes: int = Field(default=20 * GIB, ge=0)
    rebuildable_max_bytes: int | None = Field(default=None, ge=0)
    secret_key: SecretStr | None = None
    secret_key_file: Path | None = None
    data_dir: Path = Field(default_factory=lambda: Path.home() / ".video-foundry")
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    worker_port: int = Field(default=8001, ge=0, le=65535)
    embedded_workers: bool = True
    public_url: str | None = None
    allowed_hosts: Names = ()
    allowed_origins: Names = ()
    fetch_allow_hosts: Names = ()
    plugins: Names = ()
    upload_max_bytes: int = Field(default=4 * GIB, ge=1)
    fetch_max_bytes: int = Field(default=4 * GIB, ge=1)
    generate_concurrency: int = Field(default=64, ge=0, le=10_000)
    compose_concurrency: int = Field(default=2, ge=0, le=64)
    ffmpeg_threads: int = Field(default=2, ge=1, le=64)
    previews: PreviewPolicy = "lazy"
    example_project: bool = True
    log_level: str = "INFO"
    log_format: str = Field(default="console", pattern="^(console|json)$")

    @field_validator(
        "allowed_hosts", "allowed_origins", "fetch_allow_hosts", "plugins", mode="before"
    )
    @classmethod
    def _split(cls, value: Any) -> Any:
        return _names(value)

    @field_validator(
        "database_url",
        "rabbitmq_url",
        "redis_url",
        "s3_bucket",
        "s3_endpoint_url",
        "s3_public_endpoint_url",
        "objects_url",
        "rebuildable_max_bytes",
        "public_url",
        "secret_key",
        "secret_key_file",
        mode="before",
    )
    @classmethod
    def _empty_is_unset(cls, value: Any) -> Any:
        return None if isinstance(value, str) and not value.strip() else value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str | None) -> str | None:
        if value is None:
            return None
        driver = _DATABASES.get(value.split(":", 1)[0], "")
        if driver.startswith("postgresql"):
            parse_address(value, example=_DATABASE_EXAMPLE)
        elif not driver or not _SQLITE.fullmatch(value):
            raise ValueError(
                f"write {_DATABASE_EXAMPLE}, or "
                "sqlite:////absolute/path/video-foundry.sqlite3, or leave it unset"
            )
        return value

    @field_validator("rabbitmq_url")
    @classmethod
    def _known_broker(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            url = value.get_secret_value()
            _with_scheme(url, ("amqp", "amqps"), _BROKER_EXAMPLE)
            address = parse_address(url, example=_BROKER_EXAMPLE)
            refuse_open_password(address, example=_BROKER_EXAMPLE)
        return value

    @field_validator("redis_url")
    @classmethod
    def _known_redis(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            url = value.get_secret_value()
            _with_scheme(url, ("redis", "rediss", "unix"), _REDIS_EXAMPLE)
            address = parse_address(url, example=_REDIS_EXAMPLE)
            refuse_open_password(address, example=_REDIS_EXAMPLE)
            refuse_wrong_number(address, example=_REDIS_EXAMPLE)
        return value

    @field_validator("s3_endpoint_url", "s3_public_endpoint_url")
    @classmethod
    def _known_endpoint(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.netloc or "@" in parts.netloc:
            raise ValueError(
                "write where the S3 server is, without any key, such as http://localhost:9000"
            )
        web_origin(f"{parts.scheme}://{parts.netloc}")
        return value

    @field_validator("public_url")
    @classmethod
    def _known_public_url(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        is_plain = not (parts.query or parts.fragment or parts.username or parts.password)
        # Providers call nothing else, and some refuse a generation over another address.
        is_safe = parts.scheme == "https" or (parts.scheme, parts.hostname) == ("http", "127.0.0.1")
        if not parts.hostname or not is_plain or not is_safe:
            raise ValueError("write where providers can reach this, such as https://vf.example.com")
        host_name(parts.hostname)
        return value.rstrip("/")

    @field_validator("allowed_hosts")
    @classmethod
    def _known_hosts(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            host_name(name)
        return value

    @field_validator("allowed_origins")
    @classmethod
    def _known_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for origin in value:
            web_origin(origin)
        return value

    @field_validator("log_level")
    @classmethod
    def _known_level(cls, value: str) -> str:
        level = value.strip().upper()
        if level not in _LEVELS:
            raise ValueError(f"{value!r} is not a level: write one of {', '.join(_LEVELS)}")
        return level

    @field_validator("objects_url")
    @classmethod
    def _known_store(cls, value: str | None) -> str | None:
        if value is not None and value.split(":", 1)[0] not in _STORES:
            raise ValueError(
                "write s3://bucket/prefix, gs://bucket/prefix or az://container/prefix"
            )
        return value

    @model_validator(mode="after")
    def _one_store(self) -> "Settings":
        if self.s3_bucket and self.objects_url:
            raise ValueError("set S3_BUCKET or VIDEO_FOUNDRY_OBJECTS_URL, not both")
        return self

    @model_validator(mode="after")
    def _secret_lies_elsewhere(self) -> "Settings":
        if self.secret_key_file is not None and self._is_in_data(self.secret_key_file):
            raise ValueError(
                "VIDEO_FOUNDRY_SECRET_KEY_FILE lies in the data folder, beside what it protects: "
                "name a file elsewhere"
            )
        return self

    def _is_in_data(self, file: Path) -> bool:
        return file.resolve().is_relative_to(self.data_dir.resolve())

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of the variables that settings are read from; those of other tools are read
        with our prefix, too."""
        fields = type(self).model_fields
        theirs = [
            str(field.validation_alias) for field in fields.values() if field.validation_alias
        ]
        return (*theirs, *(_variable((name,)) for name in fields))

    @property
    def webhook_host(self) -> str | None:
        """The name that providers call this installation by."""
        return urlsplit(self.public_url).hostname if self.public_url else None

    @property
    def secret_keys(self) -> tuple[str, ...]:
        """What stored keys are sealed with, the first seals; () for those in the file."""
        return _names(self.secret_key.get_secret_value()) if self.secret_key else ()

    @property
    def effective_secret_key_file(self) -> Path:
        """Where the secret lies that no setting names."""
        return self.secret_key_file or Path.home() / ".config" / "video-foundry" / "secret.key"

    @property
    def is_secret_beside_data(self) -> bool:
        """Whether that file would lie in the data folder, as it does where that is the home folder
        too: in a container. A copy of the folder would then be a copy of the keys."""
        return self._is_in_data(self.effective_secret_key_file)

    @property
    def may_make_secret_file(self) -> bool:
        """Whether the first stored key may bring its secret along. With a database that several
        machines share, only a setting can say the same to all of them."""
        is_alone = self.effective_database_url.startswith("sqlite")
        return is_alone and not self.is_secret_beside_data

    @property
    def effective_objects_url(self) -> str | None:
        """The object store: its address, or None for a folder in the data folder."""
        return f"s3://{self.s3_bucket}" if self.s3_bucket else self.objects_url

    @cached_property
    def effective_database_url(self) -> str:
        """The database with the driver we use: DATABASE_URL, else SQLite in the data folder."""
        if self.database_url is None:
            return f"sqlite+aiosqlite:///{self.data_dir / 'video-foundry.sqlite3'}"
        scheme, rest = self.database_url.split(":", 1)
        return f"{_DATABASES[scheme]}:{rest}"


def load_settings(**overrides: Any) -> Settings:
    """The settings of this process. Raises BadInput naming the variable that is wrong.

    `.env` is loaded into the environment too: adapters look for their provider's key there.
    """
    load_dotenv(".env", override=False)
    try:
        return Settings(**{k: v for k, v in overrides.items() if v is not None})
    except ValidationError as error:
        problems = [
            FieldProblem(field=_variable(e["loc"]), message=e["msg"].removeprefix("Value error, "))
            for e in error.errors(include_url=False, include_input=False)
        ]
        shown = "; ".join(f"{p.field}: {p.message}" for p in problems)
        raise BadInput(f"a setting is wrong: {shown}", problems=problems) from error


def _variable(where: tuple[int | str, ...]) -> str:
    name = str(where[0]) if where else "the settings"
    return name if name.isupper() or not where else f"VIDEO_FOUNDRY_{name.upper()}"
