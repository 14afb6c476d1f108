import duckdb
import pytest

from warehouse.asked import refused_of_lake

LOCATION = "/shared/claimhouse/x.csv"


@pytest.mark.parametrize("sql", [
    "SELECT count(*) FROM claims WHERE text LIKE '%; COPY %'",
    "WITH a AS (FROM quotes) SELECT * FROM a",
    "SHOW TABLES",
    "SUMMARIZE claims",
    "EXPLAIN SELECT 1",
    "PIVOT claims ON zone",
    "CREATE TEMP TABLE mine AS FROM claims; SELECT count(*) FROM mine",
    "FROM ducklake_snapshots('warehouse')",
    "FROM warehouse.snapshots()",
    "SELECT query FROM asked",
])  # fmt: skip
def test_questions_are_asked(sql):
    assert refused_of_lake(duckdb.connect(), sql) is None


@pytest.mark.parametrize("sql", [
    f"COPY claims TO '{LOCATION}'",
    f"EXPLAIN ANALYZE COPY claims TO '{LOCATION}'",
    f"explain (format json) copy claims to '{LOCATION}'",
    f"SELECT 1; COPY claims TO '{LOCATION}'",
    f"PREPARE p AS COPY claims TO '{LOCATION}'",
    "ATTACH 'dbname=other' AS other (TYPE postgres)",
    "CALL warehouse.set_option('x', 1)",
    "CALL Ducklake_Cleanup_Old_Files('warehouse', cleanup_all => true)",
    "FROM warehouse.merge_adjacent_files()",
    "FROM postgres_query('catalogue', 'SELECT 1')",
    'SELECT (FROM "POSTGRES_SCAN"(\'dbname=other\', \'s\', \'t\'))',
    "FROM __ducklake_metadata_warehouse.public.ducklake_data_file",
    "FROM query('COPY ' || 'claims')",
    "EXPORT DATABASE '/shared/claimhouse'",
    "DETACH warehouse",
])  # fmt: skip
def test_what_reaches_beyond_the_lake_is_refused_in_words(sql):
    assert refused_of_lake(duckdb.connect(), sql)
