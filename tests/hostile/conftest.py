"""Hypothesis for hostile input: the same few examples each time in the suite, and many new ones for a longer search.

python -m pytest tests/hostile --hypothesis-profile=long
"""

from hypothesis import HealthCheck, settings

_SLOW_MACHINES = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large]

settings.register_profile(
    "suite", max_examples=40, deadline=None, derandomize=True, database=None, suppress_health_check=_SLOW_MACHINES
)
settings.register_profile("long", max_examples=3_000, deadline=None, suppress_health_check=_SLOW_MACHINES, print_blob=True)
settings.load_profile("suite")
