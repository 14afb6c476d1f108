"""Made news of made towns: articles in plausible English, all different, the same for the same number on every machine."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random

SENTENCES = 11
PARAGRAPH_SENTENCES = 3
FIRST_DAY = datetime(2026, 3, 2, 6, 0)
_CHOICE = re.compile(r"\{([^{}]*)\}")
_SLOT = re.compile(r"<(\w+)>")
_STARTS = "Bram Cole Dun Elm Fal Gar Hest Kirn Lam Mor Nor Oss Pell Quar Ros Sel Tarn Ulm Ved Wex".split()
_ENDS = "by wick mouth ford stead holm thorpe dale ham ness moor gate".split()
_GIVEN = "Ada Bruno Celia Dorian Edda Felix Greta Hugo Iris Jonas Klara Leo Mira Nils Olga Piet Runa Silas Thea Viktor".split()
_FAMILY = "Abring Balder Corvin Dahlke Elstob Fennick Garrow Hollin Isham Jessop Kellick Lorne Maddern Nayland Orrick".split()
_ROLES = (
    "mayor",
    "town clerk",
    "harbour master",
    "head of roads",
    "school inspector",
    "speaker of the council",
    "county engineer",
)
_BODIES = (
    "Friends of the River, the Society of Gardeners, the Union of Carters, the League of Tenants, the Rowing Club, "
    "the Guild of Bakers, the Institute of Tides, the Circle of Walkers"
).split(", ")
_THINGS = (
    "the covered market, the tram depot, the swimming hall, the northern dyke, the fish ladder, the night bus, the "
    "observatory, the paper mill, the cable ferry, the orchard road, the heating plant, the old granary, the cycle "
    "bridge, the music school, the salt works, the library boat, the lock gates, the wind park"
).split(", ")
_PLACES = (
    "canal",
    "quay",
    "common",
    "weir",
    "station",
    "quarry",
    "marsh",
    "lighthouse",
    "brickyard",
    "reservoir",
    "fairground",
)
_ADJECTIVES = "narrow windy muddy handsome forgotten crooked sunny noisy steep quiet".split()
_MONTHS = "January February March April May June July August September October November December".split()
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday".split()
_HEADLINES = (
    "{Council in <town>|A street in <town>} {splits|argues|decides} over <thing> {after <few> years|at last|once more}",
    "{How|Why} <thing> {came to|divides|may leave|changes} <town> {and <other>|by the <place>|in <month>}",
    "<number> {letters|signatures|crowns|visitors} for <thing>: <person> {hopes|waits|explains} in <town>",
    "<official>: <thing> {opens|closes|moves} {in <month>|by <year2>}",
)


@dataclass(frozen=True, slots=True)
class Article:
    """One article. `published_at` is naive UTC; a paragraph is a text of about three sentences."""

    number: int
    title: str
    author: str
    paragraphs: tuple[str, ...]
    published_at: datetime

    @property
    def slug(self) -> str:
        """The title as the part of an address."""
        return re.sub(r"[^a-z0-9]+", "-", self.title.lower()).strip("-")


@cache
def templates() -> tuple[str, ...]:
    """The sentences that articles are made of."""
    lines = (Path(__file__).parent / "sentences.txt").read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))


def write_article(number: int, version: int = 1) -> Article:
    """The article of that number, of more than 150 words. Another version of it has two other sentences at its end."""
    random = Random(f"article {number}")
    cast = _cast(random)
    said = [_expand(template, cast, random) for template in random.sample(templates(), SENTENCES)]
    title = _expand(random.choice(_HEADLINES), cast, random)
    if version > 1:
        later = Random(f"article {number} version {version}")
        said[-2:] = [_expand(template, cast, later) for template in later.sample(templates(), 2)]
    paragraphs = tuple(" ".join(said[at : at + PARAGRAPH_SENTENCES]) for at in range(0, SENTENCES, PARAGRAPH_SENTENCES))
    return Article(number, title, random.choice(cast["person"]), paragraphs, FIRST_DAY + timedelta(minutes=37 * number))


def _cast(random: Random) -> dict[str, tuple[str, ...]]:
    """Who and what one article is about: a slot's texts."""
    towns = tuple(f"{start}{end}" for start, end in zip(random.sample(_STARTS, 3), random.sample(_ENDS, 3), strict=True))
    people = tuple(
        f"{given} {family}" for given, family in zip(random.sample(_GIVEN, 4), random.sample(_FAMILY, 4), strict=True)
    )
    return {
        "town": towns[:1],
        "other": towns[1:],
        "person": people[:3],
        "official": (f"{people[3]}, the {random.choice(_ROLES)}",),
        "body": tuple(random.sample(_BODIES, 2)),
        "thing": tuple(random.sample(_THINGS, 2)),
        "place": tuple(random.sample(_PLACES, 2)),
    }


def _expand(template: str, cast: dict[str, tuple[str, ...]], random: Random) -> str:
    while _CHOICE.search(template):
        template = _CHOICE.sub(lambda found: random.choice(found[1].split("|")), template)
    text = _SLOT.sub(lambda found: _filled(found[1], cast, random), template)
    return text[0].upper() + text[1:]


def _filled(slot: str, cast: dict[str, tuple[str, ...]], random: Random) -> str:
    numbers = {
        "number": (120, 9800),
        "small": (11, 60),
        "few": (3, 9),
        "percent": (2, 88),
        "year": (1951, 2019),
        "year2": (2028, 2044),
    }
    if slot in numbers:
        return str(random.randint(*numbers[slot]))
    words = {"month": _MONTHS, "day": _DAYS, "adjective": _ADJECTIVES}
    return random.choice(words[slot] if slot in words else list(cast[slot]))
