"""Attribution: who says what, with the exact spans of content, speaker and cue."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.figures import Figure, Mapper, Measured, read_rows, shown
from benchmarks.reading import default_reader, page_of
from benchmarks.scoring import Span, f1_of, match_one_to_one, overlaps, share
from transforms.read import read_pages

THRESHOLDS = (0.3, 0.8, 1.0)
_EDGES = " \t\n.,;:!?…\"“”„«»'‘’`"
"""Marks and spaces at the edges of a content: the gold counts quotation marks as content, `claims.text` leaves them out."""
_KNOWN = {
    0.3: "on PolNeAR test: parse rule 0.51, Gender Gap Tracker 0.54, textacy 0.25",
    0.8: "on PolNeAR test: parse rule 0.38, Gender Gap Tracker 0.36, textacy 0.13",
    1.0: "on PolNeAR test: parse rule 0.23, Gender Gap Tracker 0.19, textacy 0.00",
}


@dataclass(frozen=True, slots=True)
class Said:
    """One attributed statement of the gold, each part in one piece or several; a part that is not printed is empty."""

    content: list[Span]
    source: list[Span]
    cue: list[Span]


@dataclass(frozen=True, slots=True)
class Predicted:
    """One claim that is attributed."""

    content: Span
    speaker: Span | None
    cue: Span | None


@dataclass(frozen=True, slots=True)
class Claims:
    """The attributed claims of one text, and why there are none where it could not be read."""

    found: list[Predicted]
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class GoldText:
    """An article with all that is said in it."""

    name: str
    text: str
    said: list[Said]


def measure(folder: Path, spread: Mapper) -> Measured:
    """Figures on the development texts of a folder: one document each, read as plain text through the whole reader."""
    texts = [
        GoldText(row["id"], row["text"], [_said(one) for one in row["attributions"]]) for row in read_rows(folder / "dev.jsonl")
    ]
    return summarise(f"{folder.name} dev", texts, list(spread(read_claims, texts)))


def _said(row: dict[str, Any]) -> Said:
    content, source, cue = ([(start, end) for start, end in row[part] or ()] for part in ("content", "source", "cue"))
    return Said(content, source, cue)


def read_claims(gold: GoldText) -> Claims:
    """Attributed claims of a text; none, with the reason, where it is not read as it stands: no span would fit the gold's."""
    tables = read_pages([page_of(f"{gold.name}.txt", gold.text.encode())], default_reader())
    [(outcome, reason, text)] = tables["documents"].select("outcome", "outcome_reason", "text").rows()
    if outcome != "kept" or text != gold.text:
        return Claims([], f"{outcome}: {reason or 'its text was changed'}")
    claims = tables["claims"].filter(pl.col("attribution") != "author").sort("start_char", "end_char")
    columns = ("start_char", "end_char", "speaker_start_char", "speaker_end_char", "cue_start_char", "cue_end_char")
    found = [
        Predicted((start, end), (a, b) if a is not None else None, (c, d) if c is not None else None)
        for start, end, a, b, c, d in claims.select(columns).iter_rows()
    ]
    return Claims(found)


def summarise(data: str, texts: Sequence[GoldText], read: Sequence[Claims]) -> Measured:
    """F1 of contents at each threshold of shared characters; of matched ones (0.3) the accuracy of speaker and cue.

    A part that the gold does not have is right where it is not given.
    """
    right = dict.fromkeys(THRESHOLDS, 0)
    matched = speakers = cues = 0
    errors = [f"{gold.name} is not read, {claims.fault}" for gold, claims in zip(texts, read, strict=True) if claims.fault]
    found = [claims.found for claims in read]
    for gold, claims in zip(texts, found, strict=True):
        pairs = match_one_to_one([claim.content for claim in claims], [said.content for said in gold.said])
        pairs = [pair for pair in pairs if pair[2] >= THRESHOLDS[0]]
        for i, j, score in pairs:
            claim, said = claims[i], gold.said[j]
            for threshold in THRESHOLDS:
                right[threshold] += score >= threshold
            matched += 1
            speakers += is_right(claim.speaker, said.source)
            cues += is_right(claim.cue, said.cue)
        errors += _errors(gold, claims, pairs)
    given, wanted = sum(map(len, found)), sum(len(gold.said) for gold in texts)
    figures = [
        Figure(
            data,
            f"attribution, content F1 {'exact' if threshold == 1 else f'at {threshold}'}",
            f1_of(right[threshold], given, wanted),
            _detail(right[threshold], given, wanted),
            _KNOWN[threshold],
        )
        for threshold in THRESHOLDS
    ]
    figures += _by_piece(data, texts, found)
    figures.append(
        Figure(data, "attribution, speaker", share(speakers, matched), f"{speakers} of {matched}", "Gender Gap Tracker 0.81")
    )
    figures.append(Figure(data, "attribution, cue", share(cues, matched), f"{cues} of {matched}", "Gender Gap Tracker 0.82"))
    return Measured(figures, errors)


