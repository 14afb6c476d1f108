"""The places that a run without INPUT reads, as [[sources]] in the settings file."""

import json
import os
from pathlib import Path

from flows.discover import check_source
from flows.errors import DONE, ClaimhouseError, WrongUse
from flows.settings import CONFIG_FILE, Source, load_settings


def add_source(location: str, title: str | None, config: Path | None) -> str:
    """Add a source to the settings file. Returns what was done, in words. Raises WrongUse where it can't be read now."""
    file = config or Path(CONFIG_FILE)
    if config is None or config.is_file():
        known = {Path(source.location).absolute() for source in load_settings(config).sources}
        if Path(location).absolute() in known:
            return f"{location} is a source already."
    pages = check_source(Source(location=location))
    place = Path(location).expanduser()
    if not place.is_absolute():
        place = Path(os.path.relpath(place, file.parent))
    lines = ["[[sources]]", 'kind = "file"', f"location = {json.dumps(place.as_posix(), ensure_ascii=False)}"]
    if title:
        lines.append(f"title = {json.dumps(title, ensure_ascii=False)}")
    before = file.read_text(encoding="utf-8").rstrip("\n") + "\n\n" if file.is_file() else ""
    try:
        file.write_text(before + "\n".join(lines) + "\n", encoding="utf-8")
    except OSError as error:
        raise WrongUse(f"{file} can't be written: {error.strerror}. Mend its permissions, or name another --config.") from None
    return f"Added {location}, {pages} pages, to {file}."


def check_sources(config: Path | None) -> int:
    """Print for every source how many pages it holds, or what is wrong with it. Returns the exit code."""
    code = DONE
    sources = load_settings(config).sources
    if not sources:
        raise WrongUse("No sources are listed. Add one with `claimhouse sources add FOLDER`.")
    for source in sources:
        try:
            print(f"✓ {source.location}: {check_source(source)} pages")
        except ClaimhouseError as error:
            print(f"✗ {error}")
            code = code or error.exit_code
    return code
