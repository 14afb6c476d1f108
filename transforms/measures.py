"""Units and currencies: what money, percentages, lengths of time and other measures look like around a number."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from transforms.spoken_numbers import any_of

_WIDEST_SIGN = 6
"""Longest sign or code with its space: what is looked at before a number."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A unit that begins or ends at `edge`; `factor` turns the number into the unit (cents into dollars)."""

    edge: int
    unit: str
    kind: str
    factor: float = 1.0
    written: str = "word"


@dataclass(frozen=True, slots=True)
class Measures:
    """Units and currencies with the patterns that find them next to a number."""

    units: Mapping[str, tuple[str, str]]
    currencies: Mapping[str, tuple[str, float]]
    before: re.Pattern[str]
    currency_after: re.Pattern[str]
    scaled_currency_after: re.Pattern[str]
    unit_after: re.Pattern[str]

    @classmethod
    def from_frames(cls, units: pl.DataFrame, currencies: pl.DataFrame, between: Iterable[str]) -> "Measures":
        """Builds the patterns from seeds/lexicons/units.csv and currencies.csv.

        `between` are words that may stand between a number and its unit ("three more years").
        """
        unit_forms = {
            (form, written): (unit, kind)
            for form, written, unit, kind in units.select("form", "written", "unit", "kind").iter_rows()
        }
        money = {
            (form, written): (unit, float(factor))
            for form, written, unit, factor in currencies.select("form", "written", "unit", "factor").iter_rows()
        }

        def forms(table: Mapping[tuple[str, str], object], *written: str) -> list[str]:
            return [form for form, how in table if how in written]

        long_words = [form for form in forms(unit_forms, "word") if len(form) > 3]
        words = any_of(forms(unit_forms, "word"), [form.capitalize() for form in long_words]).replace(" ", "[ -]")
        signs, codes, names = forms(money, "sign"), forms(money, "code"), forms(money, "word")
        single = [sign for sign in signs if len(sign) == 1]
        skipped = any_of(sorted(between))
        return cls(
            units={form: found for (form, _), found in unit_forms.items()},
            currencies={form: found for (form, _), found in money.items()},
            before=re.compile(rf"(?:(?<![\w$])(?P<code>{any_of(codes, signs)})|(?P<sign>{any_of(single)})) ?$"),
            currency_after=re.compile(
                rf"(?:(?: +|-)(?:{skipped} +)?(?P<word>{any_of(names)})\b| ?(?P<code>{any_of(codes)})\b"
                rf"|(?P<suffix>{any_of(forms(money, 'suffix'))})(?!\w))"
            ),
            scaled_currency_after=re.compile(rf"(?: +|-)(?P<word>{any_of(forms(money, 'scaled_word'))})\b(?! of\b)"),
            unit_after=re.compile(
                rf"(?:(?: +|-|\+ ?)(?:{skipped}[ -]+)?(?P<word>{words})\b(?:[ -](?P<old>[Oo]lds?)\b)?"
                rf"| ?(?P<symbol>{any_of(forms(unit_forms, 'symbol'))})(?![\w°]))"
            ),
        )

    def currency_before(self, text: str, start: int) -> Measure | None:
        """The currency sign or code that ends at `start`, a space allowed."""
        match = self.before.search(text[max(0, start - _WIDEST_SIGN) : start])
        if match is None:
            return None
        unit, factor = self.currencies[match["code"] or match["sign"]]
        return Measure(start - len(match.group()), unit, "money", factor)

    def measure_after(self, text: str, end: int, scale: float) -> Measure | None:
        """The currency or unit that follows a number which ends at `end` and whose magnitude is `scale`."""
        money = self.currency_after.match(text, end) or (self.scaled_currency_after.match(text, end) if scale > 1 else None)
        if money:
            written, form = next((written, form) for written, form in money.groupdict().items() if form)
            unit, factor = self.currencies[form]
            return Measure(money.end(), unit, "money", factor, written)
        match = self.unit_after.match(text, end)
        if match is None:
            return None
        form = match["symbol"] or match["word"]
        small = form[0].lower() + form[1:]
        unit, kind = self.units.get(form) or self.units.get(small) or self.units[small.replace("-", " ")]
        return Measure(match.end(), unit, kind)
