"""The INPUTs of a run, else the sources of the settings: which lie on this machine, and which are fetched from the web."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path

from flows.errors import WrongUse
from flows.fetch.model import Entry
from flows.fetch.secrets import refuse_written_out
from flows.models import seeds
from flows.settings import Settings, Source
from transforms.addresses import AddressRules
from transforms.ids import content_id


@dataclass(frozen=True, slots=True)
class WebSource:
    """A source whose pages come from the web. `entries` are the addresses of a list, None where the source itself is asked."""

    source_id: str
    source: Source
    entries: tuple[Entry, ...] | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """The time that is asked for, naive UTC: start inclusive, end exclusive, None where it is open."""

    since: datetime | None = None
    until: datetime | None = None

    @classmethod
    def of_days(cls, first: date | None, last: date | None) -> "Period":
        """From the first day to the last one, both inclusive. Raises WrongUse where the last comes before the first."""
        if first and last and last < first:
            raise WrongUse(f"The period ends on {last}, before it begins on {first}. Exchange --since and --until.")
        return cls(
            datetime.combine(first, time()) if first else None,
            datetime.combine(last + timedelta(days=1), time()) if last else None,
        )


ALL_TIME = Period()


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a run is to read. `from_archive`: all that was ever fetched of the sources on the web, or of all there are."""

    local: tuple[Source, ...]
    web: tuple[WebSource, ...]
    period: Period = ALL_TIME
    from_archive: bool = False

    @property
    def everything(self) -> bool:
        """Whether all of the archive is asked for, whatever its source."""
        return self.from_archive and not self.web and not self.local


@cache
def address_rules() -> AddressRules:
    """How addresses are cleaned, by the lexicon of `seeds/`."""
    return AddressRules.from_frame(seeds()["address_words"])


def inputs_of(inputs: Sequence[str], settings: Settings, period: Period = ALL_TIME, *, from_archive: bool = False) -> Inputs:
    """The INPUTs, else the sources of the settings, each once; from the archive alone without INPUTs: all that it holds.

    Raises WrongUse where there are none, or one can't be one.
    """
    sources = [Source(location=location) for location in inputs]
    if not sources and not from_archive:
        sources = list(settings.sources)
    if not sources and not from_archive:
        raise WrongUse(
            "There is nothing to read: name files, folders or addresses, as in `claimhouse run articles/`, "
            "or list [[sources]] in claimhouse.toml."
        )
    local, web = list[Source](), dict[str, WebSource]()
    for source in sources:
        found = web_source_of(source)
        if found:
            web[found.source_id] = found
        else:
            local.append(source)
    if from_archive and local:
        raise WrongUse(
            f"{local[0].location} lies on this machine and is in no archive. Leave it out, or leave out --from-archive."
        )
    return Inputs(tuple(local), tuple(web.values()), period, from_archive)


def web_source_of(source: Source) -> WebSource | None:
    """The source as one of the web: at an address, or a file that lists addresses; None for pages on this machine."""
    if "://" not in source.location:
        path = Path(source.location).expanduser()
        entries = _listed(path) if path.is_file() else None
        return None if entries is None else WebSource(content_id("file", path.name), source, entries)
    if source.location.lower().startswith("file:"):
        raise WrongUse(f"{source.location} is on this machine: give its path instead.")
    refuse_written_out(source.location)
    address = address_rules().cleaned(source.location)
    if address is None:
        raise WrongUse(f"{source.location} is no address of a page. Mend it; it begins with https:// or http://.")
    return WebSource(content_id("web", address), source.model_copy(update={"location": address}))


def _listed(path: Path) -> tuple[Entry, ...] | None:
    """The addresses that a file lists: a feed, a sitemap, or one a line. None where it is something else."""
    from flows.containers import addresses_in  # noqa: PLC0415   most runs read no such file

    return addresses_in(path, address_rules())
