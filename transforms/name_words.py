"""Words that tell of names: what a name is the name of, which company words add nothing to it, who is he and who is she."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import polars as pl


@dataclass(frozen=True, slots=True)
class NameWords:
    """Words by what they tell, from the rows of `seeds/lexicons/name_words.csv`, in lower case but for `no_names`.

    `no_names` are forms that name nothing. `heads` give the type of what ends in them ("the University of Oslo"), `owners` are
    part of a name that they own ("the People's Party"), `companies` add nothing to a company's name ("the Kade Group").
    `titles`, `roles` and `first_names` give the pronoun, `he` or `she`, of whom they stand before.
    """

    no_names: frozenset[str]
    heads: Mapping[str, str]
    owners: frozenset[str]
    companies: frozenset[str]
    titles: Mapping[str, str]
    roles: Mapping[str, str]
    first_names: Mapping[str, str]

    @classmethod
    def from_frame(cls, frame: pl.DataFrame) -> Self:
        """Build from columns kind (`no_name`, `head`, `owner`, `company`, `title`, `role`, `first_name`), form and meaning."""
        rows: dict[str, dict[str, str]] = {}
        for kind, form, meaning in frame.select("kind", "form", "meaning").iter_rows():
            rows.setdefault(kind, {})[form] = meaning or ""
        return cls(
            no_names=frozenset(rows.get("no_name", {})),
            heads=rows.get("head", {}),
            owners=frozenset(rows.get("owner", {})),
            companies=frozenset(rows.get("company", {})),
            titles=rows.get("title", {}),
            roles=rows.get("role", {}),
            first_names=rows.get("first_name", {}),
        )
