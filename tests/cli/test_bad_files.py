"""Project files that cannot be: exit 2, with the field and the fix, as words and as JSON."""

import json
import re
from typing import Any

import pytest
from tests.cli.conftest import SMALL, Command, Shell, film


def changed(**changes: Any) -> dict[str, Any]:
    return film("one") | changes


def segment(**changes: Any) -> dict[str, Any]:
    return changed(segments=[film("one")["segments"][0] | changes])


def params(**changes: Any) -> dict[str, Any]:
    return segment(model_params={"model": "mock-ai", **changes})


BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{b}: &{b} [*{a}, *{a}, *{a}, *{a}, *{a}, *{a}, *{a}, *{a}]\n"
    for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)

FILES: list[tuple[str, Any, str]] = [
    ("empty.yaml", "", "FILE"),
    ("words.yaml", "just some words", "FILE"),
    ("list.yaml", "- a\n- b\n", "FILE"),
    ("broken.yaml", "name: [unclosed", "FILE"),
    ("tabs.yaml", "name:\n\t- x", "FILE"),
    ("broken.json", '{"name": "x"', "FILE"),
    ("nan.json", '{"name": NaN, "segments": []}', "name"),
    ("binary.yaml", b"\x00\x01\x02\xff\xfe" * 100, "FILE"),
    ("latin.yaml", "name: Übung".encode("latin-1"), "FILE"),
    ("bomb.yaml", BOMB + "name: x", "FILE"),
    ("merge.yaml", "base: &b {name: x}\n<<: *b\n", "FILE"),
    ("python.yaml", "name: !!python/object/apply:os.system ['echo hacked']\n", "FILE"),
    ("deep.yaml", "[" * 5000, "FILE"),
    ("deep.json", "[" * 100_000, "FILE"),
    ("long.json", '{"name": ' + "9" * 5000 + "}", "FILE"),
    ("no-name.json", {"segments": [{"prompt": "p"}]}, "name"),
    ("blank.json", changed(name="  "), "name"),
    ("number.json", changed(name=5), "name"),
    ("none.json", changed(segments=[]), "segments"),
    ("missing.json", {"name": "x"}, "segments"),
    ("mapping.json", changed(segments={"prompt": "p"}), "segments"),
    ("many.json", changed(segments=[{"prompt": "p"}] * 10_001), "segments"),
    ("typo.json", changed(segmnets=[]), "segmnets"),
    ("settings.json", changed(settings={**SMALL, "fps": 0}), "settings.fps"),
    ("fps.json", changed(settings={**SMALL, "fps": "1e999999999"}), "settings.fps"),
    ("odd.json", changed(settings={**SMALL, "width": 161}), "settings.width"),
    ("nothing.json", changed(segments=[{}]), "segments.0"),
    ("prompt.json", segment(prompt=""), "segments.0.prompt"),
    ("prompt-long.json", segment(prompt="x" * 100_001), "segments.0.prompt"),
    ("nul.json", segment(prompt="a\x00b"), "segments.0.prompt"),
    ("surrogate.json", segment(prompt="\ud800"), "segments.0.prompt"),
    ("index.json", segment(order_index=3), "segments.0.order_index"),
    ("no-model.json", segment(model_params={}), "segments.0.model_params.model"),
    ("unknown.json", params(model="mok-ai"), "segments.0.model_params.model"),
    ("model-list.json", params(model=["mock-ai"]), "segments.0.model_params.model"),
    ("params.json", segment(model_params=[1]), "segments.0.model_params"),
    ("duration.json", params(duration=-1), "segments.0.model_params.duration"),
    ("parameter.json", params(colour="red"), "segments.0.model_params.colour"),
    ("trim.json", segment(trim={"start": 9}), "segments.0.trim"),
    ("trim-turned.json", segment(trim={"start": 2, "end": 1}), "segments.0.trim"),
    ("no-media.json", changed(segments=[{"media": "gone.mp4"}]), "segments.0.media"),
    ("folder.json", changed(segments=[{"media": "."}]), "segments.0.media"),
    ("nul-media.json", changed(segments=[{"media": "a\x00b.mp4"}]), "segments.0.media"),
    ("odd-media.json", changed(segments=[{"media": "\ud800.mp4"}]), "segments.0.media"),
    ("long-media.json", changed(segments=[{"media": "x" * 3000}]), "segments.0.media"),
    ("no-lut.json", segment(look={"lut": "gone.cube"}), "segments.0.look.lut"),
    ("odd-lut.json", segment(look={"lut": "odd-lut.json"}), "segments.0.look.lut"),
    ("self.json", changed(segments=[{"media": "self.json"}]), "segments.0.media"),
    ("device.json", changed(segments=[{"media": "/dev/zero"}]), "segments.0.media"),
    ("reference.json", params(first_frame="gone.png"), "segments.0.model_params.first_frame"),
    ("reference-nul.json", params(first_frame="a\x00"), "segments.0.model_params"),
    ("reference-number.json", params(first_frame=5), "segments.0.model_params.first_frame"),
]


