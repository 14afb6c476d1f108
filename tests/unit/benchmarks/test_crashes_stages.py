"""In which stage a run is that is to be killed."""

from benchmarks.crashes_stages import AFTER, STAGES, Progress, stage_after, times_of


def test_the_stage_of_a_run_is_the_one_after_the_last_that_has_ended():
    ended = ["start", "collect", "discover", "plan", "annotate", "annotate", "gather", "settle", "check", "load", "report"]
    stages = [stage_after(ended[:count], batches=2) for count in range(len(ended) + 1)]
    assert stages == ["start", "collect", "discover", "plan", "annotate", "annotate", *STAGES[4:], AFTER]


def test_the_time_of_a_stage_counts_from_the_end_of_the_one_before(tmp_path):
    log = tmp_path / "logs" / "claimhouse.log"
    log.parent.mkdir()
    progress = Progress(tmp_path, batches=1)
    line = "2026-03-01 12:00:{} | INFO    | 7 | {} - {}\n"
    log.write_text(
        line.format("01.000", "flow run 'articles at 12'", "Beginning flow run 'articles at 12' for flow 'build'")
        + line.format("01.250", "task run 'discover-545'", "Finished in state Completed()")
        + line.format("02.000", "task run 'plan-4e0'", "Finished in state Completed()")
        + line.format("03.000", "task run 'annotate 2a41'", "Finished in state Completed()")
        + line.format("03.500", "task run 'gather-adb'", "Finished in state Failed('Task run encountered an exception')"),
        encoding="utf-8",
    )
    times = times_of(progress.lines(), seconds=5.0)
    assert times.stages == {"start": 3.0, "discover": 0.25, "plan": 0.75, "annotate": 1.0}
    assert times.batches == 1
    assert progress.stage() == "gather"
