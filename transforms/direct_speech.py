"""Direct speech: quotations that state something, each with the cue beside it, and an interview's answers."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from spacy.tokens import Token

from transforms.cues import CueLexicon, cue_verbs, speaker_span, subject_of
from transforms.parse import Parsed
from transforms.quotes import Quote
from transforms.speech import STATEMENT_WORDS, Attribution, Cue, Place, cue_of, is_inside
from transforms.statements import FINITE_TAGS

GAP_CHARS = 160
"""Between a quotation and its cue stand a name, a role and an apposition, seldom more."""


def find_quotations(
    block: Parsed, quotes: Sequence[Quote], lexicon: CueLexicon, previous: Attribution | None
) -> list[Attribution]:
    """Quotations that are statements, each with the cue beside it, or with the speaker of the one before."""
    doc, base = block.doc, block.start
    cues = [
        cue
        for token, frames in cue_verbs(doc, lexicon)
        if "q" in frames or "c" in frames
        if not is_inside(token, quotes)
        for cue in [cue_of(token, frames, _subject_outside(token, quotes), lexicon)]
        if cue
    ]
    found: list[Attribution] = []
    last: Attribution | None = previous
    for i, quote in enumerate(quotes):
        after_end = quotes[i + 1].outer_start if i + 1 < len(quotes) else len(block.text)
        before_start = quotes[i - 1].outer_end if i else 0
        cue = _cue_after(block.text, quote, after_end, cues) or _cue_before(block.text, quote, before_start, cues)
        colon = None if cue else _speaker_before_colon(block, quote, before_start)
        signer = None if cue or colon else find_signer(block, quote.outer_end)
        place = (base + quote.start, base + quote.start + len(block.text[quote.start : quote.end].rstrip(" ,;-")))
        if cue is not None and _is_statement(block, quote, STATEMENT_WORDS - 2):
            last = _attributed(block, place, cue)
        elif colon is not None:
            last = Attribution(*place, "direct", block.place(speaker_span(colon)), None, block.place(colon))
        elif signer is not None and _is_statement(block, quote, STATEMENT_WORDS):
            last = replace(signer, start=place[0], end=place[1])
        elif (
            last is not None and _continues(block.text, quote, before_start, i) and _is_statement(block, quote, STATEMENT_WORDS)
        ):
            last = replace(last, start=place[0], end=place[1])
        else:
            continue
        found.append(_joined_split(block, found, last) or last)
        if len(found) > 1 and found[-1].start == found[-2].start:
            del found[-2]
    return found


def find_announcement(block: Parsed, quotes: Sequence[Quote], lexicon: CueLexicon) -> Attribution | None:
    """Who speaks in the next paragraph, where this one ends in a colon: "She added:", "The court issued this statement:"."""
    text = block.text.rstrip()
    if not text.endswith(":") or any(quote.outer_end >= len(text) for quote in quotes):
        return None
    last = list(block.doc.sents)[-1]
    for token in reversed(last):
        frames = lexicon.frames(token)
        gives = token.pos_ == "VERB" and any(part.lemma_ in _TEXTS for part in token.children)
        says = ("q" in frames or "c" in frames or gives) and not is_inside(token, quotes)
        cue = cue_of(token, frames, _subject_outside(token, quotes), lexicon) if says else None
        if cue is not None and cue.speaker is not None:
            return _attributed(block, (block.start, block.start), cue)
    return None


_TEXTS = ("statement", "message", "letter", "note", "tweet", "post", "remark", "answer", "reply", "response", "comment", "memo")
"""What is said, as the object of a verb that says nothing by itself: "issued a statement:"."""


_SIGNED = re.compile(r"\s*-{1,2}\s*(?=[A-Z])")
_SIGNER_WORDS = 12


def find_signer(block: Parsed, start: int) -> Attribution | None:
    """Whose a quotation is: a dash and a name follow it, from this place to the paragraph's end: "- Ann Lee, mayor"."""
    dash = _SIGNED.match(block.text, start)
    words = block.doc.char_span(dash.end(), len(block.text.rstrip()), alignment_mode="expand") if dash else None
    if words is None or len(words) > _SIGNER_WORDS or any(token.pos_ in ("VERB", "AUX") for token in words):
        return None
    name = next((token for token in words if token.is_punct), words[-1])
    named = words[: name.i - words.start] if name.is_punct else words
    if not len(named) or not any(token.pos_ == "PROPN" for token in named) or not named[0].text[0].isupper():
        return None
    return Attribution(block.start, block.start, "direct", block.place(named), None, block.place(named[-1]))


