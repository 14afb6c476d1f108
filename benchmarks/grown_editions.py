"""One revision of a grown article, and the words that it is printed in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from benchmarks.grown_plans import Plan, Plans, Wording
from benchmarks.grown_skeletons import Numbers, Skeleton
from transforms.ids import content_id


def document_id_of(number: int, revision: int = 1) -> str:
    """The id of a revision of an article."""
    return content_id("document", content_id("page", number), content_id("content", number, revision))


@dataclass(frozen=True, slots=True)
class Edition:
    """One revision of one article."""

    plan: Plan
    skeleton: Skeleton
    wordings: Mapping[int, Wording]
    revision: int
    is_current: bool

    @property
    def document_id(self) -> str:
        """Id of the document that it is."""
        return document_id_of(self.plan.number, self.revision)


class Words:
    """The words of an edition, segment by segment."""

    def __init__(self, plans: Plans, edition: Edition) -> None:
        self._edition = edition
        self._voice = plans.voice(edition.plan.root)
        self._texts: dict[int, list[str]] = {}
        self.named: set[str | None] = set()
        self._voices = {at: plans.voice(wording.root) for at, wording in edition.wordings.items()}
        for at, wording in edition.wordings.items():
            self._texts[at] = self._voices[at].texts
            if wording.changed:
                self._texts[at] = list(self._texts[at])
                for number, text in wording.changed.items():
                    self._texts[at][number] = text
        day = plans.met_at(edition.plan.number).date() - timedelta(days=1)
        published = edition.skeleton.document["published_at"]
        self._moved_by = (day - published.date()) if published else None

    def text(self) -> str:
        """All of it."""
        segments, texts = self._edition.skeleton.segments, self._voice.texts
        return "".join("".join(map(self._texts.get(at, texts).__getitem__, numbers)) for at, numbers in enumerate(segments))

    def of(self, numbers: Numbers | None, segment: int = -1) -> str | None:
        """Pieces in the words of a segment; of none, in those of the whole article."""
        if numbers is None:
            return None
        return "".join(map(self._texts.get(segment, self._voice.texts).__getitem__, numbers))

    def cast(self, segment: int) -> int:
        """Number of the names that people have in a segment."""
        return self._voices.get(segment, self._voice).cast

    def years(self, segment: int) -> int:
        """So many years later its dates are."""
        return self._voices.get(segment, self._voice).years

    def moved(self, day: Any) -> Any:
        """A date or a moment as many days later as the article; as it was where that is not known."""
        return day if day is None or self._moved_by is None else day + self._moved_by
