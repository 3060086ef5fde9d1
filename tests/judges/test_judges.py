"""Judges the judges: statements known to be good and bad, and how each judge starts, fails and ends.

    python3 tests/judges/test_judges.py [bigquery|postgres|snowflake]...

statements/DIALECT.sql holds the statements, each under a line of comment that says what the judge must find:

    -- good: why                            accepted, and seen through
    -- good, kept: why                      the same; later statements see what it made
    -- good, unseen "WORDS": why            accepted with a note that has these words
    -- bad "WORDS": why                     rejected with an error that has these words

A judge that accepts everything fails here, and so does one that rejects for another reason than is meant.
"""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent

TABLES = [
    {
        "name": ["persona", "customer"],
        "columns": [
            {"name": "id", "type": "STRING"},
            {"name": "email", "type": "STRING"},
            {"name": "country", "type": "STRING"},
            {"name": "birthday", "type": "DATE"},
            {"name": "wakes", "type": "TIME"},
            {"name": "opted", "type": "BOOL"},
            {"name": "score", "type": "FLOAT64"},
            {"name": "visits", "type": "INT64"},
            {"name": "profile", "type": "JSON"},
        ],
    },
    {
        "name": ["persona", "event_purchase"],
        "columns": [
            {"name": "id", "type": "STRING"},
            {"name": "customer", "type": "STRING"},
            {"name": "occurred", "type": "TIMESTAMP"},
            {"name": "total", "type": "NUMERIC"},
            {"name": "tags", "type": "ARRAY<STRING>"},
        ],
    },
]

HEADER = re.compile(
    r'-- (?P<verdict>good|bad)(?P<kept>, kept)?(?:,? (?:unseen )?"(?P<words>[^"]+)")?: (?P<why>.+)'
)


def in_upper_case(tables: list[dict]) -> list[dict]:
    """The same tables with the names that Snowflake gives to what is created without quotes."""
    return [
        {
            "name": [part.upper() for part in table["name"]],
            "columns": [column | {"name": column["name"].upper()} for column in table["columns"]],
        }
        for table in tables
    ]


def read_statements(dialect: str) -> list[tuple[re.Match, str]]:
    """The statements of a dialect, each with its line of comment taken apart."""
    text = (HERE / "statements" / f"{dialect}.sql").read_text(encoding="utf-8")
    found = []
    for block in re.split(r"^(?=-- )", text, flags=re.MULTILINE):
        if block.strip():
            header, _, sql = block.partition("\n")
            match = HEADER.fullmatch(header)
            if match is None or not sql.strip():
                raise ValueError(f"{dialect}.sql: not a statement under its line of comment: {block!r}")
            found.append((match, sql.strip()))
    return found


def judge(dialect: str, job: object, **more) -> subprocess.CompletedProcess:
    """Runs a judge on a job, which may be text that is none."""
    text = job if isinstance(job, str) else json.dumps(job)
    return subprocess.run(
        [HERE / "judge", dialect],
        input=text,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        **more,
    )


class Judging(unittest.TestCase):
    """What holds for every judge; each dialect below is one."""

    dialect: str
    tables = TABLES

    def test_statements(self):
        """Every statement is judged as its comment says, for the reason it says."""
        statements = read_statements(self.dialect)
        job = {
            "tables": self.tables,
            "statements": [
                {"id": match["why"], "sql": sql, "keep": bool(match["kept"])} for match, sql in statements
            ],
        }
        began = time.monotonic()
        done = judge(self.dialect, job)
        total = time.monotonic() - began
        self.assertEqual(done.returncode, 0, done.stderr)
        verdict = json.loads(done.stdout)
        self.assertEqual(
            [result["id"] for result in verdict["results"]], [match["why"] for match, _ in statements]
        )
        for (match, sql), result in zip(statements, verdict["results"], strict=True):
            with self.subTest(match["why"], sql=sql):
                said = result.get("error", result.get("note", ""))
                self.assertEqual(result["ok"], match["verdict"] == "good", said)
                self.assertIn(match["words"] or "", said)
                self.assertEqual(bool(match["words"]), bool(said), said)
        seconds = verdict["seconds"]
        each = 1000 * seconds["statements"] / len(statements)
        print(
            f"{self.dialect}: {len(statements)} statements in {total:.2f} s:",
            f"start {seconds['start']:.2f} s, then {each:.0f} ms each",
        )

    def test_no_statements(self):
        """An empty job is a job."""
        done = judge(self.dialect, {"statements": []})
        self.assertEqual((done.returncode, json.loads(done.stdout)["results"]), (0, []), done.stderr)

    def test_deep_statement(self):
        """A model's sum of hundreds of terms is a tree as deep, and is judged all the same."""
        terms = " + ".join(["score * 0.5"] * 300)
        job = {
            "tables": self.tables,
            "statements": [
                {
                    "id": "made",
                    "sql": f"CREATE TABLE persona.sums AS SELECT {terms} AS s FROM persona.customer",
                    "keep": True,
                },
                {"id": "read", "sql": "SELECT s FROM persona.sums"},
                {"id": "misread", "sql": f"SELECT {terms} + nope AS s FROM persona.customer"},
            ],
        }
        done = judge(self.dialect, job)
        self.assertEqual(done.returncode, 0, done.stderr)
        results = json.loads(done.stdout)["results"]
        self.assertEqual([result["ok"] for result in results], [True, True, False], results)
        self.assertIn("nope", results[2]["error"].lower())

    def test_malformed_jobs(self):
        """What keeps not to the contract is told in one line, with exit code 2 and no verdict."""
        bad_type = {"tables": [{"name": ["t"], "columns": [{"name": "a", "type": "int"}]}], "statements": []}
        for job, words in [("{", "not JSON"), ({"tables": []}, "statements"), (bad_type, "'int'")]:
            with self.subTest(words):
                done = judge(self.dialect, job)
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                self.assertIn(words, done.stderr)
                self.assertEqual(done.stderr.count("\n"), 1, done.stderr)


