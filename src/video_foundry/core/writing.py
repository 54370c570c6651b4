"""What a title's text is made of: stretches of emoji, direction, and the language that decides
between regional forms. Pure; knows no font.
"""

import re
import unicodedata
from dataclasses import dataclass

MOST_CHARACTERS = 1000
MOST_LINES = 24

_FLAG = "[\U0001f1e6-\U0001f1ff]"
_DEFAULT_EMOJI = (
    "\u231a\u231b\u23e9-\u23ec\u23f0\u23f3\u25fd\u25fe\u2614\u2615\u2648-\u2653\u267f\u2693\u26a1"
    "\u26aa\u26ab\u26bd\u26be\u26c4\u26c5\u26ce\u26d4\u26ea\u26f2\u26f3\u26f5\u26fa\u26fd\u2705"
    "\u270a\u270b\u2728\u274c\u274e\u2753-\u2755\u2757\u2795-\u2797\u27b0\u27bf\u2b1b\u2b1c\u2b50"
    "\u2b55\U0001f004\U0001f0cf\U0001f18e\U0001f191-\U0001f19a\U0001f201\U0001f21a\U0001f22f"
    "\U0001f232-\U0001f236\U0001f238-\U0001f23a\U0001f250\U0001f251\U0001f300-\U0001f64f"
    "\U0001f680-\U0001f6ff\U0001f7e0-\U0001f7f0\U0001f90c-\U0001f9ff\U0001fa70-\U0001faff"
)
"""Characters shown as emoji unless U+FE0E follows (Unicode's Emoji_Presentation, and their planes'
neighbours, which have no other form)."""

_TEXT_STYLE, _EMOJI_STYLE = "\ufe0e", "\ufe0f"
_SKIN = "[\U0001f3fb-\U0001f3ff]"
_TAGS = "[\U000e0020-\U000e007f]"
_ONE = (
    f"(?:[{_DEFAULT_EMOJI}](?!{_TEXT_STYLE}){_EMOJI_STYLE}?|[^\\s\\w]{_EMOJI_STYLE}|\u2139{_EMOJI_STYLE})"
    f"{_SKIN}?{_TAGS}*"
)
_EMOJI = re.compile(
    f"(?:[0-9#*]{_EMOJI_STYLE}?\u20e3|{_FLAG}{_FLAG}"
    f"|[\u261d\u26f9\u270a-\u270d]{_EMOJI_STYLE}?{_SKIN}"
    f"|{_ONE}(?:\u200d(?:{_ONE}|[\u2600-\u27bf\u2b00-\u2bff]{_EMOJI_STYLE}?))*)+"
)

_KANA = re.compile("[\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f]")
_HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]")
_BOPOMOFO = re.compile("[\u3100-\u312f\u31a0-\u31bf]")

_JOINED = re.compile(
    "[\u0590-\u08ff\u0900-\u0dff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u1800-\u18af"
    "\ufb1d-\ufdff\ufe70-\ufefc]"
)
"""Scripts whose letters join or stack: extra space between them tears words apart."""

_BARE = {"Cc", "Cf", "Zl", "Zp", "Zs"}


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """Characters in a row that are all emoji, or all not."""

    text: str
    is_emoji: bool


def stretches(line: str) -> tuple[Stretch, ...]:
    """A line cut where emoji begin and end."""
    found: list[Stretch] = []
    done = 0
    for match in _EMOJI.finditer(line):
        if match.start() > done:
            found.append(Stretch(text=line[done : match.start()], is_emoji=False))
        found.append(Stretch(text=match[0], is_emoji=True))
        done = match.end()
    if done < len(line):
        found.append(Stretch(text=line[done:], is_emoji=False))
    return tuple(found)


def is_right_to_left(line: str) -> bool:
    """Whether the first letter with a direction of its own runs to the left."""
    for character in line:
        direction = unicodedata.bidirectional(character)
        if direction in {"L", "R", "AL"}:
            return direction != "L"
    return False


def language_of(text: str) -> str:
    """One of `fonts.LANGUAGES`, by the letters that only one of them uses; else simplified Chinese,
    whose forms most readers of shared characters know."""
    if _KANA.search(text):
        return "ja"
    if _HANGUL.search(text):
        return "ko"
    return "zh-Hant" if _BOPOMOFO.search(text) else "zh-Hans"


def may_be_spaced(line: str) -> bool:
    """Whether letters may be moved apart without breaking the script."""
    return _JOINED.search(line) is None


def needs_glyph(character: str) -> bool:
    """Whether a reader would miss it: not controls, joiners, spaces and variation selectors."""
    point = ord(character)
    is_selector = 0xFE00 <= point <= 0xFE0F or 0xE0000 <= point <= 0xE0FFF
    return not is_selector and unicodedata.category(character) not in _BARE
