"""Copies and look-alikes of articles, made at run time: what an editor does to a story, and what only looks like it.

Every maker is given a `Random`, and nothing else decides: the same seed makes the same texts on every machine.
"""

import re
from collections.abc import Callable, Sequence
from itertools import batched
from random import Random

Lines = Sequence[str]
"""A text's paragraphs, headings and list items, in order."""

PARAGRAPH_WORDS = 12
"""A shorter line is a heading, a caption or an item."""
LONG_LINE = 150
"""A longer line is a text whose paragraphs were lost."""
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{3,}\b")
_SENTENCE_END = re.compile(r"(?<=[.!?]) (?=[A-Z“\"])")
_CLAUSE = re.compile(r"(?:;|,) (?:and|but|so) ")
_SPELLINGS = [
    pair.split("/")
    for pair in """organize/organise organization/organisation realize/realise recognize/recognise color/colour favor/favour
    labor/labour behavior/behaviour neighbor/neighbour center/centre theater/theatre program/programme defense/defence
    license/licence analyze/analyse traveling/travelling canceled/cancelled modeling/modelling percent/per gray/grey
    fulfill/fulfil catalog/catalogue favorite/favourite honor/honour""".split()
]
_ADDED = (
    "The matter is expected to be taken up again later this month.",
    "A request for further details was not answered by the time of printing.",
    "Similar questions have come up elsewhere over the past few years.",
    "More on this will follow as it becomes known.",
)


def words_in(lines: Lines) -> int:
    """Words of a text, as white space parts them."""
    return sum(len(line.split()) for line in lines)


def paragraphs_of(line: str) -> list[str]:
    """A line as it is, without white space around it; one of more than `LONG_LINE` words in groups of four sentences."""
    if len(line.split()) > LONG_LINE:
        return [" ".join(group) for group in batched(sentences_of([line.strip()]), 4)]
    return [line.strip()] if line.strip() else []


def first_words(lines: Lines, count: int) -> list[str]:
    """The first lines that together have at least so many words."""
    taken: list[str] = []
    for line in lines:
        if words_in(taken) >= count:
            break
        taken.append(line)
    return taken


def sentences_of(lines: Lines) -> list[str]:
    """The sentences of a text, cut after full stops; good enough to take a few out or to put one in."""
    return [sentence for line in lines for sentence in _SENTENCE_END.split(line)]


