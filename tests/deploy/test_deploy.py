"""What is deployed is what it says: the image, the compose files and their example of passwords,
checked by their own linters and against the code. No container is started here."""

import os
import re
import sqlite3
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.deploy import compose_file
from tests.deploy.smoke import Smoke

from video_foundry.adapters.models import builtin
from video_foundry.bootstrap import migrate_database
from video_foundry.core.jobs import JobState
from video_foundry.settings import Settings
from video_foundry.testing.server import serving
from video_foundry.workers import loop as worker_loop

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
DOCKERFILE = compose_file.text_of("Dockerfile")
FILES = ("compose.yaml", "embedded.yaml")
PUBLISHED = "objects-published.yaml"
"""Put over the first of them where browsers shall reach the S3 server."""
CLUSTER = compose_file.services("compose.yaml")
OURS = ("migrate", "api", "worker", "app")
ON_REQUEST = ("app", "bucket")
"""Services that are not started with the others."""
FIXED = {
    "data_dir": "the image says it, and the volume is there",
    "host": "a container listens for whoever may reach it",
    "port": "what is published, and the health check, know the one of the image",
    "worker_port": "the health check knows the one of the image",
    "embedded_workers": "the command of each service says it",
    "secret_key_file": "a container has no place for it: VIDEO_FOUNDRY_SECRET_KEY is passed",
}
"""Settings that no container is told, and why."""
ITS_OWN_PARTS = {
    "database_url": "SQLite in the volume",
    "database_pool": "SQLite has none",
    "rabbitmq_url": "one process wakes itself",
    "redis_url": "one process counts its own rates",
    "s3_bucket": "objects lie in the volume",
    "s3_endpoint_url": "objects lie in the volume",
    "s3_public_endpoint_url": "objects lie in the volume",
    "objects_url": "objects lie in the volume",
    "cache_max_bytes": "objects lie in the volume, and no copies of them",
}
"""Further ones that the one container is not told."""
OBJECTS_ELSEWHERE = {"objects_url": "the bucket is that of the file: S3_BUCKET"}
"""And that those of compose.yaml are not."""
SECRET = re.compile(r"PASSWORD|PASS$|SECRET|_API_KEY|TOKEN")
PASSWORDS = {
    name: f"{name.lower()}-of-the-test"
    for name, forms in compose_file.variables_in("compose.yaml").items()
    if ":?" in forms
}


