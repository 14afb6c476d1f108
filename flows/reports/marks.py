"""Marks in a text: spans that may nest, cross each other and run over the borders of what the text is cut into."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

from markupsafe import escape


@dataclass(frozen=True, slots=True)
class Mark:
    """A span of the text in code points, and the markup of it.

    Where it can't be one element, it is several: the first begins with `first`, the others with `again`; `after` follows the
    last. All end with `close`.
    """

    start: int
    end: int
    first: str
    again: str
    close: str
    after: str = ""


@dataclass(frozen=True, slots=True)
class _Piece:
    end: int
    mark: Mark
    is_first: bool
    is_last: bool


def marked_pieces(text: str, cuts: Sequence[tuple[int, int]], marks: Sequence[Mark]) -> list[str]:
    """The markup of each cut of the text, escaped, with the marks as well-formed elements inside it.

    `cuts` are spans in order that do not overlap. A mark is opened before those that it holds; of two that cross, the later
    one is cut where the earlier one ends. What stands between two cuts is left to the caller.
    """
    starts = [start for start, _ in cuts]
    queues: list[list[tuple[int, int, int, _Piece]]] = [[] for _ in cuts]
    for order, mark in enumerate(marks):
        at = max(bisect_right(starts, mark.start) - 1, 0)
        touched = []
        while at < len(cuts) and cuts[at][0] < mark.end:
            start, end = max(mark.start, cuts[at][0]), min(mark.end, cuts[at][1])
            if start < end:
                touched.append((at, start, end))
            at += 1
        for nth, (at, start, end) in enumerate(touched, 1):
            piece = _Piece(end, mark, nth == 1, nth == len(touched))
            queues[at].append((start, -end, order, piece))
    return [_marked(text, start, end, queue) for (start, end), queue in zip(cuts, queues, strict=True)]


def _marked(text: str, at: int, end: int, queue: list[tuple[int, int, int, _Piece]]) -> str:
    heapify(queue)
    told: list[str] = []
    opened: list[_Piece] = []
    while queue or opened:
        upcoming = queue[0][0] if queue else end
        while opened and opened[-1].end <= upcoming:
            piece = opened.pop()
            told += (escape(text[at : piece.end]), piece.mark.close, piece.mark.after if piece.is_last else "")
            at = piece.end
        if not queue:
            continue
        start, _, order, piece = heappop(queue)
        if opened and piece.end > opened[-1].end:
            border = opened[-1].end
            heappush(queue, (border, -piece.end, order, _Piece(piece.end, piece.mark, False, piece.is_last)))
            piece = _Piece(border, piece.mark, piece.is_first, False)
        told += (escape(text[at:start]), piece.mark.first if piece.is_first else piece.mark.again)
        at = start
        opened.append(piece)
    told.append(escape(text[at:end]))
    return "".join(told)
