"""Who says what: direct, indirect and mixed speech with the exact spans of content, speaker and cue."""

from collections.abc import Sequence
from dataclasses import replace

from transforms.attribution_model import AttributionModel
from transforms.cues import CueLexicon
from transforms.direct_speech import count_labels, find_announcement, find_answer, find_quotations, find_signer
from transforms.parse import Parsed
from transforms.quotes import Quote, find_quotes
from transforms.reported_speech import find_reports
from transforms.speech import Attribution, Place
from warehouse.tables import READ_ZONES


def find_attributions(text: str, blocks: Sequence[Parsed], lexicon: CueLexicon, model: AttributionModel) -> list[Attribution]:
    """Every attributed statement of one document, ordered by place; nested ones are all listed.

    A paragraph that only quotes takes its speaker from the last quotation of the paragraph right above; so does one that goes
    on after a quotation without a closing mark. A paragraph that ends in a colon names who speaks in the next one, and a dash
    with a name whose the quotation above it is. First persons outside quotation marks are the writer's: the article itself
    speaks, and nothing is attributed.
    """
    found: list[Attribution] = []
    previous: Attribution | None = None
    announced: Attribution | None = None
    unsigned: Place | None = None
    runs_on = False
    labels = count_labels(blocks)
    for block in blocks:
        if block.zone not in READ_ZONES:
            previous, announced, unsigned, runs_on = None, None, None, False
            continue
        quotes = find_quotes(text[block.start : block.start + len(block.text)])
        answer = find_answer(block, quotes, labels)
        if answer is not None:
            found.append(answer)
            previous, announced, unsigned, runs_on = None, None, None, False
            continue
        signer = find_signer(block, 0) if unsigned else None
        if signer is not None and unsigned is not None:
            found.append(replace(signer, start=unsigned[0], end=unsigned[1]))
        goes_on = previous if runs_on or _only_quotes(block, quotes) else None
        direct = find_quotations(block, quotes, lexicon, announced or goes_on)
        taken = [(a.start, a.end) for a in direct]
        reported = find_reports(block, quotes, direct, lexicon, model)
        indirect = [a for a in reported if not _repeats(a, taken) and not _swallows(a, direct)]
        direct = [a for a in direct if not _is_fragment(a, indirect)]
        found += direct + indirect
        runs_on = bool(quotes) and not quotes[-1].closed
        previous = direct[-1] if direct else None
        announced = find_announcement(block, quotes, lexicon)
        is_bare = _only_quotes(block, quotes) and not direct
        unsigned = (block.start + quotes[0].start, block.start + quotes[0].end) if is_bare else None
    unique = {
        (a.start, a.end): a for a in sorted(found, key=lambda a: (a.start, a.end, a.speaker is None, a.kind), reverse=True)
    }
    return sorted(unique.values(), key=lambda a: (a.start, -a.end))


def _only_quotes(block: Parsed, quotes: Sequence[Quote]) -> bool:
    """Whether a paragraph holds nothing but one quotation."""
    return len(quotes) == 1 and quotes[0].outer_start <= 1 and quotes[0].outer_end >= len(block.text) - 1


def _repeats(found: Attribution, taken: Sequence[Place]) -> bool:
    """Whether a reported clause is but the quotation that was found already: most of its characters lie in it."""
    for start, end in taken:
        shared = min(end, found.end) - max(start, found.start)
        if shared > 0.6 * (found.end - found.start):
            return True
    return False


def _swallows(reported: Attribution, quoted: Sequence[Attribution]) -> bool:
    """Whether a clause before its cue holds a quotation together with that one's own cue: a misreading of two in a row."""
    if reported.cue is None or reported.cue[0] < reported.end:
        return False
    return any(a.cue and a.cue != reported.cue and reported.start <= a.cue[0] and a.cue[1] <= reported.end for a in quoted)


def _is_fragment(quoted: Attribution, reported: Sequence[Attribution]) -> bool:
    """Whether quoted words are but the end of a reported clause with the same cue: the whole clause is the statement."""
    return any(a.cue == quoted.cue and a.start < quoted.start - 1 and quoted.end <= a.end for a in reported)
