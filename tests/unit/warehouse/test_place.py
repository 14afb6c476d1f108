from datetime import datetime
from pathlib import Path

import pytest

from warehouse.place import Lake, WrongAddress, place_of

ADDRESS = "ducklake:postgresql://anna@db.example.org:5433/press?data=/shared/press"


def test_a_path_is_a_file_and_an_address_is_a_lake():
    assert place_of("data/topic.duckdb") == Path("data/topic.duckdb")
    assert place_of(ADDRESS) == Lake("postgresql://anna@db.example.org:5433/press", "/shared/press")


@pytest.mark.parametrize("address", [
    ADDRESS,
    "ducklake:postgresql:///press?data=s3://bucket/folder",
    "ducklake:postgresql://db.example.org/press?sslmode=require&data=/a%20folder",
    "ducklake:postgresql://db.example.org/press",
])  # fmt: skip
def test_a_lake_is_shown_as_an_address_that_names_it_again(address):
    assert Lake.of(str(Lake.of(address))) == Lake.of(address)


def test_what_is_not_ours_in_the_query_goes_to_libpq():
    lake = Lake.of("ducklake:postgresql://h/db?sslmode=require&data=/shared/a%20b&connect_timeout=5")
    assert lake.catalog == "postgresql://h/db?sslmode=require&connect_timeout=5"
    assert lake.files == "/shared/a b/"


@pytest.mark.parametrize("address", [
    "ducklake:postgresql://anna:tell-nobody@h/db?data=/shared",
    "ducklake:postgresql://anna@h/db?password=tell-nobody",
    "ducklake:mysql://anna:tell-nobody@h/db",
])  # fmt: skip
def test_a_password_in_an_address_is_refused_and_not_repeated(address):
    with pytest.raises(WrongAddress) as refused:
        place_of(address)
    assert "tell-nobody" not in str(refused.value)


@pytest.mark.parametrize(
    "address", ["ducklake:", "ducklake:data.duckdb", "ducklake:postgresql://host", "ducklake:mysql://h/db"]
)
def test_an_address_that_names_no_database_is_refused_with_an_example(address):
    with pytest.raises(WrongAddress, match="Write ducklake:postgresql://"):
        place_of(address)


@pytest.mark.parametrize("data", ["shared", "./shared", "~/shared", "s3://", "https://example.org/x"])
def test_a_folder_that_other_machines_would_not_find_is_refused(data):
    with pytest.raises(WrongAddress, match="whole path"):
        Lake.of(f"ducklake:postgresql://h/db?data={data}")


def test_a_lake_that_is_to_be_made_needs_a_folder():
    with pytest.raises(WrongAddress, match=r"\?data=/shared/folder"):
        _ = Lake.of("ducklake:postgresql://h/db").files


def test_a_lake_is_asked_as_it_was_either_by_number_or_by_time():
    lake = Lake.of(ADDRESS)
    assert lake.at(7).as_of(datetime(2026, 1, 1)).version is None
    assert lake.as_of(datetime(2026, 1, 1)).at(7).moment is None
    assert lake.at(7).now() == lake
