"""The warehouse as files for others: its tables as Parquet and CSV, its claims as JSON-LD, with a manifest of their hashes.

Rows pass through in batches, so that memory does not grow with the warehouse. The folder is written beside its place, and
moved there when it is whole.
"""

import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from hashlib import sha256
from importlib import metadata
from pathlib import Path
from typing import BinaryIO, Literal

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel, ConfigDict, ValidationError

from flows.claim_jsonld import CONTEXT, CONTEXT_NAME, claim_node
from flows.cli_data import Form
from flows.clock import now
from flows.errors import WrongUse
from flows.flat import flat
from flows.manifest import MANIFEST, FileKept, differences, replace_folder, settle, unfinished, write_manifest
from warehouse.database import Connection, open_readonly
from warehouse.export import ColumnOfFile, batches_of, claims_told, columns_of
from warehouse.migrate import schema_version
from warehouse.place import Place
from warehouse.tables import CLAIMS, TABLES

MEMORY_MB = 400
"""What DuckDB may keep of the warehouse; rows pass through at a time, so that it needs no more however large that is."""
GROUP_BYTES = 32_000_000
"""Of a row group of Parquet, before it is packed: small ones are read slowly, large ones have to be held."""
CLAIMS_NAME = "claims.jsonl"


class FileWritten(FileKept):
    """One file with its rows; of a table also its columns, with DuckDB's names of their types."""

    rows: int
    columns: tuple[dict[str, str | None], ...] = ()


class Manifest(BaseModel):
    """What an export holds. Times are naive UTC."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    format: Literal["claimhouse export"] = "claimhouse export"
    claimhouse: str
    schema_version: int
    created_at: datetime
    files: tuple[FileWritten, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be exported: tables and views by name, none for all tables of Claimhouse; and in which forms."""

    form: Form = "all"
    tables: tuple[str, ...] = ()


def export(warehouse: Place, folder: Path, wanted: Wanted) -> Manifest:
    """Write the files into `folder`, in place of an earlier export, and check them.

    Raises WrongUse for a folder with other things in it and for a table that is not there; what `open_readonly` raises.
    """
    folder = folder.expanduser().absolute()
    settle(folder)
    _require_free(folder)
    with closing(open_readonly(warehouse, most_mb=MEMORY_MB)) as con:
        relations = _relations(con, wanted.tables)
        writing = unfinished(folder)
        shutil.rmtree(writing, ignore_errors=True)
        try:
            writing.mkdir(parents=True)
            files = tuple(_write(con, writing, relations, wanted))
            manifest = Manifest(
                claimhouse=metadata.version("claimhouse"),
                schema_version=schema_version(con) or 0,
                created_at=now(),
                files=files,
            )
            write_manifest(writing, manifest.model_dump_json(indent=2) + "\n")
            if wrong := differences(writing, files):
                raise WrongUse("The disk does not hold what was written; look after it.\n" + "\n".join(wrong))
            replace_folder(writing, folder)
        except PermissionError as error:
            raise WrongUse(f"{error.filename} may not be written. Mend its permissions, or name another folder.") from None
        finally:
            shutil.rmtree(writing, ignore_errors=True)
    return manifest