def run(*command: str | Path) -> None:
    """Run a linter of the virtual environment; its complaints are the failure."""
    done = subprocess.run(
        [BIN / command[0], *command[1:]], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def variable(field: str) -> str:
    """The environment variable that a setting is read from."""
    return str(Settings.model_fields[field].validation_alias or f"VIDEO_FOUNDRY_{field}").upper()


def known_variables() -> set[str]:
    """All that our processes read: settings, keys of providers, and what S3's own tools read."""
    providers = [
        tomllib.loads(file.read_text())["provider"]
        for file in builtin.HERE.glob("*/catalogue.toml")
    ]
    keys = {p["env_key"] for p in providers if "env_key" in p}
    further = {name for p in providers for name in p.get("variables", ())}
    aws = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"}
    otel = {"OTEL_SERVICE_NAME", "OTEL_TRACES_SAMPLER", "OTEL_TRACES_SAMPLER_ARG"}
    otel |= {"OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_HEADERS"}
    return {variable(field) for field in Settings.model_fields} | keys | further | aws | otel


def instructions(text: str) -> list[str]:
    """The Dockerfile's instructions, each on one line."""
    lines = (line for line in text.splitlines() if not line.lstrip().startswith("#"))
    return [line for line in "\n".join(lines).replace("\\\n", " ").splitlines() if line.strip()]


def each_service() -> list[tuple[str, dict[str, Any]]]:
    """(name, service) of both files; a name may come twice."""
    return [item for file in FILES for item in compose_file.services(file).items()]


def test_the_linters_have_nothing_to_say() -> None:
    run("hadolint", ROOT / "deploy" / "Dockerfile")
    compose = [ROOT / "deploy" / name for name in (*FILES, PUBLISHED)]
    run("check-jsonschema", "--builtin-schema", "vendor.compose-spec", *compose)


def test_the_workflows_fit_their_schemas() -> None:
    github = ROOT / ".github"
    for schema, files in (
        ("github-workflows", github.glob("workflows/*.yml")),
        ("dependabot", github.glob("dependabot.yml")),
    ):
        run("check-jsonschema", "--builtin-schema", f"vendor.{schema}", *files)


def test_nothing_reaches_the_image_s_builder_but_what_is_named() -> None:
    first, *rest = (ROOT / ".dockerignore").read_text().split("\n\n")[0].splitlines()[1:]
    assert first == "*"
    named = {line.removeprefix("!") for line in rest if line.startswith("!")}
    copied = {
        source
        for words in map(str.split, instructions(DOCKERFILE))
        if words[0] == "COPY" and not any(word.startswith("--from") for word in words)
        for source in words[1:-1]
        if not source.startswith("--")
    }
    assert copied
    for source in copied:
        assert (ROOT / source).exists(), source
        assert any(name == source or name.startswith(f"{source}/") for name in named), source


def test_the_image_runs_as_nobody_special_and_holds_no_tools() -> None:
    final = instructions(DOCKERFILE[DOCKERFILE.rindex("\nFROM ") :])
    words = {line.split()[0]: line.split(maxsplit=1)[1] for line in final}
    assert words["FROM"] == "runtime"
    assert words["USER"] == "10001:10001"
    assert words["VOLUME"] == "/data"
    assert "healthy" in words["HEALTHCHECK"]
    assert words["ENTRYPOINT"] == '["video-foundry"]'
    assert not any(re.search(r"apt-get|pip|curl", line) for line in final)
    assert not SECRET.search(" ".join(final))


def test_the_image_is_built_from_arguments_that_it_has() -> None:
    declared = set(re.findall(r"^ARG (\w+)", DOCKERFILE, re.MULTILINE))
    for name, service in each_service():
        given = set(service.get("build", {}).get("args", {}))
        assert given <= declared, name
        assert given == (declared if name in OURS else set()), name


@pytest.mark.parametrize("name", FILES)
def test_every_variable_of_ours_is_one_that_is_read(name: str) -> None:
    for own, service in compose_file.services(name).items():
        if own in OURS:
            assert set(service["environment"]) <= known_variables(), own


@pytest.mark.parametrize("name", OURS)
def test_every_setting_reaches_the_container_or_it_is_said_why_not(name: str) -> None:
    told = set(CLUSTER[name]["environment"])
    exempt = FIXED | (ITS_OWN_PARTS if name == "app" else OBJECTS_ELSEWHERE)
    fields = set(Settings.model_fields)
    assert {field for field in fields if variable(field) in told} == fields - set(exempt)


def test_no_password_stands_in_a_file() -> None:
    for name, service in each_service():
        for key, value in service.get("environment", {}).items():
            if SECRET.search(key):
                assert value is None or re.fullmatch(r"\$\{\w+:\?[^}]+\}", value), (name, key)
            for password in re.findall(r"://\w*:([^@]*)@", str(value)):
                assert re.fullmatch(r"\$\{\w+:\?[^}]+\}", password), (name, key)


@pytest.mark.parametrize("name", sorted(PASSWORDS))
def test_without_a_password_nothing_starts_and_it_is_said_where_to_set_it(name: str) -> None:
    others = {key: value for key, value in PASSWORDS.items() if key != name}
    with pytest.raises(compose_file.Missing, match=f"^{name}: .*deploy/.env"):
        compose_file.filled(compose_file.raw("compose.yaml"), others)


def test_one_container_needs_no_password() -> None:
    assert compose_file.filled(compose_file.raw("embedded.yaml"), {})


def test_the_example_has_every_variable_and_no_other() -> None:
    text = compose_file.text_of(".env.example")
    to_set = set(re.findall(r"^([A-Z0-9_]+)=$", text, re.MULTILINE))
    shown = dict(re.findall(r"^#([A-Z0-9_]+)=(.*)$", text, re.MULTILINE))
    files = (*FILES, PUBLISHED)
    asked = {k: v for file in files for k, v in compose_file.variables_in(file).items()}
    without_value = {
        key
        for _, service in each_service()
        for key, value in service.get("environment", {}).items()
        if value is None
    }
    assert to_set == set(PASSWORDS)
    assert to_set | set(shown) == set(asked) | without_value
    for file in files:
        for name, default in re.findall(r"\$\{(\w+):-([^}]*)\}", compose_file.text_of(file)):
            assert shown[name] == default, name


def test_what_the_services_are_told_are_settings_that_hold(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    for own in ("api", "worker", "migrate"):
        told = compose_file.filled(CLUSTER[own]["environment"], PASSWORDS)
        with monkeypatch.context() as patch:
            for key, value in told.items():
                if value is not None:
                    patch.setenv(key, value)
            settings = Settings()
        assert settings.effective_database_url.startswith("postgresql+asyncpg://foundry:")
        assert settings.effective_objects_url == "s3://video-foundry"
        assert settings.rabbitmq_url is not None
        assert settings.redis_url is not None
        assert settings.s3_public_endpoint_url is None
        assert settings.allowed_hosts == ("localhost",)


def test_every_port_is_on_loopback_and_workers_have_none() -> None:
    published = [
        (name, port)
        for name, service in each_service()
        for port in compose_file.filled(service.get("ports", []), PASSWORDS)
    ]
    assert published
    assert [port for _, port in published if not port.startswith("127.0.0.1:")] == []
    assert {name for name, _ in published} == {"api", "app"}


def test_films_can_be_fetched_from_the_s3_server_where_that_is_wanted() -> None:
    over = compose_file.raw(PUBLISHED)
    assert set(over["services"]) == {"objects"}
    objects = compose_file.filled(over["services"]["objects"], {})
    assert [port.rpartition(":")[0] for port in objects["ports"]] == ["127.0.0.1:8333"]
    # From a network that is internal no port can be published.
    (added,) = set(objects["networks"]) - set(CLUSTER["objects"]["networks"])
    assert over["networks"] == {added: None}


def test_workers_can_be_many() -> None:
    for name, service in each_service():
        assert "container_name" not in service, name
    assert "volumes" not in CLUSTER["worker"], "each has scratch space of its own"


def test_every_service_is_watched_and_waits_for_what_it_needs() -> None:
    waited_for: dict[str, set[str]] = {}
    for name, service in each_service():
        needs = service.get("depends_on", {})
        assert isinstance(needs, dict), f"{name} must say what state it waits for"
        for needed, how in needs.items():
            waited_for.setdefault(needed, set()).add(how["condition"])
    for name, service in each_service():
        check = service["healthcheck"]
        if waited_for.get(name) == {"service_completed_successfully"} or name == "bucket":
            assert check == {"disable": True}
            assert service["restart"] == "no"
            continue
        assert check["test"], name
        assert compose_file.seconds(check["start_period"]) >= 30, name
        assert waited_for.get(name, {"service_healthy"}) == {"service_healthy"}, name
    on_request = {name for name, service in CLUSTER.items() if "profiles" in service}
    assert on_request == set(ON_REQUEST)
    assert set(CLUSTER["api"]["depends_on"]) == set(CLUSTER) - {"api", "worker"} - on_request
    assert CLUSTER["api"]["depends_on"] == CLUSTER["worker"]["depends_on"]


def test_every_service_is_confined() -> None:
    for name, service in each_service():
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert set(service["deploy"]["resources"]["limits"]) == {"cpus", "memory", "pids"}, name
        assert service["restart"] in ("unless-stopped", "no"), name
        assert service["logging"]["options"], name
        # RabbitMQ writes beside its data, and what would have to be given to it changes by version.
        assert service.get("read_only") or name == "rabbitmq", name
        assert not re.search(r":latest$|^[^:]+$", service["image"]), name


def test_the_stores_are_out_of_reach_from_outside() -> None:
    networks = compose_file.raw("compose.yaml")["networks"]
    assert networks["inside"] == {"internal": True}
    inside = {name for name, s in CLUSTER.items() if s.get("networks") == ["inside"]}
    assert inside == {"migrate", "postgres", "rabbitmq", "redis", "objects", "bucket"}


def test_a_stop_waits_longer_than_workers_drain() -> None:
    for name in ("worker", "app"):
        granted = compose_file.seconds(CLUSTER[name]["stop_grace_period"])
        assert granted > worker_loop.GRACE_SECONDS + worker_loop.GIVE_BACK_SECONDS + 10, name


def keda_queries() -> list[str]:
    """The SQL of the scaling example in the document."""
    text = (ROOT / "docs" / "deploy.md").read_text("utf-8")
    blocks = re.findall(r"<!-- keda: \w+ -->\n```yaml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    triggers = [t for block in blocks for t in yaml.safe_load(block)["spec"]["triggers"]]
    assert {t["type"] for t in triggers} == {"postgresql", "prometheus"}
    return [t["metadata"]["query"] for t in triggers if t["type"] == "postgresql"]


async def test_the_scaling_example_asks_what_the_tables_know(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'empty.sqlite3'}"
    await migrate_database(Settings(database_url=url, data_dir=tmp_path))
    with closing(sqlite3.connect(tmp_path / "empty.sqlite3")) as database:
        for query in keda_queries():
            assert database.execute(query).fetchone() == (0,)
            states = re.findall(r"'(\w+)'", query.partition("state IN")[2])
            assert states
            assert set(states) <= set(JobState)


class _Health(BaseHTTPRequestHandler):
    """/healthz is well, everything else is not."""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/healthz" else 503)
        self.end_headers()
        self.wfile.write(b"so it is")

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def health_port() -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), _Health) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def healthy(path: str, **ports: int) -> tuple[int, str]:
    """The exit status and the words of the health check."""
    done = subprocess.run(
        [sys.executable, "-I", compose_file.DEPLOY / "healthy.py", path],
        env={**os.environ, **{name: str(port) for name, port in ports.items()}},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    return done.returncode, done.stdout.strip()


def test_the_health_check_finds_server_and_worker_alike(health_port: int) -> None:
    server = {"VIDEO_FOUNDRY_PORT": health_port, "VIDEO_FOUNDRY_WORKER_PORT": 1}
    worker = {"VIDEO_FOUNDRY_PORT": 1, "VIDEO_FOUNDRY_WORKER_PORT": health_port}
    for ports in (server, worker):
        assert healthy("healthz", **ports) == (0, "so it is")
        assert healthy("readyz", **ports) == (1, "so it is")
    nobody = healthy("healthz", VIDEO_FOUNDRY_PORT=1, VIDEO_FOUNDRY_WORKER_PORT=1)
    assert nobody == (1, "nobody listens on 1 or 1")


def test_a_film_is_made_by_the_name_that_compose_allows(tmp_path: Path) -> None:
    told = compose_file.filled(CLUSTER["app"]["environment"], {})
    hosts = told["VIDEO_FOUNDRY_ALLOWED_HOSTS"].split(",")
    with serving(tmp_path, allowed_hosts=hosts) as server:
        seen = Smoke(server.base_url.replace("127.0.0.1", "localhost")).run()
    assert seen.startswith("48 frames")
