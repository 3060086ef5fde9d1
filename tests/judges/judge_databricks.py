"""Judges Databricks' SQL by Spark itself, which is what Databricks is made with; Delta, Photon and Unity Catalog are not here.

Every statement is executed in ANSI mode, Databricks' own, in a session whose zone is an odd one on purpose. Tables
are Parquet's, for which Spark has no `CREATE OR REPLACE TABLE`: that is carried out as a drop and a creation.

`judge_databricks.py --serve` judges nothing: it answers requests, a line of JSON each, until its input ends.

    {"execute": "CREATE …"}                                 {}
    {"query": "SELECT …"}                                   {"columns": […], "types": […], "rows": [[…]]}
    {"insert": "`a`.`b`", "columns": […], "rows": [[…]]}    {}
    anything that fails                                     {"error": "…"}
"""

import datetime
import decimal
import json
import shutil
import sys
import tempfile

import contract

try:
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession
except ModuleNotFoundError as missing:
    raise SystemExit(contract.fail(3, f"{missing}; run `scripts/setup --spark`")) from missing

TYPES = {
    "STRING": "STRING",
    "NUMERIC": "DECIMAL(38,9)",
    "TIMESTAMP": "TIMESTAMP",
    "DATE": "DATE",
    "BOOL": "BOOLEAN",
    "INT64": "BIGINT",
    "TIME": "STRING",
    "FLOAT64": "DOUBLE",
    "JSON": "STRING",
}

SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.session.timeZone": "America/St_Johns",
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.catalogImplementation": "in-memory",
    "spark.driver.memory": "4g",
    # Of hundreds of joins each has a page at least.
    "spark.buffer.pageSize": "1m",
    # A plan is as deep as a program has features.
    "spark.driver.extraJavaOptions": "-Xss32m",
    # Small rows: what is compiled for them is not worth its compilation.
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.adaptive.enabled": "false",
}

REPLACE = "CREATE OR REPLACE TABLE "


def quoted(name: str) -> str:
    """A name as a quoted identifier."""
    return "`" + name.replace("`", "``") + "`"


class Spark:
    """A session with a folder of its own; both go after `with`."""

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="persona-spark-")
        builder = SparkSession.builder.master("local[1]").config("spark.sql.warehouse.dir", self.folder)
        for name, value in SETTINGS.items():
            builder = builder.config(name, value)
        self.session = builder.getOrCreate()
        self.session.sparkContext.setLogLevel("OFF")
        return self

    def __exit__(self, *_):
        self.session.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def execute(self, sql: str):
        """Runs a statement for its effect."""
        if sql.startswith(REPLACE):
            name = sql[len(REPLACE) :].split(None, 1)[0]
            self.session.sql(f"DROP TABLE IF EXISTS {name}")
            sql = f"CREATE TABLE {sql[len(REPLACE):]}"
        self.session.sql(sql)

    def query(self, sql: str) -> dict:
        """The rows of a query."""
        frame = self.session.sql(sql)
        rows = [[shown(value) for value in row] for row in frame.collect()]
        return {"columns": frame.columns, "types": [kind for _, kind in frame.dtypes], "rows": rows}

    def insert(self, table: str, columns: list, rows: list):
        """Appends rows whose values are texts, as the table's columns read them."""
        schema = self.session.table(table).schema
        places = [columns.index(field.name) for field in schema.fields]
        read = [READERS.get(field.dataType.simpleString(), lambda text: text) for field in schema.fields]
        if any(field.dataType.simpleString().startswith("decimal") for field in schema.fields):
            read = [
                decimal.Decimal if field.dataType.simpleString().startswith("decimal") else reader
                for field, reader in zip(schema.fields, read)
            ]
        data = [
            tuple(None if row[at] is None else reader(row[at]) for at, reader in zip(places, read))
            for row in rows
        ]
        self.session.createDataFrame(data, schema).write.insertInto(table)


READERS = {
    "bigint": int,
    "boolean": lambda text: text == "true",
    "date": datetime.date.fromisoformat,
    "timestamp_ntz": datetime.datetime.fromisoformat,
}


def shown(value) -> str | None:
    """A value as text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, decimal.Decimal):
        return format(value, "f")
    if isinstance(value, (datetime.date, datetime.datetime)):
        return value.isoformat()
    return None if value is None else str(value)


def judge(job: contract.Job, stopwatch: contract.Stopwatch) -> list[dict]:
    """The verdicts on a job's statements."""
    if job.execute:
        raise contract.JobError("databricks gives no rows for a job; ask it with --serve")
    with Spark() as spark:
        for table in job.tables:
            columns = ", ".join(f"{quoted(c.name)} {TYPES[c.scalar]}" for c in table.columns)
            name = [quoted(part) for part in table.name]
            if len(name) > 1:
                spark.execute(f"CREATE SCHEMA IF NOT EXISTS {'.'.join(name[:-1])}")
            spark.execute(f"CREATE TABLE {'.'.join(name)} ({columns})")
        stopwatch.engine_is_up()
        results = [verdict(spark, statement) for statement in job.statements]
        stopwatch.all_is_judged()
        return results


def verdict(spark: Spark, statement: contract.Statement) -> dict:
    """The verdict on one statement."""
    try:
        if statement.keep:
            spark.execute(statement.sql)
        else:
            spark.session.sql(statement.sql).collect()
    except PySparkException as error:
        return contract.rejected(statement, str(error).split("\n\nJVM stacktrace")[0][:2000])
    return contract.accepted(statement)


def serve():
    """Answers requests until the input ends."""
    out = sys.stdout
    sys.stdout = sys.stderr
    with Spark() as spark:
        for line in sys.stdin:
            request = json.loads(line)
            try:
                if "query" in request:
                    answer = spark.query(request["query"])
                elif "insert" in request:
                    spark.insert(request["insert"], request["columns"], request["rows"])
                    answer = {}
                else:
                    spark.execute(request["execute"])
                    answer = {}
            except Exception as error:  # Whatever it is, the caller shows it.
                answer = {"error": str(error).split("\n\nJVM stacktrace")[0][:2000]}
            print(json.dumps(answer), file=out, flush=True)


if __name__ == "__main__":
    serve() if sys.argv[1:] == ["--serve"] else contract.run(judge)