def first_half(lines: Lines, own: Lines, random: Random) -> list[str]:  # noqa: ARG001
    """Cut behind the half."""
    return first_words(lines, words_in(lines) // 2)


def last_third(lines: Lines, own: Lines, random: Random) -> list[str]:  # noqa: ARG001
    """Only the end."""
    return first_words(lines[::-1], words_in(lines) // 3)[::-1]


def five_paragraphs(lines: Lines, own: Lines, random: Random) -> list[str]:  # noqa: ARG001
    """Only the first five paragraphs, with what stands between them."""
    places = [at for at, line in enumerate(lines) if len(line.split()) >= PARAGRAPH_WORDS]
    return list(lines[: places[4] + 1]) if len(places) > 4 else list(lines)


def reordered(lines: Lines, own: Lines, random: Random) -> list[str]:  # noqa: ARG001
    """The same paragraphs in any order."""
    return random.sample(list(lines), len(lines))


def as_it_is(lines: Lines, own: Lines, random: Random) -> list[str]:  # noqa: ARG001
    """Nothing changed: what differs is the page around it."""
    return list(lines)


def with_sentences(lines: Lines, own: Lines, random: Random) -> list[str]:  # noqa: ARG001
    """Two sentences added, somewhere."""
    added = list(lines)
    for sentence in random.sample(_ADDED, 2):
        at = random.randrange(len(added))
        added[at] = f"{added[at]} {sentence}"
    return added


def renamed(lines: Lines, own: Lines, random: Random) -> list[str]:  # noqa: ARG001
    """One name changed wherever it stands, and one figure."""
    text = "\n".join(lines)
    names, figures = sorted(set(_NAME.findall(text))), sorted(set(_FIGURE.findall(text)))
    if names:
        text = re.sub(rf"\b{random.choice(names)}\b", "Marlowe", text)
    if figures:
        text = re.sub(rf"(?<![\d.,]){re.escape(random.choice(figures))}(?![\d.,])", "417", text)
    return text.split("\n")


def respelled(lines: Lines, own: Lines, random: Random) -> list[str]:  # noqa: ARG001
    """British spelling made American, or the other way round."""
    text = "\n".join(lines)
    there, here = (0, 1) if random.random() < 0.5 else (1, 0)
    for pair in _SPELLINGS:
        text = re.sub(rf"\b{pair[there]}", pair[here], text)
    return text.split("\n")


def split_up(lines: Lines, own: Lines, random: Random) -> list[str]:  # noqa: ARG001
    """Every third sentence of two clauses made two sentences."""
    return [_CLAUSE.sub(lambda found: ". Then " if random.random() < 1 / 3 else found[0], line) for line in lines]


def redated(lines: Lines, own: Lines, random: Random) -> list[str]:  # noqa: ARG001
    """Another byline, and a dateline before the first words."""
    place, day = random.choice(("GENEVA", "OSLO", "LIMA")), random.randint(1, 28)
    byline, first = f"By our correspondents, {day} March", f"{place} (Own report) — {lines[0]}"
    return [byline, first, *lines[1:], "Edited by the night desk."]


def revised_by_a_desk(lines: Lines, own: Lines, random: Random) -> list[str]:  # noqa: ARG001
    """One word in twenty-five left out, here and there."""
    return [" ".join(word for word in line.split() if random.random() > 0.04) for line in lines]


def within_own(lines: Lines, own: Lines, random: Random) -> list[str]:
    """The whole story inside an article of one's own, of which it makes 60 to 80 %."""
    return _around(lines, own, random)


def parts_within_own(lines: Lines, own: Lines, random: Random) -> list[str]:
    """Four fifths of the story inside an article of one's own, of which they make 60 to 80 %."""
    return _around(first_words(lines, round(0.8 * words_in(lines))), own, random)


def _around(story: Lines, own: Lines, random: Random) -> list[str]:
    share = random.uniform(0.6, 0.8)
    around = first_words(own, round(words_in(story) * (1 - share) / share))
    before = random.randint(0, len(around))
    return [*around[:before], *story, *around[before:]]


def cut_and_edited(lines: Lines, own: Lines, random: Random) -> list[str]:
    """Cut to two thirds, a sentence added, a name changed, re-dated."""
    cut = first_words(lines, 2 * words_in(lines) // 3)
    return redated(renamed(with_sentences(cut, own, random), own, random), own, random)


Change = Callable[[Lines, Lines, Random], list[str]]

CHANGES: dict[str, Change] = {
    "first half": first_half,
    "last third": last_third,
    "five paragraphs": five_paragraphs,
    "reordered": reordered,
    "retitled": as_it_is,
    "furniture": as_it_is,
    "sentences added": with_sentences,
    "name and figure": renamed,
    "spelling": respelled,
    "sentences split": split_up,
    "byline, dateline": redated,
    "revised": revised_by_a_desk,
    "within own": within_own,
    "parts within own": parts_within_own,
    "cut, edited, furniture": cut_and_edited,
}
"""How a copy is made from a story, and text of one's own, by kind."""


def other_figures(lines: Lines, random: Random) -> list[str]:
    """The same words with every figure another: the next issue of what is written from a table."""
    return [_FIGURE.sub(lambda found: _other_figure(found[0], random), line) for line in lines]


def _other_figure(figure: str, random: Random) -> str:
    return "".join(str((int(char) + random.randint(1, 9)) % 10) if char.isdigit() else char for char in figure)


_WEATHER = (
    "{place} will be {sky} on {day} with a high of {n} degrees and a low of {n} in the night.",
    "The wind will blow from the {side} at {n} miles per hour, with gusts of up to {n} near the coast.",
    "The chance of rain stands at {n} per cent before noon and at {n} per cent in the evening.",
    "Sunrise on {day} is at 6.{n} and sunset at 7.{n}, which gives {n} minutes more of daylight than a week before.",
    "Pollen is {level} and the index of air quality stands at {n}, which is {level} for the season.",
    "Drivers in {place} should expect {sky} roads, and the {side} of the county may see {n} millimetres of rain.",
    "The outlook for the days after {day}: {sky} at first, then {sky}, with highs between {n} and {n} degrees.",
    "Readings come from the station in {place}, which is read every hour and was set up by the county.",
)
_MATCH = (
    "{place} beat {place2} {n} to {n} on {day} in front of {n},{n}0 people.",
    "{player} scored {n} points and took {n} rebounds for {place}, who lead the table by {n} points.",
    "{place2} were ahead by {n} at the half, but lost the third quarter by {n} points to {n}.",
    "{player2} was the best of the visitors with {n} points and {n} assists in {n} minutes.",
    "The hosts hit {n} of {n} shots from the field, and {n} of {n} from behind the line.",
    "It was the win number {n} of the season for {place}; {place2} have lost {n} of their last {n} games.",
    "{place} play at home again on {day}, when they meet the side that beat them by {n} in the autumn.",
    "Tickets cost from {n} to {n} dollars and are sold at the gate and at the club's office in town.",
)
_LISTING = (
    "This home on {street} in {place} was listed on {day} for {n}{n},000 dollars.",
    "It has {n} bedrooms, {n} baths and {n},{n}0 square feet of living space on a lot of {n},{n}0 square feet.",
    "Built in 19{n}, it was last sold for {n}{n},000 dollars in 20{n}, and taxes came to {n},{n}0 dollars last year.",
    "The kitchen is {level} and opens to a dining room; the garden lies to the {side} and the garage holds {n} cars.",
    "It is {n} minutes from the station and {n} miles from the centre of {place}, close to shops and schools.",
    "Homes in {place} went for {n}{n},000 dollars in the median this year, which is {n} per cent more than the year before.",
    "The house stays on the market for {n} days on average in this part of the county, against {n} days a year ago.",
    "Viewings are held on {day} between {n} and {n}; call the office or write to the agent for a time of your own.",
)
FORMS = {"weather": _WEATHER, "matches": _MATCH, "listings": _LISTING}
"""Reports that are filled in from a table, of our own words, by kind."""
_FILLINGS = {
    "place": "Ashford Brill Corby Deal Elstow Frome Garth Hythe Ilford Jarrow Keld Louth".split(),
    "place2": "Malton Nairn Oundle Perth Quorn Ripon Settle Thirsk Upwey Varley Whitby Yarm".split(),
    "player": "Adams Boone Cole Dyer Ellis Ford Grant Hale".split(),
    "player2": "Ingram Jessop Kerr Lowe Mead Nash Odell Pike".split(),
    "street": ("Mill Lane", "Church Road", "Park Avenue", "Station Street", "Hill Close", "Bridge Way"),
    "day": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(),
    "sky": "sunny cloudy clear wet windy dry foggy".split(),
    "side": "north south east west".split(),
    "level": "low moderate high new plain large".split(),
}


def filled_in(form: Lines, random: Random) -> list[str]:
    """One issue of a report, each gap filled anew but for the place and the names, which stay through an issue."""
    kept = {name: random.choice(_FILLINGS[name]) for name in ("place", "place2", "player", "player2")}

    def fill(found: re.Match[str]) -> str:
        name = found[1]
        return str(random.randint(11, 98)) if name == "n" else kept.get(name) or random.choice(_FILLINGS[name])

    return [re.sub(r"\{(\w+)\}", fill, line) for line in form]
