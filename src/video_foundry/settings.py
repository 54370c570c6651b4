"""Settings from the environment and `.env`. Read by bootstrap and the command line only; loading
this module reads nothing and touches nothing."""

from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

from dotenv import load_dotenv
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from video_foundry.errors import BadInput, FieldProblem

GIB = 1024**3


def _names(value: Any) -> Any:
    """A comma-separated list as a tuple of trimmed names."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


Names = Annotated[tuple[str, ...], NoDecode]


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
    data_dir: Path = Field(default_factory=lambda: Path.home() / ".video-foundry")
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    allowed_hosts: Names = ()
    allowed_origins: Names = ()
    fetch_allow_hosts: Names = ()
    plugins: Names = ()
    upload_max_bytes: int = Field(default=4 * GIB, ge=1)
    fetch_max_bytes: int = Field(default=4 * GIB, ge=1)
    generate_concurrency: int = Field(default=64, ge=1, le=10_000)
    compose_concurrency: int = Field(default=2, ge=1, le=64)
    ffmpeg_threads: int = Field(default=2, ge=1, le=64)
    example_project: bool = True
    log_level: str = "INFO"
    log_format: str = Field(default="console", pattern="^(console|json)$")

    @field_validator(
        "allowed_hosts", "allowed_origins", "fetch_allow_hosts", "plugins", mode="before"
    )
    @classmethod
    def _split(cls, value: Any) -> Any:
        return _names(value)

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith("sqlite"):
            raise ValueError(
                "this version keeps its memory in SQLite; write "
                "sqlite+aiosqlite:////absolute/path/video-foundry.sqlite3 or leave it unset"
            )
        return value

    @cached_property
    def effective_database_url(self) -> str:
        """The database: DATABASE_URL, else SQLite in the data folder."""
        if self.database_url is None:
            return f"sqlite+aiosqlite:///{self.data_dir / 'video-foundry.sqlite3'}"
        scheme, rest = self.database_url.split(":", 1)
        return f"sqlite+aiosqlite:{rest}" if scheme == "sqlite" else self.database_url


def load_settings(**overrides: Any) -> Settings:
    """The settings of this process. Raises BadInput naming the variable that is wrong.

    `.env` is loaded into the environment too: adapters look for their provider's key there.
    """
    load_dotenv(".env", override=False)
    try:
        return Settings(**{k: v for k, v in overrides.items() if v is not None})
    except ValidationError as error:
        problems = [
            FieldProblem(field=_variable(str(e["loc"][0])), message=e["msg"])
            for e in error.errors(include_url=False, include_input=False)
        ]
        shown = "; ".join(f"{p.field}: {p.message}" for p in problems)
        raise BadInput(f"a setting is wrong: {shown}", problems=problems) from error


def _variable(name: str) -> str:
    return name if name.isupper() else f"VIDEO_FOUNDRY_{name.upper()}"
