"""The fonts folder: what a title depends on, what files cover, and how they came to be there."""

import json
import shutil
import struct
from pathlib import Path
from typing import Any

import pytest
from tests.adapters.titles.conftest import step

from tools import fonts
from video_foundry.adapters.titles.coverage import FontUnreadable, coverage_of
from video_foundry.adapters.titles.library import FontLibrary
from video_foundry.adapters.titles.no_gl import stand_in
from video_foundry.adapters.titles.titler import SkiaTitler
from video_foundry.core.fonts import CJK, EMOJI, FAMILIES, FONT_FILES
from video_foundry.errors import PartUnavailable
from video_foundry.ports.titles import BUNDLED


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of fonts that may be spoilt."""
    made = tmp_path / "fonts"
    made.mkdir()
    for name in FONT_FILES:
        (made / name).symlink_to(BUNDLED / name)
    return made


def changed(path: Path) -> None:
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content + b"\0")


def digests(library: FontLibrary, text: str, **told: Any) -> tuple[str, ...]:
    return library.digests(step(text, **told).spec)


def test_a_title_depends_on_the_fonts_it_is_set_from_and_no_others(folder: Path) -> None:
    library = FontLibrary(folder)
    latin, arabic = digests(library, "Hello"), digests(library, "Hello مرحبا")
    emoji = digests(library, "👍")
    assert len(latin) == 1
    assert latin == arabic[:1]
    assert emoji == (library.digest(EMOJI),)
    changed(folder / "NotoSansArabic.ttf")
    assert digests(library, "Hello") == latin
    assert digests(library, "Hello مرحبا") != arabic
    changed(folder / EMOJI)
    assert digests(library, "👍") != emoji


def test_each_font_that_is_asked_before_the_one_that_answers_counts(folder: Path) -> None:
    library = FontLibrary(folder)
    before = digests(library, "日本")
    changed(folder / "NotoSansArmenian.ttf")  # it might have learnt Japanese
    assert digests(library, "日本") != before


def test_a_second_weight_counts_where_lines_differ() -> None:
    library = FontLibrary(BUNDLED)
    lines = library.lines(step("One\nTwo", preset="lower-third").spec)
    assert [line.runs[0].faces[0].weight for line in lines] == [700, 400]


def test_the_families_are_told_and_a_missing_file_is_named(folder: Path) -> None:
    assert [f.name for f in SkiaTitler(folder).fonts()] == list(FAMILIES)
    (folder / "Oswald.ttf").unlink()
    with pytest.raises(PartUnavailable, match=r"Oswald\.ttf is missing; `make setup`"):
        SkiaTitler(folder).fonts()


def test_a_damaged_font_is_named(folder: Path) -> None:
    for content in (b"", b"\0\1\0\0" + b"\xff" * 200, b"\0\1\0\0\0\0" + b"\0" * 20):
        (folder / "Caveat.ttf").unlink()
        (folder / "Caveat.ttf").write_bytes(content)
        with pytest.raises(FontUnreadable):
            coverage_of(folder / "Caveat.ttf")
    with pytest.raises(PartUnavailable):
        digests(FontLibrary(folder), "Hello", preset="note")


@pytest.mark.parametrize(
    ("file", "has", "lacks"),
    [
        ("NotoSans.ttf", "Aя€ß", "日ا😀"),
        ("NotoSansArabic.ttf", "مﷺ", "Яक"),
        (CJK, "直骨か한", "😀ا"),
        (EMOJI, "😀1#🇩", "Aя"),
        ("BebasNeue.ttf", "Az", "я日"),
    ],
)
def test_what_a_font_covers_is_read_from_it(file: str, has: str, lacks: str) -> None:
    coverage = coverage_of(BUNDLED / file)
    assert [c for c in has if ord(c) not in coverage] == []
    assert [c for c in lacks if ord(c) in coverage] == []


LETTERS = {"latin": "AZazéñßłő", "greek": "ΑΩαωή", "cyrillic": "АЯаяёїґ"}


@pytest.mark.parametrize("name", FAMILIES)
def test_a_family_writes_just_the_scripts_that_are_told_of_it(name: str) -> None:
    family = FAMILIES[name]
    for file in filter(None, (family.upright, family.italic)):
        coverage = coverage_of(BUNDLED / file)
        written = [s for s, letters in LETTERS.items() if all(ord(c) in coverage for c in letters)]
        assert written == list(family.scripts), file


def test_the_coverage_that_is_read_is_that_of_the_font_library() -> None:
    stand_in()
    import skia

    points = [*range(0x20, 0x3000, 7), *range(0x4E00, 0x9FFF, 97), *range(0x1F300, 0x1FAFF, 5)]
    for file in FONT_FILES:
        face = skia.FontMgr.New_Custom_Empty().makeFromFile(str(BUNDLED / file), 0)
        coverage = coverage_of(BUNDLED / file)
        glyphs = face.unicharsToGlyphs(points)
        wrong = [p for p, g in zip(points, glyphs, strict=True) if (p in coverage) != (g != 0)]
        assert wrong == [], file


# How they are brought in


def test_the_tool_brings_in_just_the_files_that_are_asked_for() -> None:
    assert sorted(fonts.font_names()) == sorted(FONT_FILES)
    assert sum((BUNDLED / name).stat().st_size for name in FONT_FILES) < 60e6


def test_every_font_comes_with_its_licence() -> None:
    notice = (BUNDLED / "NOTICE.txt").read_text()
    for line in notice.split("\n\n")[1].splitlines():
        file, _, licence = line.partition(": from ")[0], *line.rpartition("see ")[1:]
        assert (BUNDLED / file).is_file()
        assert "SIL Open Font License" in " ".join((BUNDLED / licence).read_text().split())
    assert all(name in notice for name in FONT_FILES)


def little_font(*tags: bytes) -> bytes:
    """A file of the right shape: each table holds its own name, an odd number of times."""
    place = 12 + 16 * len(tags)
    listing, body = b"", b""
    for tag in tags:
        content = tag * 3 + b"!"
        listing += struct.pack(">4sIII", tag, 7, place + len(body), len(content))
        body += content + b"\0" * (-len(content) % 4)
    return b"\0\1\0\0" + struct.pack(">HHHH", len(tags), 0, 0, 0) + listing + body


def test_a_table_is_left_out_and_the_others_stay_whole() -> None:
    font = fonts.without_table(little_font(b"COLR", b"SVG ", b"cmap"), b"SVG ")
    assert font == fonts.without_table(font, b"SVG ")
    count, *search = struct.unpack_from(">HHHH", font, 4)
    assert (count, search) == (2, [32, 1, 0])
    for number, tag in enumerate((b"COLR", b"cmap")):
        name, checksum, offset, length = struct.unpack_from(">4sIII", font, 12 + 16 * number)
        assert (name, checksum, font[offset : offset + length]) == (tag, 7, tag * 3 + b"!")


class Shop:
    """A checkout with tiny packages, and how often they were asked for."""

    def __init__(self, root: Path) -> None:
        self.root, self.asked = root, 0
        self.packages, self.modules = root / "site", root / "node_modules"
        (root / "web").mkdir()
        (root / fonts.LOCK).write_text("fonts==1\n")
        self.lock_emoji("1")
        for source in fonts.TEXT_SOURCES:
            self.stock(source, self.packages)
        self.stock(fonts.EMOJI_SOURCE, self.modules)

    def lock_emoji(self, version: str) -> None:
        entry = {f"node_modules/{fonts.EMOJI_MODULE}": {"version": version}}
        (self.root / "web" / "package-lock.json").write_text(json.dumps({"packages": entry}))

    def stock(self, source: fonts.Source, home: Path) -> None:
        folder = home / source.package
        licence = folder / source.licence.replace("*", "1")
        for path in [licence, *(folder / name for name in source.files)]:
            folder.mkdir(parents=True, exist_ok=True)
            path.parent.resolve().mkdir(parents=True, exist_ok=True)
            path.write_bytes(little_font(b"COLR", b"SVG "))

    def ensure(self) -> bool:
        return fonts.ensure(self.root, self.ask, lambda: self.modules)

    def ask(self) -> Path:
        self.asked += 1
        return self.packages


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def test_fonts_are_brought_in_once_and_again_when_a_lock_changes(shop: Shop) -> None:
    output = shop.root / fonts.OUTPUT
    assert shop.ensure()
    assert fonts.is_complete(output)
    assert (output / "NotoColorEmoji.ttf").read_bytes() == little_font_without_svg()
    assert (output / ".gitignore").read_text() == "*\n"
    assert not shop.ensure()
    assert shop.asked == 1
    shop.lock_emoji("2")
    assert shop.ensure()
    (shop.root / fonts.LOCK).write_text("fonts==2\n")
    assert shop.ensure()
    (output / "Oswald.ttf").unlink()
    assert shop.ensure()
    assert not shop.ensure()


def little_font_without_svg() -> bytes:
    return fonts.without_table(little_font(b"COLR", b"SVG "), b"SVG ")


def test_what_the_lock_pins_is_told_without_hashes() -> None:
    pinned = fonts.locked(Path(fonts.__file__).parents[1])
    wanted = {source.package.replace("_", "-") for source in fonts.TEXT_SOURCES}
    assert wanted <= {requirement.partition("==")[0] for requirement in pinned}
    assert all(requirement.count("==") == 1 for requirement in pinned)


def test_a_package_without_its_font_is_named_and_the_old_fonts_stay(shop: Shop) -> None:
    shop.ensure()
    (shop.packages / "fontpkg_oswald" / "files" / "Oswald[wght].ttf").unlink()
    shop.lock_emoji("2")
    with pytest.raises(fonts.FontsError, match=r"Oswald\[wght\]\.ttf"):
        shop.ensure()
    assert fonts.is_complete(shop.root / fonts.OUTPUT)


def test_fonts_that_came_without_their_locks_are_taken_as_they_are(shop: Shop) -> None:
    shop.ensure()
    (shop.root / fonts.LOCK).unlink()
    assert not shop.ensure()
    shutil.rmtree(shop.root / fonts.OUTPUT)
    with pytest.raises(fonts.FontsError, match="incomplete"):
        shop.ensure()
