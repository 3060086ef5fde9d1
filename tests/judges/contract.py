"""What every judge of generated SQL has in common: the job it reads, the verdict it writes, and how it ends.

A judge is a program that reads one job (JSON) on its standard input and writes one verdict (JSON) on its
standard output. One process judges any number of statements, so that the cost of starting an engine is paid
once.

    job     = {"tables":     [{"name": ["persona", "event_purchase"],
                               "columns": [{"name": "id", "type": "STRING"}, ...],
                               "rows": [["o-1", ...], ...]}],          rows: only for a judge that executes
               "statements": [{"id": "any text", "sql": "...", "keep": false}],
               "execute": false}                                       true: rows are wanted back (postgres)
    verdict = {"results": [{"id": "...", "ok": true, "note": "..."},
                           {"id": "...", "ok": false, "error": "..."}, ...],
               "seconds": {"start": 0.3, "statements": 0.1}}

Results come in the order of the statements. A statement's `error` is what the engine said, on one line; a
`note` tells which part of an accepted statement the judge could not see into. Statements are judged
independently, each on the tables as the job describes them, except that what a statement with `"keep": true`
makes or changes is there for those after it.

Exit codes: 0 a verdict was written; 1 the judge has a defect; 2 the job is malformed; 3 a tool is missing.
"""

import json
import os
import re
import sys
import time
import traceback
from dataclasses import dataclass, field
from pathlib import Path

BEGAN = time.monotonic()

SCALARS = ("STRING", "NUMERIC", "TIMESTAMP", "DATE", "BOOL", "INT64", "TIME", "FLOAT64", "JSON")
"""The neutral types. NUMERIC has 38 digits, 9 of them after the point; TIMESTAMP is an instant."""

ARRAY = re.compile(r"ARRAY<(\w+)>")


class JobError(Exception):
    """The job does not keep the contract; the message says where."""


class MissingTool(Exception):
    """Something the judge needs is not installed; the message says how to get it."""


@dataclass
class Column:
    """A column: its name, its neutral scalar type, and whether it holds an array of that type."""

    name: str
    scalar: str
    array: bool = False


@dataclass
class Table:
    """A table: the parts of its name, its columns, and its rows as lists of JSON values, in column order."""

    name: tuple[str, ...]
    columns: list[Column]
    rows: list[list] = field(default_factory=list)


@dataclass
class Statement:
    """One SQL statement, the caller's name for it, and whether later statements see what it did."""

    id: str
    sql: str
    keep: bool = False


@dataclass
class Job:
    """What is to be judged, against which tables."""

    tables: list[Table]
    statements: list[Statement]
    execute: bool = False


def parse_column(raw: dict) -> Column:
    """The column that a job describes; raises JobError for a type that is none of the neutral ones."""
    kind = raw["type"]
    array = ARRAY.fullmatch(kind)
    scalar = array.group(1) if array else kind
    if scalar not in SCALARS:
        known = ", ".join(SCALARS)
        raise JobError(
            f"column {raw['name']!r} has the type {kind!r}; known are {known}, and ARRAY<any of them>"
        )
    return Column(raw["name"], scalar, array is not None)


def parse_table(raw: dict) -> Table:
    """The table that a job describes; raises JobError for a row with too few or too many values."""
    name = tuple(raw["name"])
    if not name or not all(isinstance(part, str) and part for part in name):
        raise JobError(f"a table's name is a list of its parts, not {raw['name']!r}")
    table = Table(name, [parse_column(column) for column in raw["columns"]], raw.get("rows", []))
    for number, row in enumerate(table.rows, 1):
        if len(row) != len(table.columns):
            raise JobError(
                f"row {number} of {'.'.join(name)} has {len(row)} values for {len(table.columns)} columns"
            )
    return table


def parse_statement(raw: dict) -> Statement:
    """The statement that a job describes; raises JobError for SQL that is no text."""
    if not isinstance(raw["sql"], str):
        raise JobError(f"the sql of statement {raw['id']!r} is not text")
    return Statement(str(raw["id"]), raw["sql"], bool(raw.get("keep", False)))


def parse_job(text: str) -> Job:
    """The job written in `text`; raises JobError where it does not keep the contract."""
    try:
        raw = json.loads(text)
        tables = [parse_table(table) for table in raw.get("tables", [])]
        statements = [parse_statement(statement) for statement in raw["statements"]]
    except json.JSONDecodeError as error:
        raise JobError(f"not JSON: {error}") from error
    except (KeyError, TypeError, AttributeError) as error:
        raise JobError(f"a field is missing or of the wrong kind: {error!r}") from error
    return Job(tables, statements, bool(raw.get("execute", False)))


def one_line(message: object) -> str:
    """An engine's message on one line, so that a list of verdicts stays readable."""
    return " ".join(str(message).split())


def accepted(statement: Statement, **more) -> dict:
    """The result for a statement the judge found nothing wrong with."""
    return {"id": statement.id, "ok": True, **more}


def rejected(statement: Statement, error: object) -> dict:
    """The result for a statement the judge found something wrong with."""
    return {"id": statement.id, "ok": False, "error": one_line(error)}


def cache_folder() -> Path:
    """A folder for what is costly to make again: where scripts/setup put this judge's environment."""
    return Path(sys.prefix).resolve().parent


class Stopwatch:
    """Tells the seconds of a judge's two parts: starting, from the import of this file on, and judging."""

    def __init__(self):
        self.started = self.ended = None

    def engine_is_up(self):
        """Marks the end of the start: tables exist, the first statement may come."""
        self.started = time.monotonic()

    def all_is_judged(self):
        """Marks the end of the judging, for a judge that has something to put away after it."""
        self.ended = time.monotonic()

    def seconds(self) -> dict:
        """Both parts."""
        ended = self.ended or time.monotonic()
        started = self.started or ended
        return {"start": round(started - BEGAN, 3), "statements": round(ended - started, 3)}


def run(judge):
    """A judge's main program. `judge(job, stopwatch)` returns the results in the order of the statements."""
    # Libraries print to standard output as they please; only the verdict may go there.
    verdict_out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    stopwatch = Stopwatch()
    try:
        results = judge(parse_job(sys.stdin.read()), stopwatch)
    except JobError as error:
        sys.exit(fail(2, f"job: {error}"))
    except (MissingTool, ModuleNotFoundError) as error:
        sys.exit(fail(3, f"{error}; `scripts/setup --tests` installs what the judges need"))
    except Exception:
        traceback.print_exc()
        sys.exit(1)
    json.dump({"results": results, "seconds": stopwatch.seconds()}, verdict_out, ensure_ascii=False)
    verdict_out.close()


def fail(code: int, message: str) -> int:
    """Says why there is no verdict and returns the exit code."""
    print(f"{Path(sys.argv[0]).name}: {message}", file=sys.stderr)
    return code
