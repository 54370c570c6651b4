"""What is done to segments and what lies beside them, through the API: it is kept as it was said,
planned before it is made, made again only where it changed, and refused by name where it cannot be.
"""

from pathlib import Path

import av
import pytest
from tests.api.studio import Json, Studio
from tests.api.test_media import uploaded

from video_foundry.testing.clips import ClipSpec, make_clip, make_still, make_tone
from video_foundry.testing.film_reading import read_sound, read_times

SECONDS = 4


@pytest.fixture(scope="module")
def clips(studio: Studio, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Ids of three clips of four seconds."""
    folder = tmp_path_factory.mktemp("clips")
    made = [
        make_clip(folder / f"{n}.mp4", ClipSpec(number=n, frames=24 * SECONDS)) for n in (1, 2, 3)
    ]
    return [uploaded(studio, path)["id"] for path in made]


@pytest.fixture(scope="module")
def tone(studio: Studio, tmp_path_factory: pytest.TempPathFactory) -> Json:
    path = make_tone(tmp_path_factory.mktemp("tones") / "music.wav", 6)
    return uploaded(studio, path)


def film(studio: Studio, clips: list[str], *changes: Json) -> Json:
    """A project of the three clips, each with what is done to it."""
    done = [*changes, *({} for _ in clips[len(changes) :])]
    return studio.project(*({"media": m, **c} for m, c in zip(clips, done, strict=True)))


def made(studio: Studio, project: Json) -> dict[str, int]:
    """What a plan would make, by kind of step."""
    kinds = [s["kind"] for s in studio.plan(project)["steps"] if s["action"] == "make"]
    return {kind: kinds.count(kind) for kind in dict.fromkeys(kinds)}


def put(studio: Studio, project: Json, **item: object) -> Json:
    answer: Json = studio.ask("POST", f"/api/projects/{project['id']}/items", 201, json=item)
    return answer


def refused(studio: Studio, project: Json, **item: object) -> Json:
    return studio.refused("POST", f"/api/projects/{project['id']}/items", 422, json=item)


def test_what_is_done_to_a_segment_is_kept_as_it_was_said(studio: Studio, clips: list[str]) -> None:
    done = {
        "transition": {"kind": "wipe-left", "duration": 0.75},
        "retime": {"speed": 1.5, "reverse": True, "freeze": {"at": 1.5, "seconds": 0.5}},
        "framing": {"fit": "fill", "x": 1 / 1920, "move": {"end": {"scale": 1.2, "x": 0.05}}},
        "look": {"exposure": 0.5, "saturation": 1.2, "temperature": -0.25},
        "sound": {"gain_db": -6, "fade_in": 0.5, "keyframes": [{"at": 1, "gain_db": -3}]},
    }
    segment = film(studio, clips, done)["segments"][0]
    for part, said in done.items():
        assert _within(said, segment[part]), part
    copy = studio.ask("POST", f"/api/segments/{segment['id']}/duplicate", 201)
    assert {part: copy[part] for part in done} == {part: segment[part] for part in done}
    cleared = studio.edit(segment, look=None, transition=None)
    assert (cleared["look"], cleared["transition"]) == (None, None)
    assert cleared["retime"] == segment["retime"]


def _within(said: object, kept: object) -> bool:
    """Whether all that was said is there."""
    if isinstance(said, dict):
        return isinstance(kept, dict) and all(_within(v, kept.get(k)) for k, v in said.items())
    if isinstance(said, list):
        return isinstance(kept, list) and all(map(_within, said, kept))
    return said == kept


def test_a_transition_is_planned_made_and_changed_alone(
    studio: Studio, clips: list[str], tmp_path: Path
) -> None:
    project = film(studio, clips, {"transition": {"kind": "fade", "duration": 0.5}})
    plan = studio.plan(project)
    assert plan["frames"] == 3 * 24 * SECONDS - 12
    spans = [s for s in plan["steps"] if s["kind"] == "span"]
    assert len(spans) == 1
    assert spans[0]["seconds"] <= 0.5 + 2
    render = studio.make(project)
    whole = studio.film(render, tmp_path)
    assert len(read_times(whole)) == plan["frames"]
    assert made(studio, project) == {}
    studio.edit(project["segments"][0], transition={"kind": "push-left", "duration": 0.5})
    assert made(studio, project) == {"span": 1, "master": 1}
    studio.edit(project["segments"][0], transition=None)
    again = studio.plan(project)
    assert sum(s["seconds"] for s in again["steps"]) <= 2
    assert again["frames"] == 3 * 24 * SECONDS


def test_a_text_is_made_where_it_stands_and_nowhere_else(
    studio: Studio, clips: list[str], tmp_path: Path
) -> None:
    project = film(studio, clips)
    studio.make(project)
    item = put(studio, project, kind="text", text="Soon", start=5, end=6.5, preset="lower-third")
    plan = studio.plan(project)
    assert made(studio, project) == {"title": 1, "span": 1, "master": 1}
    assert sum(s["seconds"] for s in plan["steps"]) <= 1.5 + 2
    film_path = studio.film(studio.make(project), tmp_path)
    assert len(read_times(film_path)) == 3 * 24 * SECONDS
    fields = {"text": "Later"}
    changed = studio.ask(
        "PATCH", f"/api/items/{item['id']}", json={"kind": "text", "fields": fields}
    )
    assert changed["fields"]["text"] == "Later"
    assert changed["fields"]["start"] == 5
    assert made(studio, project) == {"title": 1, "span": 1, "master": 1}
    studio.ask(
        "PATCH", f"/api/items/{item['id']}", json={"kind": "text", "fields": {"text": "Soon"}}
    )
    assert made(studio, project) == {}, "what was there before is there still"
    studio.ask("DELETE", f"/api/items/{item['id']}", 204)
    assert made(studio, project) == {}


@pytest.mark.parametrize("words", ["2024", "1.50", "007", "1/2", "-3"])
def test_words_that_look_like_numbers_stay_words(
    studio: Studio, clips: list[str], words: str
) -> None:
    item = put(studio, film(studio, clips), kind="text", text=words, start=0.5)
    assert item["fields"]["text"] == words
    assert item["fields"]["start"] == 0.5


def test_a_field_of_an_item_is_taken_back(studio: Studio, clips: list[str]) -> None:
    project = film(studio, clips)
    item = put(studio, project, kind="text", text="Soon", animate_in={"kind": "fade"})
    path = f"/api/items/{item['id']}"
    changed = studio.ask("PATCH", path, json={"kind": "text", "unset": ["animate_in"]})
    assert "animate_in" not in changed["fields"]
    assert changed["fields"]["text"] == "Soon"
    problem = studio.refused("PATCH", path, 422, json={"kind": "text", "unset": ["text"]})
    assert problem["errors"][0]["field"] == "text"
    assert studio.ask("GET", path)["fields"] == changed["fields"]


@pytest.mark.parametrize("fields", [{"text": 5}, {"start": "soon"}, {"no_such": 1}])
def test_fields_of_the_wrong_kind_are_named(studio: Studio, clips: list[str], fields: Json) -> None:
    item = put(studio, film(studio, clips), kind="text", text="Soon")
    problem = studio.refused(
        "PATCH", f"/api/items/{item['id']}", 422, json={"kind": "text", "fields": fields}
    )
    assert problem["errors"][0]["field"] == f"fields.{next(iter(fields))}"


CAPTIONS = """\
1
00:00:01,000 --> 00:00:02,500
Good evening

2
00:00:03,000 --> 00:01:09,000
Bye
"""


def test_captions_as_a_track_make_only_the_film_anew(
    studio: Studio, clips: list[str], tmp_path: Path
) -> None:
    project = film(studio, clips)
    studio.make(project)
    item = put(studio, project, kind="caption", captions=CAPTIONS, show="track", language="pt-BR")
    assert item["fields"]["show"] == "track"
    assert made(studio, project) == {"master": 1}
    path = studio.film(studio.make(project), tmp_path)
    with av.open(str(path)) as container:
        (stream,) = container.streams.subtitles
        assert stream.language == "por"
        said = [bytes(packet)[2:].decode() for packet in container.demux(stream) if packet.size > 2]
    assert said == ["Good evening", "Bye"]
    fields = {"show": "both"}
    studio.ask("PATCH", f"/api/items/{item['id']}", json={"kind": "caption", "fields": fields})
    both = made(studio, project)
    assert (both["title"], both["master"]) == (2, 1)
    studio.ask("DELETE", f"/api/items/{item['id']}", 204)
    assert made(studio, project) == {}, "the film without any is there still"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"show": "nowhere"}, "show"),
        ({"show": "track", "language": "Klingon language"}, "language"),
        ({"show": "track", "captions": "1\nno times\n"}, "captions.line 1"),
    ],
)
def test_captions_that_cannot_be_a_track(
    studio: Studio, clips: list[str], wrong: Json, field: str
) -> None:
    said = {"kind": "caption", "captions": CAPTIONS, **wrong}
    problem = refused(studio, film(studio, clips), **said)
    assert problem["errors"][0]["field"].endswith(field)


def test_music_lies_under_the_film(
    studio: Studio, clips: list[str], tone: Json, tmp_path: Path
) -> None:
    assert (tone["kind"], tone["has_audio"], tone["duration_seconds"]) == ("sound", True, 6)
    project = film(studio, clips, *({"sound": {"muted": True}} for _ in clips))
    silent = read_sound(studio.film(studio.make(project), tmp_path))
    assert not silent.any()
    put(studio, project, kind="audio", media=tone["id"], role="music", start=2, fade_in=1)
    assert set(made(studio, project)) == {"sound", "mix", "master"}
    heard = read_sound(studio.film(studio.make(project), tmp_path))
    assert len(heard) == len(silent) == 48_000 * 3 * SECONDS
    assert abs(heard[: 48_000 * 2 - 2000]).max() < 20
    assert abs(heard[48_000 * 4 : 48_000 * 7]).max() > 1000
    assert abs(heard[48_000 * 8 + 4000 :]).max() < 20


def test_an_image_and_captions_lie_on_top(studio: Studio, clips: list[str], tmp_path: Path) -> None:
    logo = uploaded(studio, make_still(tmp_path / "logo.png", ClipSpec(number=9)))
    project = film(studio, clips)
    words = "1\n00:00:01,000 --> 00:00:02,000\nFirst\n\n2\n00:00:03,000 --> 00:00:04,000\nSecond\n"
    below = put(studio, project, kind="image", media=logo["id"], opacity=0.8)
    above = put(studio, project, kind="caption", captions=words)
    kinds = made(studio, project)
    assert (kinds["image"], kinds["title"]) == (1, 2)
    listed = studio.ask("GET", f"/api/projects/{project['id']}/items")
    assert [i["id"] for i in listed] == [below["id"], above["id"]]
    order = {"item_ids": [above["id"], below["id"]]}
    turned = studio.ask("POST", f"/api/projects/{project['id']}/items/reorder", json=order)
    assert [i["id"] for i in turned] == [above["id"], below["id"]]


def test_what_is_tied_to_a_segment_goes_with_it(studio: Studio, clips: list[str]) -> None:
    project = film(studio, clips)
    last = project["segments"][2]
    put(studio, project, kind="text", text="Here", start=0.5, end=1, segment=last["id"])
    studio.make(project)
    ids = [s["id"] for s in project["segments"]]
    path = f"/api/projects/{project['id']}/segments/reorder"
    studio.ask("POST", path, json={"segment_ids": [ids[2], ids[0], ids[1]]})
    assert "span" not in made(studio, project)
    studio.ask("DELETE", f"/api/segments/{last['id']}", 204)
    assert studio.ask("GET", f"/api/projects/{project['id']}/items") == []


WRONG = [
    ({"kind": "text", "text": ""}, "text"),
    ({"kind": "text", "text": "x", "preset": "tittle"}, "preset"),
    ({"kind": "text", "text": "x", "start": 2, "end": 1}, "end"),
    ({"kind": "text", "text": "x", "style": {"font": "Comic Sans"}}, "style.font"),
    ({"kind": "text", "text": "x", "style": {"colour": "reddish"}}, "style.colour"),
    ({"kind": "text", "text": "x", "animate_in": {"kind": "explode"}}, "animate_in.kind"),
    ({"kind": "caption", "captions": "no times here"}, "captions"),
]


@pytest.mark.parametrize(("item", "field"), WRONG, ids=[f for _, f in WRONG])
def test_an_item_that_cannot_be_is_refused_by_its_field(
    studio: Studio, clips: list[str], item: Json, field: str
) -> None:
    project = film(studio, clips)
    problem = refused(studio, project, **item)
    assert problem["errors"][0]["field"].startswith(field)
    assert problem["errors"][0]["fix"]
    assert studio.ask("GET", f"/api/projects/{project['id']}/items") == []


def test_a_sound_that_is_none_is_refused(
    studio: Studio, clips: list[str], tone: Json, tmp_path: Path
) -> None:
    (tmp_path / "noise.mp3").write_bytes(b"this is no music" * 200)
    files = {"file": ("noise.mp3", (tmp_path / "noise.mp3").read_bytes())}
    studio.refused("POST", "/api/media", 422, files=files)
    project = film(studio, clips)
    still = uploaded(studio, make_still(tmp_path / "a.png", ClipSpec(number=8)))
    assert refused(studio, project, kind="audio", media=still["id"])["errors"]
    loud = refused(studio, project, kind="audio", media=tone["id"], gain_db=90)
    assert loud["errors"][0]["field"] == "gain_db"
    body = {"media": tone["id"]}
    refusal = studio.refused("POST", f"/api/projects/{project['id']}/segments", 422, json=body)
    assert refusal["errors"][0]["field"] == "media"


@pytest.mark.parametrize(
    ("done", "field"),
    [
        ({"transition": {"kind": "fode"}}, "transition.kind"),
        ({"transition": {"kind": "fade", "duration": 99}}, "transition.duration"),
        ({"retime": {"speed": 0}}, "retime.speed"),
        ({"look": {"exposure": 50}}, "look.exposure"),
        ({"framing": {"background": "blueish"}}, "framing.background"),
        ({"sound": {"gain_db": 1000}}, "sound.gain_db"),
        ({"retime": {"freeze": {"at": 90, "seconds": 1}}}, "retime.freeze.at"),
    ],
)
def test_a_treatment_that_cannot_be_is_refused_by_its_field(
    studio: Studio, clips: list[str], done: Json, field: str
) -> None:
    segment = film(studio, clips)["segments"][0]
    problem = studio.refused("PUT", f"/api/segments/{segment['id']}", 422, json=done)
    assert problem["errors"][0]["field"].endswith(field)
    assert problem["errors"][0]["fix"]


def test_what_does_not_fit_together_is_a_problem_of_the_plan(
    studio: Studio, clips: list[str]
) -> None:
    long = {"transition": {"kind": "fade", "duration": 3}}
    project = film(studio, clips, long, long)
    put(studio, project, kind="text", text="Too late", start=500)
    plan = studio.plan(project)
    assert not plan["ready"]
    assert plan["problems"][0]["segment_id"] == project["segments"][1]["id"]
    assert plan["problems"][0]["field"] == "transition.duration"
    studio.refused("POST", f"/api/projects/{project['id']}/render", 422)
    studio.edit(project["segments"][0], transition=None)
    late = studio.plan(project)["problems"]
    assert [p["field"] for p in late] == ["text.0.start"]


def test_the_vocabulary_names_what_can_be_said(studio: Studio) -> None:
    told = studio.ask("GET", "/api/vocabulary")
    assert {"fade", "wipe-left", "circle-open"} <= {t["name"] for t in told["transitions"]}
    assert {"title", "lower-third", "caption"} <= {p["name"] for p in told["presets"]}
    assert "fade" in told["animations"]


def test_the_vocabulary_tells_fonts_and_what_each_preset_does(studio: Studio) -> None:
    told = studio.ask("GET", "/api/vocabulary")
    families = {one["name"]: one for one in told["families"]}
    assert (families["Oswald"]["weights"][0], families["Oswald"]["italic"]) == (200, False)
    assert families["Noto Serif"]["scripts"] == ["latin", "greek", "cyrillic"]
    presets = {one["name"]: one for one in told["presets"]}
    quote = presets["quote"]
    assert quote["style"]["font"] in families
    assert (quote["style"]["italic"], quote["style"]["size"]) == (True, 0.07)
    assert quote["style"]["align"] in told["alignments"]
    assert quote["animate_in"] == {"kind": "fade", "seconds": 0.9, "easing": "ease-out"}
    assert presets["caption"]["animate_in"] is None
    assert presets["subtitle"]["placement"] == {"anchor": "center", "x": 0, "y": 0.18}


def test_every_look_of_the_vocabulary_can_be_said_of_a_text(
    studio: Studio, clips: list[str]
) -> None:
    project = film(studio, clips)
    for preset in studio.ask("GET", "/api/vocabulary")["presets"]:
        put(studio, project, kind="text", text="Told", preset="title", style=preset["style"])
    assert studio.plan(project)["ready"]