def _joined_split(block: Parsed, found: Sequence[Attribution], part: Attribution) -> Attribution | None:
    """A sentence quoted around its cue ("The north," he said, "will win") as one; None where each part states something."""
    if not found or found[-1].cue != part.cue or part.cue is None:
        return None
    first = found[-1]
    if first.end > part.cue[0] or part.cue[1] > part.start:
        return None
    between = block.text[first.end - block.start : part.start - block.start].rstrip(" \"'")
    if not between.endswith((",", "-")) or all(_has_finite(block, place) for place in (first, part)):
        return None
    return replace(part, start=first.start, gap=(first.end, part.start))


def _has_finite(block: Parsed, said: Attribution) -> bool:
    words = block.doc.char_span(said.start - block.start, said.end - block.start, alignment_mode="expand")
    return words is not None and any(token.tag_ in FINITE_TAGS for token in words)


def _attributed(block: Parsed, place: Place, cue: Cue) -> Attribution:
    speaker = speaker_span(cue.speaker) if cue.speaker is not None else None
    return Attribution(
        *place,
        "direct",
        block.place(speaker) if speaker is not None else None,
        block.place(cue.span),
        block.place(cue.speaker) if cue.speaker is not None else None,
    )


def _cue_after(text: str, quote: Quote, limit: int, cues: Sequence[Cue]) -> Cue | None:
    """The cue in the words that follow a quotation within its sentence."""
    stop = _sentence_stop(text, quote.outer_end, min(limit, quote.outer_end + GAP_CHARS))
    if text[quote.end - 1] == "." and quote.closed and not text[quote.outer_end : stop].lstrip()[:1].islower():
        return None  # a new sentence begins: its cue governs what follows it
    for cue in cues:
        at = cue.span.start_char
        if quote.outer_end <= at < stop and (cue.speaker is not None or at - quote.outer_end <= 3):
            return cue
    return None


def _cue_before(text: str, quote: Quote, limit: int, cues: Sequence[Cue]) -> Cue | None:
    """The cue in the words that lead up to a quotation: the last one before it, with a comma, a colon or nothing between."""
    lead = text[max(limit, quote.outer_start - GAP_CHARS) : quote.outer_start]
    if not lead.strip():
        return None
    opens = lead.rstrip()[-1:]
    begin = quote.outer_start - len(lead) + _last_stop(lead)
    before = [cue for cue in cues if begin <= cue.span.start_char < quote.outer_start]
    if not before:
        return None
    cue = before[-1]
    between = text[cue.span.end_char : quote.outer_start].strip()
    if opens in ",:" or (opens == "-" and ":" in between):
        return cue
    return cue if not between and text[quote.start].isupper() else None


def _sentence_stop(text: str, start: int, limit: int) -> int:
    """Where the sentence ends that goes on after a quotation."""
    for i in range(start, limit):
        if text[i] in ".!?" and (i + 1 >= len(text) or text[i + 1].isspace()) and not _is_abbreviation(text, i):
            return i
    return limit


def _last_stop(lead: str) -> int:
    for i in range(len(lead) - 2, -1, -1):
        if lead[i] in ".!?" and lead[i + 1].isspace() and not _is_abbreviation(lead, i):
            return i + 1
    return 0


_TITLES = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "dr",
        "prof",
        "rep",
        "sen",
        "gov",
        "gen",
        "lt",
        "col",
        "st",
        "jr",
        "sr",
        "inc",
        "co",
        "corp",
        "ltd",
        "u.s",
        "no",
        "vs",
    ]
)


def _is_abbreviation(text: str, at: int) -> bool:
    word = text[:at].rsplit(None, 1)[-1:] or [""]
    return text[at] == "." and (word[0].lower().lstrip("(\"'") in _TITLES or (len(word[0]) == 1 and word[0].isupper()))


