"""A run that needs a key and a password leaves neither anywhere: not in its words, nor in any file that it writes."""

import threading
from base64 import b64encode
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from warehouse.database import open_readonly

KEY, PASSWORD = "k3y-of-the-mill-7f1b", "flour-and-water-55"
LOGIN = "Basic " + b64encode(f"miller:{PASSWORD}".encode()).decode()
SENTENCES = " ".join(f"The mill ground {number} tonnes of rye in week {number}, the owner said." for number in range(2, 14))


class Guarded(BaseHTTPRequestHandler):
    """A feed that asks for a key and repeats it in the addresses of its articles, which ask for it and for a login."""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        knows = parse_qs(parts.query).get("api_key") == [KEY] and self.headers["Authorization"] == LOGIN
        if parts.path == "/robots.txt" or not knows:
            return self.send_error(404 if parts.path == "/robots.txt" else 403)
        link = f"http://127.0.0.1:{self.server.server_address[1]}/articles/rye?api_key={KEY}"
        item = f"<item><title>Rye at the mill</title><link>{link}</link></item>"
        body = f'<rss version="2.0"><channel><title>Mill</title>{item}</channel></rss>'
        if parts.path != "/feed.xml":
            body = f'<title>Rye at the mill</title><body><article><h1>Rye</h1><p>{SENTENCES}</p><a href="{link}">.</a>'
        self.send_response(200)
        self.end_headers()
        return self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Nothing to the terminal."""


@pytest.fixture
def guarded():
    with ThreadingHTTPServer(("127.0.0.1", 0), Guarded) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_a_key_and_a_password_stand_in_no_log_table_report_or_archive(claimhouse, guarded, tmp_path):
    (tmp_path / "claimhouse.toml").write_text(f"""
        data_dir = "."
        [fetch]
        allowed_hosts = ["127.0.0.1"]
        delay_seconds = 0
        [[sources]]
        location = "{guarded}/feed.xml?api_key=${{MILL_KEY}}"
        login = "${{MILL_USER}}:${{MILL_PASSWORD}}"
        """, encoding="utf-8")  # fmt: skip
    secrets = {"MILL_KEY": KEY, "MILL_USER": "miller", "MILL_PASSWORD": PASSWORD}
    # With a server of its own, so that what Prefect keeps is looked through as well.
    run = claimhouse("run", PREFECT_API_URL="", **secrets)
    out, err = run.communicate()
    assert run.returncode == 0, err
    with open_readonly(tmp_path / "warehouse.duckdb") as con:
        [(url, outcome)] = con.execute("SELECT url, outcome FROM documents").fetchall()
    assert (url, outcome) == (f"{guarded}/articles/rye?api_key=$%7BMILL_KEY%7D", "kept")
    written = {"out": out.encode(), "err": err.encode()}
    written |= {str(path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert len(written) > 8
    for secret in (KEY, PASSWORD, LOGIN.removeprefix("Basic ")):
        assert [name for name, content in written.items() if secret.encode() in content] == []


def test_a_key_that_is_written_out_is_refused_before_anything_is_kept(claimhouse, tmp_path):
    run = claimhouse("run", f"https://mill.example/feed?api_key={KEY}")
    out, err = run.communicate()
    assert run.returncode == 2
    assert "api_key=${EXAMPLE_KEY}" in err
    assert KEY not in out + err
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()]