class Bigquery(Judging):
    """Google's analyser."""

    dialect = "bigquery"


class Snowflake(Judging):
    """What stands in for Snowflake."""

    dialect = "snowflake"
    tables = in_upper_case(TABLES)

    def test_documented_digest(self):
        """The shim for the one digest that the binder lacks gives the value that Snowflake documents."""
        fits = "MD5_NUMBER_LOWER64('Snowflake') = 9203306159527282910"
        sql = f"SELECT IFF({fits}, 1, CAST('it does not' AS INT)) AS one"
        done = judge(self.dialect, {"statements": [{"id": "digest", "sql": sql}]})
        self.assertEqual(json.loads(done.stdout)["results"], [{"id": "digest", "ok": True}], done.stderr)


class Postgres(Judging):
    """PostgreSQL itself."""

    dialect = "postgres"

    VALUES = (
        ("STRING", 'a "b", ü', 'a "b", ü'),
        ("NUMERIC", "10.500", "10.5"),
        ("NUMERIC", 100, "100"),
        ("NUMERIC", "-0.000", "0"),
        ("TIMESTAMP", "2011-12-01T10:00:00.250+01:00", "2011-12-01T09:00:00.25Z"),
        ("DATE", "2012-02-29", "2012-02-29"),
        ("TIME", "08:00", "08:00:00"),
        ("BOOL", True, "true"),
        ("INT64", 9007199254740993, "9007199254740993"),
        ("FLOAT64", 0.1, "0.1"),
        ("FLOAT64", 1e20, "100000000000000000000"),
        ("JSON", {"b": [1, None], "a": "x"}, '{"a":"x","b":[1,null]}'),
        ("JSON", [1], "[1]"),
        ("ARRAY<STRING>", ["x,y", None, ""], ["x,y", None, ""]),
        ("STRING", None, None),
    )

    def test_rows(self):
        """Rows that go in come back in the canonical form."""
        table = {
            "name": ["persona", "sample"],
            "columns": [
                {"name": f"c{place}", "type": kind} for place, (kind, _, _) in enumerate(self.VALUES)
            ],
            "rows": [[given for _, given, _ in self.VALUES]],
        }
        job = {
            "execute": True,
            "tables": [table],
            "statements": [{"id": "all", "sql": "SELECT * FROM persona.sample"}],
        }
        done = judge(self.dialect, job)
        self.assertEqual(done.returncode, 0, done.stderr)
        [result] = json.loads(done.stdout)["results"]
        self.assertEqual(result["columns"], [column["name"] for column in table["columns"]])
        self.assertEqual(result["rows"], [[wanted for _, _, wanted in self.VALUES]])

    def test_rows_that_do_not_fit(self):
        """A value that its column cannot hold is a fault of the job."""
        table = {"name": ["t"], "columns": [{"name": "n", "type": "INT64"}], "rows": [["many"]]}
        done = judge(self.dialect, {"tables": [table], "statements": []})
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("many", done.stderr)

    def test_serves_until_told_to_stop(self):
        """--serve gives a database that lives as long as its standard input is open, and no longer."""
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o777)
            server = self.serve(folder)
            self.assertEqual(len(os.listdir(folder)), 1)
            server.stdin.close()
            self.assertEqual(server.wait(timeout=30), 0)
            self.assertEqual(os.listdir(folder), [])

    def test_stops_when_killed(self):
        """A judge that is killed leaves neither a server nor its files."""
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o777)
            server = self.serve(folder)
            server.send_signal(signal.SIGKILL)
            server.wait(timeout=30)
            self.assert_empties(folder)
            server.stdin.close()

    def test_stops_when_orphaned(self):
        """So does one whose parent is killed, even while its standard input stays open."""
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o777)
            shell = self.serve(folder, "sh", "-c", '"$@" <&3 & wait', "sh", pass_stdin_as=3)
            shell.send_signal(signal.SIGKILL)
            shell.wait(timeout=30)
            self.assert_empties(folder)

    def serve(self, folder: str, *wrapper: str, pass_stdin_as: int | None = None) -> subprocess.Popen:
        """A serving judge that keeps its files in `folder`, started through a wrapper command, and up."""
        held = None
        if pass_stdin_as is not None:
            reading, held = os.pipe()
            self.addCleanup(os.close, held)
            wrapper = tuple(part.replace(f"&{pass_stdin_as}", f"&{reading}") for part in wrapper)
        server = subprocess.Popen(
            [*wrapper, HERE / "judge", self.dialect, "--serve"],
            stdin=subprocess.PIPE if held is None else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"TMPDIR": folder},
            pass_fds=() if held is None else (reading,),
        )
        self.addCleanup(server.stdout.close)
        if held is not None:
            os.close(reading)
        self.assertIn(f"host={folder}", json.loads(server.stdout.readline())["uri"])
        return server

    def assert_empties(self, folder: str):
        """A folder is empty, if not at once then within seconds."""
        deadline = time.monotonic() + 20
        while os.listdir(folder) and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertEqual(os.listdir(folder), [])


if __name__ == "__main__":
    chosen = [name.capitalize() for name in sys.argv[1:]] or ["Bigquery", "Postgres", "Snowflake"]
    del Judging  # Holds what is common; is no judge itself.
    unittest.main(argv=[sys.argv[0], *chosen], verbosity=1)
