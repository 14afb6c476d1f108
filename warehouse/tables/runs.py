"""What ran, how good it was, and what was held back."""

import polars as pl

from warehouse.tables.model import TIMESTAMP, Column, Table

SEVERITIES = ("critical", "warning", "info")

RUNS = Table(
    name="runs",
    grain="one run of the pipeline",
    key=("run_id",),
    doc="Every run with its counts, also the ones that changed nothing; of one that loads in parts, what it has loaded so far.",
    written="run",
    columns=(
        Column("run_id", pl.String, "Random, one for each run."),
        Column("flow_run_id", pl.String, "Prefect's id of the flow run.", nullable=True),
        Column("started_at", TIMESTAMP, "Start, UTC."),
        Column("finished_at", TIMESTAMP, "End, UTC.", nullable=True),
        Column(
            "status",
            pl.String,
            "How it ended; `audited` is a run that checked all that was loaded, `released` one that let in rows held back.",
            values=("loaded", "unchanged", "stopped", "audited", "released"),
        ),
        Column("pages", pl.Int32, "Pages found in the sources.", between=(0, None)),
        Column("documents", pl.Int32, "Documents that were read anew.", between=(0, None)),
        Column("claims", pl.Int32, "Claims that were loaded.", between=(0, None)),
        Column("quarantined", pl.Int32, "Rows that were held back.", between=(0, None)),
        Column("code_version", pl.String, "Version of Claimhouse and hash of what reads the pages."),
        Column("model_version", pl.String, "Name and version of the language model."),
        Column("words", pl.Int64, "Words of the articles that were read anew.", unit="words", nullable=True, between=(0, None)),
        Column("reading_seconds", pl.Float64, "Time that reading them took.", unit="seconds", nullable=True, between=(0, None)),
    ),
)

QUALITY_RESULTS = Table(
    name="quality_results",
    grain="one expectation of one table in one run, or of one source where it is held against that source's own past",
    key=("run_id", "table_name", "expectation", "column_name", "source_id"),
    doc="What the gate found, kept for every run.",
    written="run",
    columns=(
        Column("run_id", pl.String, "Run.", references="runs.run_id"),
        Column("table_name", pl.String, "Table that was checked."),
        Column("expectation", pl.String, "What was expected."),
        Column("column_name", pl.String, "Columns concerned, joined by a comma; NULL for the whole table.", nullable=True),
        Column("severity", pl.String, "What a failure means: `critical` stops the load.", values=SEVERITIES),
        Column("success", pl.Boolean, "Whether it held."),
        Column("observed_value", pl.String, "What was found, as JSON.", nullable=True),
        Column(
            "unexpected_count",
            pl.Int64,
            "Rows that failed; NULL for checks of the whole table.",
            unit="rows",
            nullable=True,
            between=(0, None),
        ),
        Column("unexpected_percent", pl.Float64, "Their share.", unit="percent", nullable=True, between=(0, 100)),
        Column("checked_at", TIMESTAMP, "When, UTC."),
        Column(
            "source_id",
            pl.String,
            "Source that the check was of; NULL for a check of all.",
            nullable=True,
            references="sources.source_id",
        ),
    ),
)

QUARANTINE = Table(
    name="quarantine",
    grain="one row that one expectation held back in one run",
    key=("run_id", "table_name", "row_key", "expectation"),
    doc="Rows that the gate held back, whole, with the reason.",
    written="run",
    columns=(
        Column("run_id", pl.String, "Run.", references="runs.run_id"),
        Column("table_name", pl.String, "Table that the row was meant for."),
        Column("row_key", pl.String, "The row's key, parts joined by a slash."),
        Column("expectation", pl.String, "Expectation that it failed, with its columns."),
        Column("reason", pl.String, "What was wrong, in words."),
        Column("row", pl.String, "The row as JSON."),
        Column("quarantined_at", TIMESTAMP, "When, UTC."),
        Column(
            "resolution",
            pl.String,
            "What became of it: `released` into its table, or `dropped`; NULL while it is held back.",
            nullable=True,
            values=("released", "dropped"),
        ),
        Column("resolved_at", TIMESTAMP, "When that was, UTC.", nullable=True),
    ),
)
