"""The warehouse: table declarations, DDL, migrations, views, and the one module that opens DuckDB."""
