import pytest

from flows import doctor
from flows.doctor import examine
from flows.settings import Reading, Settings
from warehouse.database import building


@pytest.fixture
def settings(tmp_path):
    return Settings(data_dir=tmp_path / "data", reading=Reading(model="en_nowhere"))


def found(settings: Settings) -> dict[str, doctor.Diagnosis]:
    return {diagnosis.thing: diagnosis for diagnosis in examine(settings)}


def test_a_machine_that_is_ready_has_nothing_to_mend_but_what_is_wrong(settings, monkeypatch):
    monkeypatch.delenv("PREFECT_API_URL", raising=False)  # a server of other tests may be up
    diagnoses = found(settings)
    assert [thing for thing, diagnosis in diagnoses.items() if diagnosis.mend] == ["Language model"]
    assert "none at" in diagnoses["Warehouse"].found
    assert "a run starts its own" in diagnoses["Prefect"].found


def test_a_model_that_is_missing_is_told_with_the_mend(settings):
    assert "en_nowhere is not installed" in found(settings)["Language model"].found


def test_packages_that_differ_from_the_lock_are_named(settings, monkeypatch, tmp_path):
    lock = tmp_path / "requirements.lock"
    windows = "only-on-windows==1.0 ; sys_platform == 'win32'"
    lock.write_text(f"polars==0.0.1 \\\n    --hash=x\nnot-there==1.0\n{windows}\n", encoding="utf-8")
    monkeypatch.setattr(doctor, "LOCK", lock)
    diagnosis = found(settings)["Packages"]
    assert "polars is 2." in diagnosis.found
    assert "not-there is missing, not 1.0" in diagnosis.found
    assert "windows" not in diagnosis.found
    assert diagnosis.mend == "Run `make setup`."


def test_a_data_folder_that_is_a_file_is_told(settings):
    settings.data_dir.write_text("a file")
    assert found(settings)["Data folder"].mend is not None


def test_a_disk_with_little_room_is_told(settings, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("usage", (), {"free": 1_000_000})())
    assert found(settings)["Disk"].mend == "Make room: a run may need 2.0 GB."


def test_a_warehouse_that_opens_tells_its_schema_version(settings):
    with building(settings.place):
        pass
    assert "opens, schema version" in found(settings)["Warehouse"].found


def test_a_warehouse_that_is_none_is_told(settings):
    settings.data_dir.mkdir()
    settings.place.write_text("no database")
    assert "is no DuckDB database" in found(settings)["Warehouse"].found
