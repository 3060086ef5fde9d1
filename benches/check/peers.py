"""How long peers take for one query, in microseconds: a line `NAME MICROSECONDS` each.

    peers.py SQL_FILE

`prqlc` compiles PRQL to SQL; `sqlglot` reads SQL and writes it again in another dialect. Both are given the audience
that persona compiles beside them: many orders in 30 days, a high average in a year, and reads our mail.
"""

import sys
import time

import prqlc
import sqlglot

PRQL = """
let recent = (from purchase
  filter at > @2011-11-01
  group customer (aggregate { n = count this })
  filter n > 3)
let spend = (from purchase
  filter at > @2010-12-01
  group customer (aggregate { mean = average total })
  filter mean > 100)
let readers = (from email_open
  filter at > @2011-11-24
  group customer (aggregate { opens = count this }))
from customer
join recent (recent.customer == customer.id)
join spend (spend.customer == customer.id)
join readers (readers.customer == customer.id)
select { customer.id }
"""


def microseconds(work):
    """The median of 50 runs, after ten to warm up."""
    for _ in range(10):
        work()
    times = []
    for _ in range(50):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return sorted(times)[25] * 1e6


def main():
    sql = open(sys.argv[1], encoding="utf-8").read()
    options = prqlc.CompileOptions(target="sql.duckdb", signature_comment=False)
    print("prqlc", round(microseconds(lambda: prqlc.compile(PRQL, options))))
    print("sqlglot", round(microseconds(lambda: sqlglot.transpile(sql, read="duckdb", write="snowflake"))))


main()
