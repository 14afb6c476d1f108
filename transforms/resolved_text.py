"""A claim's words so that they stand alone: pronouns and roles with one likely referent give way to its name."""

import re

from spacy.tokens import Token

from transforms.claims import Found
from transforms.cues import SUBJECTS
from transforms.resolve import Referent, Referents
from transforms.statements import subjects_before


def resolved_text(found: Found, text: str, referents: Referents, speaker: Referent | None) -> str:
    """The statement so that it stands alone: pronouns and roles with one likely referent replaced by its name.

    A first person in quoted words stays, with the speaker's name in brackets behind it: its verb would not fit a name. A phrase
    that is no clause stands behind who holds it and how: "Meta plans to …", for who supports a bill does not say what its
    opponents say.
    """
    return _lead(found, text, speaker) + _with_names(found, text, referents, speaker)


def _lead(found: Found, text: str, speaker: Referent | None) -> str:
    """Who holds a phrase, and the cue with what stands between both; empty before a clause."""
    said = found.attribution
    if said is None or said.is_clause or said.speaker is None or said.cue is None or said.cue[1] > found.start:
        return ""
    holder = speaker.name if speaker else text[slice(*said.speaker)]
    cue = found.block.doc.char_span(*(place - found.block.start for place in said.cue), alignment_mode="expand")
    if cue is not None and cue.root.pos_ == "NOUN":
        holder += "'" if holder.endswith("s") else "'s"
    between = text[said.cue[1] : found.start]
    between = between if len(between) <= _BETWEEN_CHARS and not set(between) & set(_BREAKS) else " "
    return " ".join(f"{holder} {text[slice(*said.cue)]}{between}".split()) + " "


_BETWEEN_CHARS = 30
_BREAKS = '\n,;:()"“”'


def _with_names(found: Found, text: str, referents: Referents, speaker: Referent | None) -> str:
    pieces: list[str] = []
    at = found.start
    gap = found.gap
    quoted = found.attribution is not None and found.attribution.kind == "direct"
    glossed = False
    for token in found.span:
        start, end = found.block.place(token)
        if gap and gap[0] <= start < gap[1]:
            if at < gap[1]:
                pieces += [text[at : gap[0]], " "]
                at = gap[1]
            continue
        if start < at or end > found.end:
            continue
        replaced: str | None
        if quoted and token.lower_ in ("i", "we") and speaker and not glossed:
            contraction = _CONTRACTION.match(text, end)
            end = contraction.end() if contraction else end
            replaced, glossed = f"{text[start:end]} [{speaker.name}]", True
        elif quoted:
            continue  # what a speaker points at with "it" or "they" need not stand in the article
        else:
            start, replaced = _replacement(token, found, referents, start)
        if replaced is None or start < at:
            continue
        if replaced.endswith("s") and text[end : end + 2] in ("'s", "’s"):
            replaced, end = f"{replaced}'", end + 2
        pieces += [text[at:start], replaced]
        at = end
    pieces.append(text[at : found.end])
    return " ".join("".join(pieces).split())


_CONTRACTION = re.compile(r"['’](?:ve|m|re|ll|d)\b", re.I)
_POSSESSIVES = frozenset(("his", "its"))


def _replacement(token: Token, found: Found, referents: Referents, start: int) -> tuple[int, str | None]:
    """Where a pronoun or role begins, and the name to put there; None where it stays."""
    if token.lower_ in ("himself", "herself", "itself", "hers"):
        return start, None
    before = (
        found.start
        if found.attribution is None or found.attribution.speaker is None
        else max(found.start, found.attribution.speaker[1])
    )
    referent = referents.antecedent(token, max(start, before) if found.attribution is None else start)
    if referent is None or _means_another(token, found, referents, referent):
        return start, None
    possessive = token.lower_ in _POSSESSIVES or (token.lower_ == "her" and token.dep_ == "poss")
    if possessive and found.start < referent.end <= start:  # "Ann Lee sold her house" stands alone
        return start, None
    article = next((child for child in token.children if child.lower_ in ("the", "this")), None)
    if article is not None:  # "the company": the article goes too, and a possessive mark stays behind it
        start = found.block.place(article)[0]
    if possessive:
        return start, f"{referent.name}'" if referent.name.endswith("s") else f"{referent.name}'s"
    return start, referent.name


def _means_another(token: Token, found: Found, referents: Referents, referent: Referent) -> bool:
    """Whether a pronoun can't stand for what was found: it is its own verb's subject, or the sentence is about someone unnamed.

    "Anna Berg sold it to her" sells to another; in "a man admitted that he stole it" the man may be meant.
    """
    if token.dep_ in ("dobj", "dative"):
        doers = (referents.of(subject, found.block) for subject in subjects_before(token.head))
        if any(doer is not None and doer.entity_id == referent.entity_id for doer in doers):
            return True
    before = token.doc[token.sent.start : token.i]
    return referent.type == "PERSON" and any(
        other.dep_ in SUBJECTS
        and other.tag_ == "NN"
        and found.block.place(other)[0] >= referent.end
        and any(part.lower_ in ("a", "an") for part in other.lefts)
        for other in before
    )