def _speaker_before_colon(block: Parsed, quote: Quote, limit: int) -> Token | None:
    """The name before a colon before a quotation, where no verb stands between: `Renquist: "No."`."""
    lead = block.text[limit : quote.outer_start].rstrip()
    if not lead.endswith(":"):
        return None
    words = block.doc.char_span(limit + _last_stop(lead), limit + len(lead) - 1, alignment_mode="contract")
    if words is None or not 1 <= len(words) <= 12 or any(token.pos_ in ("VERB", "AUX") for token in words):
        return None
    heads = [token for token in words if token.ent_type_ == "PERSON" or token.pos_ == "PROPN"]
    return words.root if words.root in heads or (heads and words.root.pos_ == "NOUN") else (heads[-1] if heads else None)


def _continues(text: str, quote: Quote, before_start: int, order: int) -> bool:
    """Whether a quotation goes on where the one before ended: nothing stands between but the end of that sentence."""
    lead = text[before_start : quote.outer_start]
    if order == 0:
        return not lead.strip()
    opens_sentence = not lead.strip() or lead.rstrip()[-1] in ".!?:,"
    return opens_sentence and len(lead) <= GAP_CHARS and lead.rstrip(" .!?,:").count(". ") == 0


def _is_statement(block: Parsed, quote: Quote, words: int) -> bool:
    """Whether quoted words state something: long enough, and with a finite verb or the punctuation of a sentence."""
    inner = block.doc.char_span(quote.start, quote.end, alignment_mode="expand")
    if inner is None:
        return False
    count = sum(token.is_alpha or token.like_num for token in inner)
    finite = any(token.tag_ in FINITE_TAGS for token in inner)
    return count >= words and (finite or inner.text.rstrip("\"'")[-1:] in ",.!?")


def _subject_outside(verb: Token, quotes: Sequence[Quote]) -> Token | None:
    """The subject of a cue: one inside a quotation is a misreading, and the words behind the cue name who speaks."""
    subject = subject_of(verb)
    return subject if subject is not None and not is_inside(subject, quotes) else _inverted_subject(verb)


def _inverted_subject(verb: Token) -> Token | None:
    """The noun right after a verb of saying that has no subject before it: "said the billionaire"."""
    if verb.tag_ not in ("VBD", "VBZ", "VBP") or verb.i + 1 >= len(verb.doc):
        return None
    following = verb.doc[verb.i + 1 : verb.i + 8]
    for token in following:
        if token.pos_ in ("PROPN", "NOUN") and token.dep_ not in ("compound", "poss", "amod", "npadvmod"):
            return token
        if (token.is_punct and token.text != "-") or token.pos_ in ("VERB", "ADP", "SCONJ"):
            return None
    return None


_LABEL = re.compile(r"([A-Z][\w.&'-]*(?: [\w.&'-]+){0,4}):\s+(?=\S)")


def count_labels(blocks: Sequence[Parsed]) -> Counter[str]:
    """How many paragraphs begin with each label before a colon: in an interview the same few names return."""
    return Counter(match[1] for block in blocks if (match := _LABEL.match(block.text)))


def find_answer(block: Parsed, quotes: Sequence[Quote], labels: Counter[str]) -> Attribution | None:
    """An interview's answer: the words behind a person's full name, or behind a name that returns as a label, and a colon.

    A label that is no name ("Key point:", "Pro Tip:") names no speaker. An answer between marks is a quotation like others.
    """
    match = _LABEL.match(block.text)
    if match and any(quote.outer_start <= match.end() for quote in quotes):
        return None
    label = block.doc.char_span(*match.span(1), alignment_mode="expand") if match else None
    if match is None or label is None or not all(token.is_title or token.is_upper or token.is_punct for token in label):
        return None
    types = {token.ent_type_ for token in label}
    in_full = "PERSON" in types and len(label) > 1
    returns = labels[match[1]] > 1 and (types & {"PERSON", "ORG"} or all(token.is_upper for token in label if token.is_alpha))
    if not in_full and not (returns and block.zone == "body"):
        return None
    end = len(block.text.rstrip())
    colon = block.start + match.end(1)
    name = block.place(label)
    return Attribution(block.start + match.end(), block.start + end, "direct", name, (colon, colon + 1), block.place(label[-1]))
