"""The gate: what every table must keep, what fails it, and what may be loaded.

`declared` derives checks from the table declarations, `across` adds those between columns and tables, `suites` has Great
Expectations judge them, `quarantine` takes out the rows that failed and those that refer to them, `gate` gives the verdict.
"""
