"""Tables and views with their types, descriptions and units in DuckDB's own catalogue.

Here live quoting, SQL types and comments. Here must not live: what any particular table holds.
"""

from collections.abc import Iterable, Sequence

import duckdb
import polars as pl

from pipelines.kinds import TableColumn

SQL_TYPES = {
    "text": "varchar",
    "integer": "bigint",
    "number": "double",
    "decimal": "decimal(18, 6)",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamp",
}
"""Type of the dictionary (and `decimal`, of reference tables alone) → DuckDB type."""

FRAME_TYPES: dict[str, pl.DataType] = {
    "text": pl.String(),
    "integer": pl.Int64(),
    "number": pl.Float64(),
    "decimal": pl.Decimal(18, 6),
    "boolean": pl.Boolean(),
    "date": pl.Date(),
    "timestamp": pl.Datetime("us"),
}


def literal(text: str) -> str:
    """A SQL string literal, for the statements that take no bound values (views, comments)."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """A quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def frame_of(rows: Iterable[dict[str, object]], columns: Sequence[TableColumn]) -> pl.DataFrame:
    """Rows as a frame with exactly these columns and types."""
    schema = {column.name: FRAME_TYPES[column.dtype] for column in columns}
    return pl.DataFrame(list(rows), schema=schema, orient="row")


def write_table(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    description: str,
    columns: Sequence[TableColumn],
    frame: pl.DataFrame,
) -> None:
    """Writes a native table anew, with comments.

    Args:
        connection: The build.
        table: `schema.name`.
        description: One sentence for people.
        columns: Columns in table order.
        frame: The rows; it has at least these columns.
    """
    definitions = ", ".join(f"{identifier(column.name)} {SQL_TYPES[column.dtype]}" for column in columns)
    names = ", ".join(identifier(column.name) for column in columns)
    connection.execute(f"create or replace table {table} ({definitions})")
    connection.register("incoming", frame)
    connection.execute(f"insert into {table} select {names} from incoming")
    connection.unregister("incoming")
    comment(connection, "table", table, description, columns)


def comment(
    connection: duckdb.DuckDBPyConnection,
    what: str,
    table: str,
    description: str,
    columns: Iterable[TableColumn],
) -> None:
    """Puts description and unit of a table (or view) and its columns into the catalogue."""
    statements = [f"comment on {what} {table} is {literal(description)}"]
    statements += [
        f"comment on column {table}.{identifier(column.name)} is {literal(worded(column))}"
        for column in columns
    ]
    connection.execute(";\n".join(statements))


def worded(column: TableColumn) -> str:
    """`description [unit]`; the unit is not said twice."""
    if not column.unit or f"[{column.unit}]" in column.description:
        return column.description
    return f"{column.description} [{column.unit}]"
