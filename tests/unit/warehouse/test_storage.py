import duckdb
import pytest

from warehouse.errors import WarehouseError
from warehouse.storage import log_in

KEYS = {"AWS_ACCESS_KEY_ID": "key-of-anna", "AWS_SECRET_ACCESS_KEY": "tell-nobody", "AWS_ENDPOINT_URL": "http://127.0.0.1:9"}


@pytest.fixture(autouse=True)
def no_keys(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)


def test_a_bucket_without_keys_in_the_environment_is_refused_with_their_names():
    with pytest.raises(WarehouseError, match="AWS_ACCESS_KEY_ID"):
        log_in(duckdb.connect(), "s3://bucket/folder/")


def test_keys_of_the_environment_log_in_and_are_shown_to_nobody(monkeypatch):
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    con = duckdb.connect()
    log_in(con, "s3://bucket/folder/")
    [(secret,)] = con.execute("SELECT secret_string FROM duckdb_secrets()").fetchall()
    assert "scope=s3://bucket/folder/" in secret
    shown = [secret, *(str(value) for (value,) in con.execute("SELECT value FROM duckdb_settings()").fetchall())]
    assert not any("tell-nobody" in text for text in shown)


def test_a_folder_needs_no_login():
    con = duckdb.connect()
    log_in(con, "/shared/claimhouse/")
    assert con.execute("FROM duckdb_secrets()").fetchall() == []