@pytest.mark.parametrize(("name", "content", "field"), FILES, ids=[f[0] for f in FILES])
def test_it_is_refused_with_the_field(
    shell: Shell, here: Command, name: str, content: Any, field: str
) -> None:
    if isinstance(content, dict):
        content = json.dumps(content)  # keeps lone surrogates as escapes
    shell.write(name, content)
    done = here("render", name, "-o", "out.mp4", "--json")
    assert done.code == 2, done.err
    assert "hacked" not in done.out
    outcome = done.last
    assert (outcome["status"], outcome["generated"], outcome["output"]) == ("invalid", 0, None)
    assert outcome["error"]
    assert re.search(rf"^  {re.escape(field)}(:| \(|$)", done.err, re.MULTILINE), done.err
    assert len(done.err) < 4000
    assert not (shell.folder / "out.mp4").exists()


def test_the_installed_command_says_the_same(shell: Shell) -> None:
    shell.write("unknown.json", params(model="mok-ai"))
    done = shell.run("render", "unknown.json", "-o", "out.mp4")
    assert (done.code, done.out) == (2, "")
    assert "segments.0.model_params.model" in done.err
    assert "did you mean 'mock-ai'?" in done.err


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (("render", "gone.yaml", "-o", "out.mp4"), "FILE"),
        (("plan", "gone.yaml"), "FILE"),
        (("render", ".", "-o", "out.mp4"), "FILE"),
        (("render", "/dev/null", "-o", "out.mp4"), "FILE"),
        (("render", "ok.json", "-o", "."), "--output"),
        (("render", "ok.json", "-o", "no/such/folder/out.mp4"), "--output"),
        (("render", "ok.json", "-o", "/proc/out.mp4"), "--output"),
        (("render", "ok.json", "-o", "ok.json/out.mp4"), "--output"),
        (("render", "ok.json", "-o", "x" * 300 + ".mp4"), "--output"),
    ],
)
def test_paths_that_cannot_be(
    shell: Shell, here: Command, arguments: tuple[str, ...], field: str
) -> None:
    shell.write("ok.json", film("one"))
    done = here(*arguments)
    assert done.code == 2, done.err
    assert field in done.err


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("VIDEO_FOUNDRY_PORT", "high"),
        ("VIDEO_FOUNDRY_FFMPEG_THREADS", "0"),
        ("DATABASE_URL", "mysql://localhost/x"),
        ("VIDEO_FOUNDRY_PLUGINS", "no_such_module_anywhere"),
        ("VIDEO_FOUNDRY_DATA_DIR", "/proc/nowhere"),
    ],
)
def test_wrong_settings_are_named(
    shell: Shell, here: Command, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    shell.write("ok.json", film("one"))
    monkeypatch.setenv(name, value)
    done = here("plan", "ok.json")
    assert done.code == 2, done.err
    assert name in done.err
