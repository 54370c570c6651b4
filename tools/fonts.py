"""Bringing the bundled fonts into the package, from the packages that carry them.

Used by `make setup` and by the wheel's build hook. No font lies in the repository: those for text
come from hash-locked Python packages, the colour emoji from a module of the web's lock.
"""

import json
import shutil
import struct
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tools import stamps

LOCK = "requirements-fonts.lock"
OUTPUT = Path("src", "video_foundry", "fonts")
EMOJI_MODULE = "@expo-google-fonts/noto-color-emoji"

Folder = Callable[[], Path]
"""Gives a folder in which packages lie, installing them first; called only when that is needed."""

_NOTO_SCRIPTS = (
    *("Arabic", "Armenian", "Bengali", "Devanagari", "Ethiopic", "Georgian", "Gujarati"),
    *("Gurmukhi", "Hebrew", "Kannada", "Khmer", "Lao", "Malayalam", "Myanmar", "Oriya", "Sinhala"),
    *("Symbols", "Tamil", "Telugu", "Thai"),
)


class FontsError(Exception):
    """The fonts could not be brought in; the message says why."""


@dataclass(frozen=True)
class Source:
    """A package, and which of its files become which of ours. licence: its text, in the package."""

    package: str
    files: dict[str, str]
    licence: str


def _fontpkg(name: str, files: dict[str, str]) -> Source:
    found = {f"files/{theirs}.ttf": f"{ours}.ttf" for theirs, ours in files.items()}
    return Source(f"fontpkg_{name}", found, "LICENSE")


TEXT_SOURCES = (
    Source(
        "manimgx_fonts",
        {
            "NotoSans[wght].ttf": "NotoSans.ttf",
            "NotoSans-Italic[wght].ttf": "NotoSans-Italic.ttf",
            **{f"NotoSans{s}[wght].ttf": f"NotoSans{s}.ttf" for s in _NOTO_SCRIPTS},
        },
        "../manimgx_fonts-*.dist-info/licenses/LICENSE",
    ),
    Source(
        "manimgx_fonts_cjk",
        {"NotoSansCJK-VF.otf.ttc": "NotoSansCJK.ttc"},
        "../manimgx_fonts_cjk-*.dist-info/licenses/LICENSE",
    ),
    _fontpkg("bebas_neue", {"BebasNeue-Regular": "BebasNeue"}),
    _fontpkg("caveat", {"Caveat[wght]": "Caveat"}),
    _fontpkg(
        "jetbrains_mono",
        {
            "JetBrainsMono[wght]": "JetBrainsMono",
            "JetBrainsMono-Italic[wght]": "JetBrainsMono-Italic",
        },
    ),
    _fontpkg(
        "montserrat",
        {"Montserrat[wght]": "Montserrat", "Montserrat-Italic[wght]": "Montserrat-Italic"},
    ),
    _fontpkg(
        "noto_serif",
        {
            "NotoSerif[wdth,wght]": "NotoSerif",
            "NotoSerif-Italic[wdth,wght]": "NotoSerif-Italic",
        },
    ),
    _fontpkg("oswald", {"Oswald[wght]": "Oswald"}),
    _fontpkg(
        "playfair_display",
        {
            "PlayfairDisplay[wght]": "PlayfairDisplay",
            "PlayfairDisplay-Italic[wght]": "PlayfairDisplay-Italic",
        },
    ),
)
EMOJI_SOURCE = Source(
    EMOJI_MODULE, {"400Regular/NotoColorEmoji_400Regular.ttf": "NotoColorEmoji.ttf"}, "LICENSE_FONT"
)


def ensure(root: Path, packages: Folder, modules: Folder) -> bool:
    """Bring the fonts in unless they are up to date; returns whether that was needed.

    packages: where the locked Python packages lie. modules: the web's node_modules. Raises
    FontsError, and what these two raise.
    """
    if is_current(root):
        return False
    output, digest = root / OUTPUT, origin(root)
    if digest is None:
        raise FontsError(f"there is no {LOCK} or no lock of the web: the checkout is incomplete")
    renew(output, packages(), modules())
    stamps.write(output / ".built-from", digest)
    return True


def is_current(root: Path) -> bool:
    """Whether the fonts are there and are those of the locks."""
    output, digest = root / OUTPUT, origin(root)
    # A source distribution may carry the fonts without the locks.
    return is_complete(output) and (
        digest is None or stamps.is_current(output / ".built-from", digest)
    )


def origin(root: Path) -> str | None:
    """A digest of everything that decides the fonts; None where a lock is missing."""
    own, lock, web = Path(__file__), root / LOCK, root / "web" / "package-lock.json"
    if not lock.is_file() or not web.is_file():
        return None
    return stamps.digest_of(own.parent, [own], lock.read_text(), emoji_entry(web))


