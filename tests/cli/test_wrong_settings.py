"""Settings that cannot be: every one ends a command with 2, its variable and what to write, and no
part of a password. Those that only look like settings are named, with the nearest one."""

import pytest
from tests.cli.conftest import Command

SECRET = "hunter2canary"
WRONG: list[tuple[str, str, str]] = [
    ("VIDEO_FOUNDRY_LOG_LEVEL", "verbose", "DEBUG, INFO, WARNING"),
    ("VIDEO_FOUNDRY_ALLOWED_HOSTS", "host:8000", "write host, without"),
    ("VIDEO_FOUNDRY_ALLOWED_HOSTS", "a.example,https://b.example/x", "write b.example"),
    ("VIDEO_FOUNDRY_ALLOWED_HOSTS", "*", "video.example.org"),
    ("VIDEO_FOUNDRY_ALLOWED_ORIGINS", "editor.example", "https://editor.example"),
    ("VIDEO_FOUNDRY_ALLOWED_ORIGINS", "https://editor.example:port", "https://editor.example"),
    ("VIDEO_FOUNDRY_PUBLIC_URL", "https://-vf.example", "host name"),
    ("S3_PUBLIC_ENDPOINT_URL", "http://", "http://localhost:9000"),
    ("S3_ENDPOINT_URL", "http://a b", "origin"),
    ("S3_ENDPOINT_URL", f"http://key:{SECRET}@host:9000", "without any key"),
    ("DATABASE_URL", f"postgresql://vf:{SECRET}@host:high/name", "port"),
    ("DATABASE_URL", f"postgresql://vf:{SECRET}@host:99999/name", "65535"),
    ("DATABASE_URL", f"postgresql://vf:p@{SECRET}@host:5432/name", "%40"),
    ("DATABASE_URL", f"postgresql://vf:p@{SECRET}/x@host:5432/name", "%40"),
    ("DATABASE_URL", f"postgresql://vf:p@{SECRET}?x@host:5432/name", "%40"),
    ("DATABASE_URL", "sqlite://host/file.sqlite3", "sqlite:////"),
    ("DATABASE_URL", "sqlite:file.sqlite3", "sqlite:////"),
    ("DATABASE_URL", f"vf:{SECRET}@host", "postgresql://"),
    ("RABBITMQ_URL", f"amqp://vf:{SECRET}@host:high/", "port"),
    ("RABBITMQ_URL", f"amqp://vf:p@{SECRET}@host:5672/", "%40"),
    ("RABBITMQ_URL", f"amqp://vf:p/{SECRET}@host:5672/", "%2F"),
    ("RABBITMQ_URL", f"amqp://vf:p#{SECRET}@host:5672/", "%23"),
    ("REDIS_URL", f"redis://:{SECRET}@host:high/0", "port"),
    ("REDIS_URL", f"redis://:{SECRET}@host:6379/first", "number"),
    ("REDIS_URL", f"redis://:{SECRET}@host:6379?db=first", "number"),
    ("REDIS_URL", f"redis://:p@{SECRET}@host:6379/0", "%40"),
    ("REDIS_URL", f"redis://:p/{SECRET}@host:6379/0", "%2F"),
]


@pytest.mark.parametrize(("name", "value", "fix"), WRONG, ids=[f"{n}={v}" for n, v, _ in WRONG])
def test_it_is_named_with_what_to_write(
    here: Command, monkeypatch: pytest.MonkeyPatch, name: str, value: str, fix: str
) -> None:
    monkeypatch.setenv(name, value)
    done = here("models")
    assert done.code == 2, done.err
    assert name in done.err
    assert fix in done.err
    assert SECRET not in done.err + done.out


RIGHT = [
    ("VIDEO_FOUNDRY_LOG_LEVEL", "debug"),
    ("VIDEO_FOUNDRY_ALLOWED_HOSTS", "Video.example.org, 10.1.2.3, ::1, [::1]"),
    ("VIDEO_FOUNDRY_ALLOWED_ORIGINS", "https://editor.example:8443/"),
    ("DATABASE_URL", "postgresql://vf:a/b+c=?:%40@host/name?sslmode=require"),
    ("DATABASE_URL", "postgresql:///name?host=/run/postgresql"),
    ("DATABASE_URL", "postgres://vf@[::1]:5432/name"),
    ("RABBITMQ_URL", "amqps://vf:p%40ss:word@host/%2Fvhost?heartbeat=5"),
    ("RABBITMQ_URL", "amqp://host"),
    ("REDIS_URL", "rediss://user:p%2Fss@host:6380/15?ssl_cert_reqs=none"),
    ("REDIS_URL", "unix:///run/redis.sock?db=3"),
]


@pytest.mark.parametrize(("name", "value"), RIGHT, ids=[f"{n}={v}" for n, v in RIGHT])
def test_what_can_be_is_taken(
    here: Command, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    assert here("models", "--json").code == 0


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("VIDEO_FOUNDRY_ALOWED_HOSTS", "VIDEO_FOUNDRY_ALLOWED_HOSTS"),
        ("VIDEO_FOUNDRY_DATABASE_ULR", "DATABASE_URL"),
        ("VIDEO_FOUNDRY_LOCAL_DEVISE", "VIDEO_FOUNDRY_LOCAL_DEVICE"),
    ],
)
def test_the_doctor_names_what_only_looks_like_a_setting(
    here: Command, monkeypatch: pytest.MonkeyPatch, name: str, nearest: str
) -> None:
    monkeypatch.setenv(name, "1")
    monkeypatch.setenv("VIDEO_FOUNDRY_LOCAL_DEVICE", "cpu")
    done = here("doctor", "--json")
    (told,) = [one for one in done.last["findings"] if one["name"].startswith("variable ")]
    assert (told["name"], done.code) == (f"variable {name}", 0)
    assert told["fix"] == f"did you mean {nearest}?"
