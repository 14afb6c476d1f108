"""Nothing of a page is run, imported, opened or asked for while it is read, and no rule against that is switched off."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from benchmarks.reading import default_reader, page_of
from transforms.read import read_pages

ROOT = Path(__file__).parents[2]
PACKAGES = ("flows", "transforms", "expectations", "warehouse")
NEVER = "S102,S301,S302,S307,S501,S506,S602,S604,S605,S606,S609,S701"
"""exec, pickle, marshal, eval, TLS unchecked, yaml.load, shells, os.system, wildcards of shells, templates without escaping."""
REASONED = re.compile(r"# noqa: [A-Z0-9, ]*\bS\d+[A-Z0-9, ]*(?P<reason>.*)")
ARTICLE = "<p>The harbour board said on Monday that thirty ferries will cross the strait every day from May.</p>" * 3
ATTACKS = {
    "script": "<script>document.location='file:///etc/passwd'</script><img src=x onerror=alert(1)><svg onload=alert(1)>",
    "include": "<link rel=stylesheet href='file:///etc/passwd'><iframe src='file:///etc/passwd'></iframe><object data=x.py>",
    "import": "<p>import os; os.system('id')</p><p>__import__('os').system('id')</p>",
    "template": "<p>{{ 7 * 7 }} ${7 * 7} #{7 * 7} <%= 7 * 7 %> {% include '/etc/passwd' %}</p>",
    "format": "<p>{0.__class__.__mro__} %(name)s %s %n {title!r} {{x}} $HOME `id` $(id) | tee x</p>",
    "pickle": "<p>cos\nsystem\n(S'id'\ntR.</p><p>!!python/object/apply:os.system ['id']</p>",
    "entity": "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'><!ENTITY y SYSTEM 'http://127.0.0.1:1/'>]><p>&x; &y;</p>",
    "xinclude": "<xi:include href='file:///etc/passwd' parse='text' xmlns:xi='http://www.w3.org/2001/XInclude'/>",
    "json": '<script type="application/ld+json">{"@type":"Article","author":{"py/object":"os.system"}}</script>',
    "refresh": "<meta http-equiv=refresh content='0;url=javascript:alert(1)'><base href='file:///etc/'><a href='passwd'>x</a>",
    "sql": "<p>'; DROP TABLE claims; -- said Robert'); ATTACH '/tmp/x'; COPY claims TO '/tmp/y';</p>",
    "path": "<p>../../../../etc/passwd /proc/self/mem \\\\server\\share file:///dev/zero</p>",
}
FORBIDDEN = re.compile(
    r"exec|compile|import|open|os\.|shutil\.|socket\.|subprocess\.|urllib\.|http\.|ctypes\.|marshal\.|pickle\.|code\.|tempfile\."
)
_events: list[str] = []
_is_listening = False


def _listen(event: str, arguments: tuple[object, ...]) -> None:
    if _is_listening and FORBIDDEN.match(event):
        _events.append(f"{event} {str(arguments)[:200]}")


@pytest.fixture(scope="module")
def events():
    """What this process does while `heard` is at work, by Python's own audit events (PEP 578). A hook can't be taken away."""
    sys.addaudithook(_listen)

    def heard(work):
        global _is_listening  # noqa: PLW0603
        _events.clear()
        _is_listening = True
        try:
            work()
        finally:
            _is_listening = False
        return list(_events)

    return heard


def read(name, text):
    for key in ("a.html", "a.txt", "a.md"):
        [outcome] = read_pages([page_of(key, text.encode())], default_reader())["documents"]["outcome"]
        assert outcome in ("kept", "not_an_article", "too_short", "unsupported_language"), (name, key, outcome)


def test_the_hook_hears_what_is_run(events):
    assert events(lambda: eval("1 + 1"))
    assert events(lambda: Path(__file__).read_text())


def test_reading_runs_imports_opens_and_asks_for_nothing(events):
    def every():
        for name, attack in ATTACKS.items():
            read(
                name,
                f"<html><head><title>{name}</title>{attack}</head><body><article>{ARTICLE}{attack}{ARTICLE}</article></body></html>",
            )

    every()  # the first time libraries load what they need
    assert events(every) == []


def test_no_code_of_ours_may_run_text_nor_switch_off_escaping_or_certificates():
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--ignore-noqa", "--select", NEVER, "--no-cache", *PACKAGES]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout


def test_rules_against_running_text_are_on_and_every_exception_says_why():
    assert "S" in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["ruff"]["lint"]["select"]
    bare = [
        f"{path.relative_to(ROOT)}:{number}"
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if (found := REASONED.search(line)) and len(found["reason"].strip(" #")) < 5
    ]
    assert not bare


def test_templates_declare_no_text_safe():
    templates = sorted((ROOT / "flows" / "reports" / "templates").rglob("*.html"))
    assert len(templates) > 9
    assert [path.name for path in templates if re.search(r"\|\s*safe\b|autoescape\s+false", path.read_text())] == []
