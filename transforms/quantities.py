"""Figures in a text: counts, money, percentages, ratios, lengths of time and ranks, with value and unit.

The span holds number, magnitude and unit (`405 billion parameters`, `$3.5 million`), with the adjectives between them and
both ends of a range, and no word of approximation; that is `is_approximate`, as are limits (`more than 300`, `up to 5`),
whose number is the value. A range has its lower end as value and its upper end as upper_value; a magnitude alone is a range
(see `spoken_numbers`). A dollar sign and "dollars" without a country are read as USD, "cents" as hundredths of it.

The unit of a count is the counted noun in the singular, without adjectives (`AI agent`), or the symbol of a measure (`km`);
it is None where the text names none, as it is for ratios. Money has its ISO 4217 code, a percentage `percent`, `percentage
point` or `basis point`, a length of time its unit; an age is a length of time. The unit of a rank is what is ranked. "From 3
to 5 percent" is a range, "rose from 3 to 5 percent" are two figures.

No quantities: figures in expressions of time (2018, three years ago), names and versions (Llama 3.1, G20), numbers of list
entries, pages and sections, scores, telephone numbers; "one" as a pronoun, "first" as an adverb.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

import polars as pl

from transforms.figures import Quantity, QuantityLexicon, Reading
from transforms.ids import content_id
from transforms.lengths import find_lengths
from transforms.not_figures import Spans, overlaps
from transforms.ranges import find_amounts
from transforms.ranks import find_ranks
from transforms.ratios import find_ratios
from transforms.times import find_times
from warehouse.tables import QUANTITIES

__all__ = ["Quantity", "QuantityLexicon", "find_quantities", "quantities_of"]


def find_quantities(text: str, lexicon: QuantityLexicon, times: Spans | None = None) -> list[Quantity]:
    """Every quantity in the text, in order, without overlap; none overlaps `times`, which are what `find_times` finds."""
    if times is None:
        times = [(time.start, time.end) for time in find_times(text, None, lexicon.times)]
    reading = Reading.of(text, lexicon, times)
    taken = reading.barred + times
    found: list[Quantity] = []
    for find in (find_ratios, find_ranks, find_lengths, find_amounts):
        found += _free(find(reading), taken)
    printed = (replace(quantity, text=text[quantity.start : quantity.end]) for quantity in found)
    return sorted(printed, key=lambda quantity: quantity.start)


def _free(quantities: Iterable[Quantity], taken: Spans) -> list[Quantity]:
    """Those that overlap nothing taken; each is taken from then on."""
    kept = []
    for quantity in quantities:
        if not overlaps(quantity.start, quantity.end, taken):
            kept.append(quantity)
            taken.append((quantity.start, quantity.end))
    return kept


def quantities_of(sentences: pl.DataFrame, times: pl.DataFrame, lexicon: QuantityLexicon) -> pl.DataFrame:
    """QUANTITIES rows of sentences (document_id, sentence_id, start_char, text), `claim_id` null, in the sentences' order.

    `times` are the TIME_EXPRESSIONS rows of the same sentences: no quantity overlaps them.
    """
    rows: list[dict[str, object]] = []
    placed: defaultdict[str, Spans] = defaultdict(list)
    for sentence_id, start, end in zip(times["sentence_id"], times["start_char"], times["end_char"], strict=True):
        placed[sentence_id].append((start, end))
    columns = [sentences[name].to_list() for name in ("document_id", "sentence_id", "start_char", "text")]
    for document_id, sentence_id, offset, text in zip(*columns, strict=True):
        here = [(start - offset, end - offset) for start, end in placed[sentence_id]]
        for found in find_quantities(text, lexicon, here):
            start, end = offset + found.start, offset + found.end
            ids = {"quantity_id": content_id(document_id, "quantity", start, end), "document_id": document_id}
            place = {"sentence_id": sentence_id, "start_char": start, "end_char": end, "text": found.text}
            figure = {"value": found.value, "upper_value": found.upper_value, "unit": found.unit, "kind": found.kind}
            rows.append({**ids, **place, **figure, "is_approximate": found.is_approximate})
    return QUANTITIES.frame(rows)
