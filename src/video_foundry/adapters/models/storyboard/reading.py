"""Reads a prompt for what can be drawn: kind of scene, light, weather, shot size, camera move.

A small vocabulary, no guessing by a model: the same prompt and seed are always read alike. Pure.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

MOVES = ("push in", "pull out", "pan left", "pan right", "tilt up", "tilt down", "orbit")


@dataclass(frozen=True, kw_only=True)
class Brief:
    """What to draw. `things` are the recognised words that scenes look for by name."""

    scene: str
    light: str
    land: str
    weather: str
    size: str
    move: str
    things: frozenset[str]

    def shows(self, *names: str) -> bool:
        """Whether the prompt speaks of any of these."""
        return not self.things.isdisjoint(names)


SCENES: Mapping[str, str] = {
    "interface": "app:3 interface:3 ui:4 ux:3 dashboard:4 screen:2 website:3 software:3 hologram:4 "
    "holographic:4 hud:4 data:2 chart:3 graph:3 panels:2 digital:2 code:3 coding:3 tech:2 "
    "technology:2 futuristic:1 cyber:2 analytics:4 notification:3 login:3 menu:2 widget:4 "
    "saas:4 ai:2 network:2 server:2 algorithm:3 feature:2 features:2",
    "city": "city:4 skyline:5 skyscraper:5 street:3 downtown:5 urban:4 building:2 tokyo:4 "
    "manhattan:5 paris:3 london:3 york:3 metropolis:5 rooftop:4 alley:4 traffic:2 neon:2 "
    "cyberpunk:4 town:3 bridge:1 taxi:3 crowd:1 market:2 dystopian:3 subway:2",
    "ocean": "ocean:5 sea:5 wave:4 beach:4 coast:4 coastline:4 sail:4 sailboat:6 boat:4 ship:4 "
    "harbour:4 harbor:4 lighthouse:6 island:4 surf:4 surfer:5 underwater:3 whale:5 tide:4 "
    "shore:4 fishing:3 dolphin:5 cliff:2 lake:3 river:2 water:1 yacht:5 pier:4",
    "forest": "forest:5 wood:2 woods:5 jungle:5 tree:2 pine:3 redwood:5 rainforest:6 grove:4 "
    "fern:3 birch:4 moss:3 deer:3 undergrowth:4 firefly:3 fireflies:3 fox:2 wolf:2 bamboo:5",
    "space": "space:4 galaxy:5 planet:5 star:1 stars:2 nebula:6 astronaut:4 orbit:1 cosmos:5 "
    "cosmic:5 moon:1 mars:4 spaceship:5 spacecraft:5 satellite:4 universe:5 asteroid:5 comet:5 "
    "rocket:4 station:1 interstellar:5 alien:3 saturn:5 earth:2 jupiter:5",
    "interior": "interior:5 room:4 kitchen:5 bedroom:5 office:4 desk:3 window:2 cafe:4 café:4 "
    "restaurant:4 bar:2 library:5 indoors:5 living:2 sofa:4 apartment:5 studio:3 hallway:5 "
    "lamp:3 fireplace:4 classroom:4 loft:4 workshop:4 museum:4 attic:5 hotel:3 home:2 table:2 "
    "church:3 gallery:3 curtain:3",
    "road": "road:4 car:4 drive:3 driving:4 highway:6 truck:4 motorcycle:5 racing:3 route:3 "
    "motorway:6 vehicle:4 convertible:5 bus:3 cyclist:3 bike:3 bicycle:3 journey:1 van:3",
    "people": "portrait:5 face:5 eyes:4 man:2 woman:2 girl:2 boy:2 person:2 people:3 couple:4 "
    "actor:4 actress:4 smile:3 conversation:5 dialogue:5 interview:5 child:2 friends:4 "
    "detective:4 dancer:4 ceo:4 founder:4 presenter:4 speaker:4 hero:2 king:3 queen:3 "
    "silhouette:4 mother:3 father:3 family:3 she:1 he:1 chef:3 doctor:3 singer:4 old:1 "
    "team:3 customer:3 musician:3 scientist:3 soldier:3 samurai:4",
    "object": "macro:4 product:4 bottle:5 cup:4 coffee:3 watch:3 perfume:6 glass:3 flower:4 "
    "rose:4 phone:3 smartphone:4 sneaker:4 shoe:3 ring:2 diamond:4 candle:4 vase:5 pedestal:5 "
    "packshot:6 droplet:4 tea:3 wine:3 lipstick:5 headphones:4 gadget:4 jar:4 closeup:1 "
    "sphere:4 apple:2 cream:2 bowl:4 mug:5 egg:3 teapot:5",
    "landscape": "mountain:5 mountains:5 hill:4 valley:5 desert:6 dune:6 field:4 meadow:5 "
    "landscape:5 canyon:6 sunrise:2 sunset:2 glacier:5 volcano:5 savanna:5 farm:4 prairie:5 "
    "cliff:3 horizon:2 nature:3 wilderness:5 snow:1 peak:4 summit:4 sky:1 clouds:2 hiker:4 "
    "horse:3 vineyard:4 balloon:3 waterfall:3 castle:4 camel:5 village:3 tundra:5 arctic:5 "
    "antarctica:5 alps:6 himalaya:6",
    "abstract": "abstract:5 logo:3 motion:2 shapes:4 gradient:4 particles:4 flow:3 fluid:4 "
    "geometric:5 pattern:3 title:2 text:1 idea:2 energy:2 music:2 dream:2 liquid:4 ribbon:4 "
    "silk:4 smoke:3 ink:1 colour:2 color:2 colours:2 colors:2 intro:3 outro:3 typography:4",
}

LIGHTS: Mapping[str, str] = {
    "dawn": "dawn:4 sunrise:4 morning:3 daybreak:4 pastel:2",
    "golden": "golden:3 sunset:4 warm:2 autumn:2 amber:3 fall:1 candle:2 fireplace:2 cozy:2 "
    "cosy:2 honey:2 sunlit:2",
    "dusk": "dusk:5 twilight:5 evening:3 purple:2 magenta:2 violet:2",
    "night": "night:5 midnight:5 moon:2 moonlight:5 moonlit:5 dark:2 stars:2 starry:4 nocturnal:4 "
    "fireflies:3 aurora:4",
    "neon": "neon:6 cyberpunk:6 synthwave:6 glowing:2 nightclub:5 club:2 arcade:4",
    "overcast": "overcast:5 grey:2 gray:2 fog:3 foggy:4 mist:3 misty:3 rain:2 rainy:2 bleak:3 "
    "winter:1 cloudy:4 melancholy:3 noir:4 snowfall:2 blizzard:4",
    "storm": "storm:5 stormy:5 thunder:5 lightning:4 apocalypse:4 dystopian:3 ominous:4 horror:4 "
    "tense:2 war:3",
    "day": "day:2 noon:4 sunny:5 daylight:5 bright:3 summer:3 blue:1 midday:4 spring:2 clear:2 "
    "tropical:4",
}

LANDS: Mapping[str, str] = {
    "desert": "desert:5 dune:6 sahara:6 canyon:4 camel:4 sand:4 mars:4 savanna:3 arid:4 mesa:5",
    "snow": "snow:4 snowy:5 glacier:5 arctic:5 winter:4 ice:3 icy:3 frozen:4 antarctica:6 "
    "tundra:4 himalaya:3 blizzard:5 snowfall:5",
    "forest": "forest:4 pine:3 jungle:4 tree:2 woods:3 rainforest:4 green:2 bamboo:3 moss:2",
    "field": "field:4 meadow:5 farm:4 prairie:5 grass:4 vineyard:4 wheat:5 hill:3 countryside:5 "
    "village:2 valley:2 tuscany:5 sheep:3",
    "mountains": "mountain:3 mountains:3 peak:3 summit:3 alps:4 cliff:2 volcano:3 rocky:2",
}

WEATHERS: Mapping[str, str] = {
    "rain": "rain:4 rainy:4 raining:4 storm:2 drizzle:4 downpour:5 monsoon:5 thunderstorm:4",
    "snow": "snowfall:5 snowing:5 snowy:2 blizzard:5 snowflakes:5 snow:1",
    "fog": "fog:4 foggy:4 mist:4 misty:4 haze:3 hazy:3 smoke:2 smoky:2",
    "dust": "dust:3 dusty:3 sandstorm:5 embers:4 sparks:3 fireflies:4 particles:3 ash:3 pollen:3",
}

SIZES: Mapping[str, str] = {
    "aerial": "aerial:5 drone:5 overhead:4 flyover:5 bird's-eye:5 helicopter:3",
    "close": "close-up:5 closeup:5 close:3 macro:5 detail:3 portrait:3 extreme:1 tight:2 face:3 "
    "eyes:3 ecu:5 cu:4",
    "medium": "medium:4 mid-shot:5 waist:4 cowboy:2 two-shot:4 over-the-shoulder:4",
    "wide": "wide:5 establishing:5 panorama:4 panoramic:4 vast:3 epic:2 landscape:2 long:1",
}

_CAMERA_WORDS: tuple[tuple[str, str], ...] = (
    (
        r"\b(dolly|push|move|track|zoom)(s|es|ing)?[ -]?(slowly )?(in|forward|closer|towards?)\b",
        "push in",
    ),
    (r"\b(dolly|pull|move|zoom)(s|es|ing)?[ -]?(slowly )?(out|back|away)\b", "pull out"),
    (r"\bpan(s|ning)?( slowly)? (to the )?left\b", "pan left"),
    (r"\b(pan(s|ning)?|track(s|ing)?|lateral|slider)\b", "pan right"),
    (
        r"\b(tilt(s|ing)?( slowly)? up|cranes? up|rises?|rising shot|ascend(s|ing)?)\b",
        "tilt up",
    ),
    (r"\b(tilt(s|ing)?( slowly)? down|crane(s)? down|descend(s|ing)?)\b", "tilt down"),
    (r"\b(orbit(s|ing)?|circl(es|ing)|arc shot|360|rotat(es|ing))\b", "orbit"),
    (r"\b(reveal(s|ing)?)\b", "pull out"),
    (r"\b(static|locked[ -]off|tripod|still)\b", "static"),
)


def read_brief(prompt: str, *, seed: int, camera: str) -> Brief:
    """What the prompt asks to see; what it leaves open is chosen by prompt and seed."""
    words = _words(prompt)
    chance = _chance(prompt, seed)
    weather = _best(WEATHERS, words) or "clear"
    scene = _best(SCENES, words) or ("landscape", "abstract", "city", "landscape")[chance[0] % 4]
    size = _best(SIZES, words) or "wide"
    return Brief(
        scene=scene,
        light=_light(scene, words, weather, chance[1]),
        land=_best(LANDS, words) or ("mountains", "field", "mountains", "forest")[chance[2] % 4],
        weather=weather,
        size=size,
        move=camera if camera != "auto" else _move(prompt, scene, chance[3]),
        things=frozenset(words),
    )


def _words(prompt: str) -> list[str]:
    """Lower-case words; each plural also as its singular."""
    found = re.findall(r"[\w'’-]+", prompt[:4000].lower())
    singular = [w[:-1] for w in found if len(w) > 3 and w.endswith("s") and not w.endswith("ss")]
    parts = [part for w in found if "-" in w for part in w.split("-")]
    return [*found, *singular, *parts]


def _best(table: Mapping[str, str], words: list[str]) -> str | None:
    present = set(words)
    scores = {
        name: sum(weight for word, weight in _weighted(line) if word in present)
        for name, line in table.items()
    }
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] > 0 else None


def _weighted(line: str) -> list[tuple[str, int]]:
    pairs = (entry.rsplit(":", 1) for entry in line.split())
    return [(word, int(weight)) for word, weight in pairs]


_USUAL_LIGHTS: Mapping[str, tuple[str, ...]] = {
    "interface": ("night",),
    "city": ("dusk", "night", "golden"),
    "space": ("night",),
    "interior": ("golden", "dawn", "day"),
    "people": ("golden", "dusk", "night", "dawn"),
    "object": ("dawn", "golden", "day"),
    "abstract": ("dusk", "neon", "dawn", "day"),
    "forest": ("dawn", "day", "golden"),
    "ocean": ("golden", "day", "dusk"),
}


def _light(scene: str, words: list[str], weather: str, chance: int) -> str:
    found = _best(LIGHTS, words)
    if found:
        return found
    if weather in ("rain", "fog", "snow"):
        return "overcast"
    usual = _USUAL_LIGHTS.get(scene, ("golden", "dawn", "day", "dusk"))
    return usual[chance % len(usual)]


def _move(prompt: str, scene: str, chance: int) -> str:
    text = prompt[:4000].lower()
    for pattern, move in _CAMERA_WORDS:
        if re.search(pattern, text):
            return move
    usual = {
        "road": ("push in",),
        "object": ("orbit", "push in"),
        "people": ("push in", "orbit"),
        "interface": ("push in", "orbit", "pan right"),
        "forest": ("pan right", "push in"),
    }.get(scene, ("push in", "pan right", "pan left", "pull out"))
    return usual[chance % len(usual)]


def _chance(prompt: str, seed: int) -> bytes:
    return hashlib.sha256(f"{seed}:{prompt}".encode("utf-8", "replace")).digest()
