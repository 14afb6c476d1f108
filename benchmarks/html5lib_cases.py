"""The malformed HTML that parsers are tested with: the tree-construction cases of html5lib, from its package on the index.

No wheel holds them, so the source package is fetched by pip, held against its hash, and read where it lies.
"""

import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

PACKAGE = "html5lib==1.1"
HASH = "sha256:b2e5b40261e20f354d198eae92afc10d750afb487ed5e50f9c4eaf07c184146f"
_ARCHIVE = "html5lib-1.1.tar.gz"
_SECONDS = 120
_DATA = re.compile(r"(?:\A|\n)#data\n(.*?)\n#errors\n", re.S)


class CasesMissingError(Exception):
    """Why the cases can't be had, in words."""


def html5lib_cases(folder: Path) -> list[str]:
    """The `#data` of every case, each once, in the order of the files. `folder` keeps the package for the next time.

    Raises CasesMissingError where the index can't be reached.
    """
    archive = folder / _ARCHIVE
    if not archive.exists():
        _fetch(folder)
    found: dict[str, None] = {}
    with tarfile.open(archive) as package:
        for member in sorted(package.getmembers(), key=lambda member: member.name):
            if "/tree-construction/" in member.name and member.name.endswith(".dat"):
                file = package.extractfile(member)
                text = file.read().decode("utf-8", "surrogateescape") if file else ""
                found |= dict.fromkeys(_DATA.findall(text))
    return list(found)


def _fetch(folder: Path) -> None:
    """Have pip fetch the source package. It asks its old setup.py for names, which needs an old setuptools."""
    with tempfile.TemporaryDirectory() as place:
        wanted, limits = Path(place) / "wanted.txt", Path(place) / "limits.txt"
        wanted.write_text(f"{PACKAGE} --hash={HASH}\n", encoding="ascii")
        limits.write_text("setuptools<80\n", encoding="ascii")
        command = [
            *(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"),
            *("--no-binary", "html5lib", "--require-hashes", "--build-constraint", str(limits)),
            *("--dest", str(folder), "--requirement", str(wanted)),
        ]
        try:
            ended = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)  # noqa: S603
        except subprocess.TimeoutExpired:
            raise CasesMissingError(f"the package index did not give {PACKAGE} within {_SECONDS} seconds") from None
    if ended.returncode:
        said = (ended.stderr.strip().splitlines() or ["nothing"])[-1]
        raise CasesMissingError(f"pip could not fetch {PACKAGE}; it said: {said}")
