-- How good each table was, run by run. One row: one table in one run.
CREATE OR REPLACE VIEW quality_trend AS
WITH checked AS (
    SELECT
        run_id,
        table_name,
        count(*) AS checks,
        count_if(NOT success) AS failed,
        count_if(NOT success AND severity = 'critical') AS failed_critical,
        count_if(NOT success AND severity = 'warning') AS failed_warning,
        coalesce(sum(unexpected_count), 0)::BIGINT AS unexpected_count
    FROM quality_results
    GROUP BY run_id, table_name
),
held_back AS (
    SELECT run_id, table_name, count(DISTINCT row_key) AS quarantined FROM quarantine GROUP BY run_id, table_name
)
SELECT
    r.started_at,
    r.status,
    c.table_name,
    c.checks,
    c.failed,
    c.failed_critical,
    c.failed_warning,
    round(100.0 * (c.checks - c.failed) / c.checks, 1) AS passed_percent,
    lag(round(100.0 * (c.checks - c.failed) / c.checks, 1))
        OVER (PARTITION BY c.table_name ORDER BY r.rowid) AS previous_passed_percent,
    c.unexpected_count,
    coalesce(h.quarantined, 0) AS quarantined,
    r.run_id
FROM runs AS r
JOIN checked AS c ON c.run_id = r.run_id
LEFT JOIN held_back AS h ON h.run_id = c.run_id AND h.table_name = c.table_name;

COMMENT ON COLUMN quality_trend.table_name IS 'Table that was checked.';
COMMENT ON COLUMN quality_trend.checks IS 'Expectations that were checked.';
COMMENT ON COLUMN quality_trend.failed IS 'Expectations that did not hold.';
COMMENT ON COLUMN quality_trend.failed_critical IS 'Those of them that stop the load.';
COMMENT ON COLUMN quality_trend.failed_warning IS 'Those of them that warn.';
COMMENT ON COLUMN quality_trend.passed_percent IS 'Share of expectations that held. Unit: percent.';
COMMENT ON COLUMN quality_trend.previous_passed_percent IS 'The same in the run before. Unit: percent.';
COMMENT ON COLUMN quality_trend.unexpected_count IS 'Rows that failed, summed over expectations. Unit: rows.';
COMMENT ON COLUMN quality_trend.quarantined IS 'Rows of the table that this run held back. Unit: rows.';
