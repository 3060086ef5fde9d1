"""What Snowflake's documentation says of a statement beyond its grammar, checked on sqlfluff's tree.

A rule looks at a whole tree and yields what is wrong, one sentence each.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlfluff.core.parser import BaseSegment


@dataclass
class Function:
    """A documented function: its kind, a heading of snowflake.toml, and its least and most arguments."""

    kind: str
    least: int
    most: float

    @staticmethod
    def of(kind: str, arity: str) -> "Function":
        """Reads an arity as snowflake.toml writes it: `2`, `1-3` or `1+`."""
        if arity.endswith("+"):
            return Function(kind, int(arity[:-1]), float("inf"))
        least, _, most = arity.partition("-")
        return Function(kind, int(least), int(most or least))


DOCUMENTED = {
    name: Function.of(kind, arity)
    for kind, functions in tomllib.loads(
        Path(__file__).with_name("snowflake.toml").read_text(encoding="utf-8")
    ).items()
    for name, arity in functions.items()
}


def functions(tree: BaseSegment) -> Iterator[str]:
    """Functions are documented, have the arguments they want, and stand with OVER where they must."""
    for call in tree.recursive_crawl("function"):
        name = call.segments[0].raw.upper()
        function = DOCUMENTED.get(name)
        if function is None:
            yield f"Snowflake documents no function {name}"
            continue
        given = arguments(call)
        if not function.least <= given <= function.most:
            yield f"{name} has {given} arguments; Snowflake documents {function.least} to {function.most}"
        over = call.get_child("over_clause")
        ordered = over is not None and any(over.recursive_crawl("orderby_clause"))
        if function.kind == "ordered_window" and not ordered:
            yield f"{name} needs OVER (... ORDER BY ...)"
        if function.kind == "window" and over is None:
            yield f"{name} needs OVER (...)"
        if function.kind in ("scalar", "table") and over is not None:
            yield f"{name} does not go with OVER"
        if function.kind == "aggregate" and ordered and "DISTINCT" in keywords(contents(call)):
            yield f"{name}(DISTINCT ...) does not go with OVER (... ORDER BY ...)"


def contents(call: BaseSegment) -> list[BaseSegment]:
    """What stands between a call's brackets, at their own level."""
    bracketed = next(call.recursive_crawl("bracketed"), None)
    inner = bracketed.segments if bracketed else []
    return [
        segment
        for segment in inner
        if segment.is_code and not segment.is_type("start_bracket", "end_bracket")
    ]


def arguments(call: BaseSegment) -> int:
    """How many arguments a call has; what keywords take apart, as in EXTRACT(DAY FROM x), counts as one."""
    inner = contents(call)
    return sum(segment.is_type("comma") for segment in inner) + 1 if inner else 0


def keywords(segments: list[BaseSegment]) -> set[str]:
    """The keywords among some segments, in upper case."""
    return {segment.raw.upper() for segment in segments if segment.is_type("keyword")}


def windows(tree: BaseSegment) -> Iterator[str]:
    """There is no WINDOW clause."""
    if any(tree.recursive_crawl("named_window")):
        yield "Snowflake has no WINDOW clause: write each window out"


def dynamic_tables(tree: BaseSegment) -> Iterator[str]:
    """A dynamic table says how far it may lag and which warehouse refreshes it."""
    for statement in tree.recursive_crawl("create_table_statement"):
        if "DYNAMIC" not in keywords(list(statement.segments)):
            continue
        options = {segment.raw.upper() for segment in statement.recursive_crawl("keyword")}
        for option in ("TARGET_LAG", "WAREHOUSE"):
            if option not in options:
                yield f"a dynamic table needs {option}"


RULES = (functions, windows, dynamic_tables)


def folded(identifier: BaseSegment) -> str:
    """The name an identifier stands for: as it is in quotes, else in upper case."""
    if identifier.is_type("quoted_identifier"):
        return identifier.raw[1:-1].replace('""', '"')
    return identifier.raw.upper()


def identifiers(tree: BaseSegment) -> set[str]:
    """Every name in a statement, but for those of functions."""
    return {folded(segment) for segment in tree.recursive_crawl("naked_identifier", "quoted_identifier")}


def introduced(tree: BaseSegment) -> set[str]:
    """The names a statement itself brings: aliases, common tables and their columns, what it creates."""
    names = set()
    for place in tree.recursive_crawl(
        "alias_expression",
        "common_table_expression",
        "cte_column_list",
        "column_definition",
        "identifier_list",
    ):
        direct = [
            segment for segment in place.segments if segment.is_type("naked_identifier", "quoted_identifier")
        ]
        names.update(map(folded, direct[:1] if place.is_type("column_definition") else direct))
        if place.is_type("alias_expression", "cte_column_list"):
            names |= identifiers(place)
    for statement in tree.recursive_crawl("create_table_statement", "create_view_statement"):
        if reference := statement.get_child("table_reference"):
            names |= identifiers(reference)
    return names


def letter_case(tree: BaseSegment, declared: set[str]) -> Iterator[str]:
    """Names are those declared, to the letter: Snowflake folds unquoted ones to upper case, and no others."""
    known = declared | introduced(tree)
    by_lower = {name.lower(): name for name in declared}
    for name in sorted(identifiers(tree) - known):
        if name.lower() in by_lower:
            yield f"{name} names nothing; there is {by_lower[name.lower()]}, which letter case tells apart"