def locked(root: Path) -> list[str]:
    """The packages that the lock pins, such as `fontpkg-oswald==4.103`."""
    lines = (root / LOCK).read_text().splitlines()
    return [line.split()[0] for line in lines if line[:1].isalpha()]


def is_complete(output: Path) -> bool:
    """Whether every font lies there."""
    return all((output / name).is_file() for name in font_names())


def font_names() -> list[str]:
    """The names of all our files."""
    return [name for source in (*TEXT_SOURCES, EMOJI_SOURCE) for name in source.files.values()]


def emoji_entry(lock: Path) -> str:
    """What the web's lock says of the emoji, and nothing of what else is in it."""
    entry = json.loads(lock.read_text())["packages"].get(f"node_modules/{EMOJI_MODULE}")
    if entry is None:
        raise FontsError(f"{lock} does not name {EMOJI_MODULE}")
    return json.dumps(entry, sort_keys=True)


def renew(output: Path, packages: Path, modules: Path) -> None:
    """Make the folder anew, beside the old one until it is whole. Raises FontsError."""
    fresh = output.with_name(f".{output.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    (fresh / "licenses").mkdir(parents=True)
    (fresh / ".gitignore").write_text("*\n")
    for source in TEXT_SOURCES:
        copy(source, packages / source.package, fresh)
    copy(EMOJI_SOURCE, modules / EMOJI_MODULE, fresh)
    emoji = fresh / "NotoColorEmoji.ttf"
    emoji.write_bytes(without_table(emoji.read_bytes(), b"SVG "))
    (fresh / "NOTICE.txt").write_text(notice())
    shutil.rmtree(output, ignore_errors=True)
    fresh.rename(output)


def copy(source: Source, folder: Path, target: Path) -> None:
    """One package's files and its licence. Raises FontsError when one is missing."""
    licences = list(folder.glob(source.licence))
    if not licences:
        raise FontsError(f"{folder} has no {source.licence}")
    shutil.copyfile(licences[0], target / "licenses" / licence_name(source))
    for theirs, ours in source.files.items():
        if not (folder / theirs).is_file():
            raise FontsError(f"{folder} has no {theirs}")
        shutil.copyfile(folder / theirs, target / ours)


def licence_name(source: Source) -> str:
    """The file that a package's licence becomes."""
    return f"{source.package.rpartition('/')[2].replace('-', '_')}.txt"


def notice() -> str:
    """Which file came from where, under which licence."""
    lines = [
        f"{ours}: from {source.package}, see licenses/{licence_name(source)}"
        for source in (*TEXT_SOURCES, EMOJI_SOURCE)
        for ours in source.files.values()
    ]
    return (
        "The fonts in this folder are under the SIL Open Font License 1.1; their authors are\n"
        "named in the licences. They are as published, but for their file names; and from\n"
        "NotoColorEmoji.ttf the SVG pictures are left out, which repeat its COLR pictures.\n\n"
        + "\n".join(lines)
        + "\n"
    )


def without_table(font: bytes, tag: bytes) -> bytes:
    """The same font file less one of its tables; the others keep their order and bytes."""
    (count,) = struct.unpack_from(">H", font, 4)
    tables = [struct.unpack_from(">4sIII", font, 12 + 16 * n) for n in range(count)]
    kept = [table for table in tables if table[0] != tag]
    power = len(kept).bit_length() - 1
    head = struct.pack(
        ">HHHH", len(kept), 16 << power, power, 16 * len(kept) - (16 << power)
    )  # what a binary search over the list needs
    place = 12 + 16 * len(kept)
    listing, body = b"", b""
    for name, checksum, offset, length in kept:
        listing += struct.pack(">4sIII", name, checksum, place + len(body), length)
        body += font[offset : offset + length] + b"\0" * (-length % 4)
    return font[:4] + head + listing + body


def installed(root: Path, python: Path) -> Path:
    """Install the locked packages under .venv/, unless they are there; returns their folder.

    Raises subprocess.CalledProcessError.
    """
    home, lock = root / ".venv" / "font-packages", root / LOCK
    stamp, digest = home / "stamp", stamps.digest_of(root, [lock])
    if not stamps.is_current(stamp, digest):
        shutil.rmtree(home, ignore_errors=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        locked = ["--no-input", "--no-deps", "--require-hashes", "--requirement", str(lock)]
        subprocess.run([*pip, *locked, "--target", str(home / "site")], check=True)
        stamps.write(stamp, digest)
    return home / "site"
