"""Where a lake's files are: a folder, or S3 with what the environment says of it (AWS_…). No key reaches a setting."""

import os
from urllib.parse import urlsplit

from warehouse import ddl
from warehouse.engine import Connection, load_extension
from warehouse.errors import WarehouseError
from warehouse.place import S3

_OF_ENVIRONMENT = {
    "KEY_ID": ("AWS_ACCESS_KEY_ID",),
    "SECRET": ("AWS_SECRET_ACCESS_KEY",),
    "SESSION_TOKEN": ("AWS_SESSION_TOKEN",),
    "REGION": ("AWS_REGION", "AWS_DEFAULT_REGION"),
}
"""DuckDB's names of what logs in at S3, and the variables that AWS's own tools read them from, the first that is set."""
_SETTINGS = ("s3_access_key_id", "s3_secret_access_key", "s3_session_token")


def log_in(con: Connection, files: str) -> None:
    """Let the connection reach the folder, if that is on S3. Raises WarehouseError where the environment holds no keys."""
    if not files.startswith(S3):
        return
    load_extension(con, "httpfs")
    values = {name: value for name, variables in _OF_ENVIRONMENT.items() if (value := _first(variables))}
    if not {"KEY_ID", "SECRET"} <= values.keys():
        raise WarehouseError(
            f"{files} is on S3, and the environment holds no key for it. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and "
            "AWS_REGION, or AWS_ENDPOINT_URL for another service than Amazon's"
        )
    for setting in _SETTINGS:  # the extension reads the environment too, and would show what it found
        con.execute(f"SET {setting} = ''")
    given = [f"{name} {ddl.quoted(value)}" for name, value in values.items()]
    if endpoint := _first(("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")):
        url = urlsplit(endpoint)
        given += [f"ENDPOINT {ddl.quoted(url.netloc)}", "URL_STYLE 'path'", f"USE_SSL {url.scheme != 'http'}"]
    scope = ddl.quoted(files)
    con.execute(f"CREATE OR REPLACE SECRET claimhouse (TYPE s3, {', '.join(given)}, SCOPE {scope})")


def _first(variables: tuple[str, ...]) -> str | None:
    return next((os.environ[name] for name in variables if os.environ.get(name)), None)