class _Hashed:
    """A file that is written, with the hash and the size of what was."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._digest = sha256()
        self.bytes = 0
        self.closed = False

    def write(self, data: bytes) -> int:
        self._digest.update(data)
        self.bytes += len(data)
        return self._file.write(data)

    def tell(self) -> int:
        return self.bytes

    def flush(self) -> None:
        self._file.flush()

    def kept(self, path: str) -> FileKept:
        return FileKept(path=path, bytes=self.bytes, sha256=self._digest.hexdigest())


def _write(
    con: Connection, folder: Path, relations: dict[str, tuple[ColumnOfFile, ...]], wanted: Wanted
) -> Iterator[FileWritten]:
    for name, columns in relations.items():
        told = tuple({"name": column.name, "type": column.type, "doc": column.doc} for column in columns)
        for form, write in (("parquet", _write_parquet), ("csv", _write_csv)):
            if wanted.form in (form, "all"):
                rows = partial(write, batches_of(con, name, columns))
                yield _write_file(folder, f"{form}/{name}.{form}", rows).model_copy(update={"columns": told})
    if wanted.form in ("jsonld", "all") and (not wanted.tables or CLAIMS.name in wanted.tables):
        yield _write_file(folder, f"jsonld/{CONTEXT_NAME}", partial(_write_lines, [CONTEXT]))
        nodes = (claim_node(row) for claims in claims_told(con) for row in claims.iter_rows(named=True))
        yield _write_file(folder, f"jsonld/{CLAIMS_NAME}", partial(_write_lines, nodes))


def _write_file(folder: Path, path: str, write: Callable[[_Hashed], int]) -> FileWritten:
    """Write one file, and have the disk hold it; `write` says how many rows it wrote."""
    place = folder / path
    place.parent.mkdir(exist_ok=True)
    with place.open("wb") as file:
        hashed = _Hashed(file)
        try:
            rows = write(hashed)
        except pa.ArrowException as error:
            raise WrongUse(f"{place.stem} can't be written as {place.suffix[1:]}: {error}. Leave it out of --table.") from None
        file.flush()
        os.fsync(file.fileno())
    return FileWritten(**hashed.kept(path).model_dump(), rows=rows)


def _write_parquet(batches: pa.RecordBatchReader, file: _Hashed) -> int:
    rows, held, size = 0, [], 0
    with pq.ParquetWriter(file, batches.schema, compression="zstd") as writer:
        for batch in batches:
            held.append(batch)
            rows, size = rows + batch.num_rows, size + batch.nbytes
            if size >= GROUP_BYTES:
                writer.write_table(pa.Table.from_batches(held))
                held, size = [], 0
        writer.write_table(pa.Table.from_batches(held, batches.schema))
    return rows


def _write_csv(batches: pa.RecordBatchReader, file: _Hashed) -> int:
    """An empty text is `""`, NULL is nothing at all; lists are JSON."""
    rows = 0
    file.write((",".join(_quoted(name) for name in batches.schema.names) + "\n").encode())
    for batch in batches:
        frame = flat(pl.DataFrame(pl.from_arrow(batch)))
        file.write(frame.write_csv(include_header=False).encode())
        rows += frame.height
    return rows


def _write_lines(nodes: Iterable[Mapping[str, object]], file: _Hashed) -> int:
    rows = 0
    for node in nodes:
        file.write(json.dumps(node, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
        rows += 1
    return rows


def _quoted(name: str) -> str:
    """A column's name in the head of a CSV file; nearly always it is a plain word."""
    return name if name.isidentifier() else '"' + name.replace('"', '""') + '"'


def _relations(con: Connection, tables: Sequence[str]) -> dict[str, tuple[ColumnOfFile, ...]]:
    """The tables to write. Raises WrongUse for one that is not there, and for a name that no file can have."""
    found = columns_of(con)
    wanted = tables or [table.name for table in TABLES if table.name in found]
    if missing := [name for name in wanted if name not in found]:
        raise WrongUse(f"The warehouse has no table or view {', '.join(missing)}; it has {', '.join(sorted(found))}.")
    if odd := [name for name in wanted if not name.isidentifier()]:
        raise WrongUse(f"{', '.join(odd)} is no name for a file. Make a view of it under a plain name.")
    return {name: found[name] for name in dict.fromkeys(wanted)}


def _require_free(folder: Path) -> None:
    """Raises WrongUse for a place that holds other things than an export."""
    if folder.is_file():
        raise WrongUse(f"{folder} is a file. Name a folder.")
    if folder.is_mount():
        raise WrongUse(f"{folder} is a whole disk. Name a folder on it: {folder / 'claimhouse-export'}")
    if not folder.exists() or not any(folder.iterdir()):
        return
    try:
        known = Manifest.model_validate_json((folder / MANIFEST).read_bytes())
    except (OSError, ValidationError):
        raise WrongUse(f"{folder} holds other things. Name a new folder, or an earlier export.") from None
    ours = {MANIFEST, *(file.path for file in known.files)}
    there = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())
    if strange := [path for path in there if path not in ours]:
        raise WrongUse(f"{folder} holds things that are not of the export: {', '.join(strange[:3])}. Move them away.")
