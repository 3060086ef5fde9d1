"""Judges Snowflake's SQL, approximately: no part of Snowflake itself is to be had outside Snowflake.

Three witnesses must agree: sqlfluff's grammar of Snowflake, the rules of snowflake_rules.py (documented
functions and what goes with them), and fakesnow, which binds and runs the statement on empty tables in
DuckDB. Where the last one lacks something that Snowflake documents, the verdict rests on the first two and
its `note` says so.
"""

import contract

try:
    import duckdb
    import fakesnow.instance
    import snowflake.connector.errors
    import snowflake_rules as rules
    from sqlfluff.core import FluffConfig, Linter
except ModuleNotFoundError as missing:
    raise SystemExit(contract.fail(3, f"{missing}; run `scripts/setup --tests`")) from missing

TYPES = {
    "STRING": "VARCHAR",
    "NUMERIC": "NUMBER(38,9)",
    "TIMESTAMP": "TIMESTAMP_TZ",
    "DATE": "DATE",
    "BOOL": "BOOLEAN",
    "INT64": "NUMBER(38,0)",
    "TIME": "TIME",
    "FLOAT64": "FLOAT",
    "JSON": "VARIANT",
}

BINDABLE = (
    "create_table_statement",
    "create_view_statement",
    "delete_statement",
    "drop_table_statement",
    "drop_view_statement",
    "insert_statement",
    "merge_statement",
    "select_statement",
    "set_expression",
    "truncate_table",
    "update_statement",
    "with_compound_statement",
)
"""The kinds of statement that the binder runs; of others it knows too little to have a say."""

GAPS = ("Parser Error", "Not implemented Error", "not implemented", "Function with name")
"""Words in an error that tell of the binder's own limits: its DuckDB did not understand what fakesnow made of
the statement, or lacks a function, and the rules have already seen to it that the function is one of
Snowflake's."""

SHIMS = (
    # The last 16 hex digits of the digest as an integer, under the name that fakesnow's translation gives.
    "CREATE TEMP MACRO m_d5_number_lower64(x) AS ('0x' || substr(md5(x), 17, 16))::UBIGINT::HUGEINT",
)


def quoted(name: str) -> str:
    """A name as a quoted identifier."""
    return '"' + name.replace('"', '""') + '"'


class Judge:
    """The three witnesses, with the job's tables declared to them."""

    def __init__(self, job: contract.Job):
        self.grammar = Linter(config=FluffConfig(overrides={"dialect": "snowflake", "templater": "raw"}))
        self.connection = fakesnow.instance.FakeSnow().connect(database="JUDGE", schema="PUBLIC")
        self.duckdb = self.connection._duck_conn
        self.declared = {"JUDGE", "PUBLIC"}
        self.duckdb.execute("SET max_expression_depth TO 10000")
        for shim in SHIMS:
            self.duckdb.execute(shim)
        for table in job.tables:
            self._declare(table)

    def _declare(self, table: contract.Table):
        name = [quoted(part) for part in table.name]
        columns = ", ".join(
            f"{quoted(column.name)} {'ARRAY' if column.array else TYPES[column.scalar]}"
            for column in table.columns
        )
        cursor = self.connection.cursor()
        try:
            if len(name) > 2:
                cursor.execute(f"CREATE DATABASE IF NOT EXISTS {name[-3]}")
            if len(name) > 1:
                cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {'.'.join(name[:-1])}")
            cursor.execute(f"CREATE TABLE {'.'.join(name)} ({columns})")
        except snowflake.connector.errors.Error as error:
            raise contract.JobError(f"table {'.'.join(table.name)}: {contract.one_line(error)}") from error
        self.declared.update(table.name, (column.name for column in table.columns))

    def judge(self, statement: contract.Statement) -> dict:
        """The verdict on one statement."""
        parsed = self.grammar.parse_string(statement.sql)
        if parsed.violations or parsed.tree is None:
            return contract.rejected(
                statement, f"grammar: {parsed.violations[0] if parsed.violations else 'nothing to parse'}"
            )
        tree = parsed.tree
        found = [problem for rule in rules.RULES for problem in rule(tree)]
        found += rules.letter_case(tree, self.declared)
        if found:
            return contract.rejected(statement, "; ".join(found))
        kinds = [
            inner.type
            for whole in tree.get_children("statement")
            for inner in whole.segments
            if inner.is_code
        ]
        if len(kinds) != 1:
            return contract.rejected(statement, f"{len(kinds)} statements where one is wanted")
        if statement.keep:
            self.declared |= rules.introduced(tree)
        if kinds[0] not in BINDABLE:
            return contract.accepted(statement, note=f"grammar only: a {kinds[0]} is not bound")
        return self._bind(statement)

    def _bind(self, statement: contract.Statement) -> dict:
        if not statement.keep:
            self.duckdb.execute("BEGIN")
        try:
            self.connection.cursor().execute(statement.sql)
        except (snowflake.connector.errors.Error, NotImplementedError) as error:
            if isinstance(error, NotImplementedError) or any(gap in str(error) for gap in GAPS):
                return contract.accepted(statement, note=f"not bound: {contract.one_line(error)}")
            return contract.rejected(statement, error)
        except duckdb.TransactionException as error:
            # The statement has run; only fakesnow's own list of tables could not be written along with it.
            if "_fs_global" not in str(error):
                raise
        finally:
            if not statement.keep:
                self.duckdb.execute("ROLLBACK")
        return contract.accepted(statement)


def judge(job: contract.Job, stopwatch: contract.Stopwatch) -> list[dict]:
    """The verdicts on a job's statements."""
    if job.execute:
        raise contract.JobError(
            "snowflake binds on empty tables; its results are not Snowflake's and are not given"
        )
    judge = Judge(job)
    stopwatch.engine_is_up()
    return [judge.judge(statement) for statement in job.statements]


if __name__ == "__main__":
    contract.run(judge)