def _by_piece(data: str, texts: Sequence[GoldText], found: Sequence[Sequence[Predicted]]) -> list[Figure]:
    """F1 where each piece of a content counts by itself, as a claim is one span; exact is so but for marks and "that"."""
    right = dict.fromkeys((0.3, 0.8), 0)
    exact = given = wanted = 0
    for gold, claims in zip(texts, found, strict=True):
        pieces = [[piece] for said in gold.said for piece in said.content]
        pairs = match_one_to_one([claim.content for claim in claims], pieces)
        for threshold in right:
            right[threshold] += sum(score >= threshold for _, _, score in pairs)
        exact += sum(bare_words(gold.text, claims[i].content) == bare_words(gold.text, pieces[j][0]) for i, j, _ in pairs)
        given, wanted = given + len(claims), wanted + len(pieces)
    names = {**{f"at {threshold}": count for threshold, count in right.items()}, "exact, marks and that aside": exact}
    return [
        Figure(data, f"attribution by piece, content F1 {name}", f1_of(count, given, wanted), _detail(count, given, wanted))
        for name, count in names.items()
    ]


def _detail(right: int, given: int, wanted: int) -> str:
    return f"P {share(right, given):.3f} R {share(right, wanted):.3f}, {given} given, {wanted} wanted"


def bare_words(text: str, span: Span) -> str:
    """What is printed in a span, without marks and spaces at its edges and without its opening "that"."""
    words = text[slice(*span)].strip(_EDGES)
    return words[4:].strip(_EDGES) if words[:5].lower() == "that " else words


def is_right(ours: Span | None, gold: Sequence[Span]) -> bool:
    """Whether a part overlaps the gold's, or neither has it."""
    return overlaps(ours, gold) if gold else ours is None


def _errors(gold: GoldText, claims: Sequence[Predicted], pairs: Sequence[tuple[int, int, float]]) -> list[str]:
    """Claims that the gold does not hold, contents that no claim holds, and speakers that are wrong, in the text's order."""
    ours, theirs = {i for i, _, _ in pairs}, {j for _, j, _ in pairs}
    placed = []
    for i, claim in enumerate(claims):
        if i not in ours:
            placed.append(
                (claim.content[0], f"not in the gold: {_printed(gold.text, [claim.content], claim.speaker, claim.cue)}")
            )
    for j, said in enumerate(gold.said):
        if j not in theirs:
            words = _printed(gold.text, said.content, *(part[0] if part else None for part in (said.source, said.cue)))
            placed.append((said.content[0][0], f"missed: {words}"))
    for i, j, _ in pairs:
        if not is_right(claims[i].speaker, gold.said[j].source):
            names = [gold.text[start:end] for start, end in gold.said[j].source]
            wrong = _printed(gold.text, [claims[i].content], claims[i].speaker, claims[i].cue)
            placed.append((claims[i].content[0], f"wrong speaker, should be {names or 'none'}: {wrong}"))
    return [f"{gold.name[:24]} {error}" for _, error in sorted(placed)]


def _printed(text: str, content: Sequence[Span], speaker: Span | None, cue: Span | None) -> str:
    parts = [text[slice(*part)] if part else "–" for part in (speaker, cue)]
    return shown(" | ".join([*parts, " … ".join(text[start:end] for start, end in content)]))
