"""SIGKILL at random moments of a run, in every stage: to all of its processes, to the main one alone, to those that read."""

import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

import psutil

from benchmarks.crashes import Judgement, Trial, processes_of
from benchmarks.crashes_ground import NOTHING, READ, SOMETHING, Ground, ended, kill_group
from benchmarks.crashes_stages import AFTER, BEFORE, STAGES, Progress

GROUP, MAIN, WORKER = "all processes of the run", "the main process alone", "one worker process"
FORKED_FROM = "the process that workers are forked from"
FAULT = "SIGKILL"
LEAST = 3
"""How often every stage is hit at least, where there are trials enough."""
OWN_SERVERS = 3
"""Kills of runs that have started a Prefect server of their own: it must go when they go."""
_MOST_TRIES = 4
_STAGE_SECONDS = 240


def random_kills(ground: Ground, trials: int, random: Random) -> Iterator[Trial]:
    """At least `trials` kills over all stages, each at a moment drawn at random, until every stage was hit often enough.

    A stage that takes a hundredth of a second is aimed at by watching for the end of the one before it, and what was hit is
    read from the log afterwards.
    """
    hit: Counter[str] = Counter()
    for number in range(max(trials, len(STAGES))):
        trial = _kill(ground, STAGES[number % len(STAGES)], _whom(number // len(STAGES)), random)
        hit[trial.place] += 1
        yield trial
    for stage in STAGES:
        least = min(LEAST, trials // len(STAGES))
        for _ in range(_MOST_TRIES * LEAST):
            if hit[stage] >= least:
                break
            trial = _kill(ground, stage, GROUP, random)
            hit[trial.place] += 1
            yield trial
    for number in range(min(OWN_SERVERS, trials // 3)):
        yield _kill(ground, (BEFORE, "annotate", "load")[number % 3], MAIN, random, own_server=True)


def worker_kills(ground: Ground, random: Random) -> Iterator[Trial]:
    """Kills of a worker, and of what workers are forked from: the first ones before anything is read."""
    for whom in (WORKER, FORKED_FROM):
        for number in range(LEAST):
            yield _kill_worker(ground, random, whom, number)


def _whom(round_: int) -> str:
    return (GROUP, MAIN)[round_ % 2]


def _kill(ground: Ground, stage: str, whom: str, random: Random, *, own_server: bool = False) -> Trial:
    state = _state_before(stage, random)
    data = ground.fresh(state)
    progress = Progress(data, ground.times[state].batches)
    process = ground.start(data, **({"PREFECT_API_URL": ""} if own_server else {}))
    progress.wait_for(stage, process, _STAGE_SECONDS)
    time.sleep(random.random() * ground.times[state].stages.get(stage, 0.1))
    if process.poll() is not None:
        place = AFTER
    elif whom == GROUP:
        kill_group(process)
        place = progress.stage()
    else:
        process.kill()
        process.wait()
        place = progress.stage()
    if process.stdout:
        process.stdout.close()
    how = f"to {whom}" + (", with a Prefect server of its own" if own_server else "")
    return ground.judge(data, state, Judgement()).trial(FAULT, how, place)


def _kill_worker(ground: Ground, random: Random, whom: str, number: int) -> Trial:
    """Kill a worker as it reads: the run goes on, or says what to do; a worker that was never ready is the first case."""
    data = ground.fresh(SOMETHING)
    judgement = Judgement()
    progress = Progress(data, ground.times[SOMETHING].batches)
    started = time.monotonic()
    process = ground.start(data)
    progress.wait_for("annotate", process, _STAGE_SECONDS)
    if number:
        _wait_for_notes(data / "staging", process)
    while not (chosen := _workers(data, whom)) and process.poll() is None:
        time.sleep(0.01)
    time.sleep(random.random() * 0.2)
    place = progress.stage()
    if chosen:
        chosen[0].send_signal(signal.SIGKILL)
    done = ended(process, started)
    judgement.expect(chosen, f"{whom} was not found")
    judgement.expect(
        done.code == 0 or (done.code in (2, 70) and "Traceback" not in done.said), f"the run ended badly, {done.shown}"
    )
    how = f"to {whom}"
    if done.code:
        return ground.judge(data, SOMETHING, judgement).trial(FAULT, how, place)
    judgement.gone(str(data))
    judgement.ended_as(data / "warehouse.duckdb", ground.rows[SOMETHING])
    return ground.recover(data, SOMETHING, judgement).trial(FAULT, how, place)


def _wait_for_notes(staging: Path, process: "subprocess.Popen[str]") -> None:
    """Wait until a worker has noted that it reads."""
    while process.poll() is None and not list(staging.glob("*.reading")):
        time.sleep(0.01)


def _workers(data: Path, whom: str) -> list[psutil.Process]:
    """The workers of the run, or the process that they are forked from, whose command line they have."""
    forked = [process for process in processes_of(str(data)) if "multiprocessing.forkserver" in " ".join(process.cmdline())]
    pids = {process.pid for process in forked}
    return [process for process in forked if (process.ppid() in pids) == (whom == WORKER)]


def _state_before(stage: str, random: Random) -> str:
    """What the run begins with: all is read already where reading is not what is tried."""
    return random.choice((NOTHING, SOMETHING)) if stage in (BEFORE, *STAGES[:4]) else random.choice((READ, READ, READ, NOTHING))
