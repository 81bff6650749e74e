"""Restatements: KPI values of published days that a new version gives differently, and what changed them.

A value is restated where a file reaches back before the last day its site had, or where the code or the
reference data are others; a day that merely goes on is not. Marts of intervals shorter than a day are
what KPIs are made from: their rows carry `version_id`, and every kept version still answers.
Here must not live: which rows of a mart are unchanged (`row_versions`).
"""

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import duckdb

from pipelines.kinds import TableColumn
from pipelines.warehouse.catalogue import frame_of, identifier, literal, write_table
from pipelines.warehouse.row_versions import BEFORE, comparable_marts

TABLE = "quality.restatements"
DESCRIPTION = "KPI values of published days that a later version gives differently, a row a value."
COLUMNS = (
    TableColumn("table_name", "text", "", "mart, with its schema"),
    TableColumn("key", "text", "", "key of the row: column=value, separated by blanks"),
    TableColumn("column_name", "text", "", "column of the value"),
    TableColumn("old_value", "text", "", "value in the older version; NULL where it had none", False),
    TableColumn("new_value", "text", "", "value in the newer version; NULL where it has none", False),
    TableColumn("old_version_id", "integer", "", "older version"),
    TableColumn("new_version_id", "integer", "", "newer version"),
    TableColumn("cause", "text", "", "files that changed published days, reference data, code"),
)

Keys = Mapping[str, tuple[str, ...]]
"""Mart → columns that tell its rows apart."""

END_OF = {
    "local_date": "old.local_date + 1",
    "month": "cast(old.month + interval 1 month as date)",
    "period": "cast(try_strptime(old.period, ['%Y-%m-%d', '%Y-%m', '%Y']) + case length(old.period) "
    "when 4 then interval 1 year when 7 then interval 1 month else interval 1 day end as date)",
    "event_id": "cast(old.started_at as date) + 1",
}
"""Key column of a mart → first day after what a row is about; NULL where the period has no end."""

SHORTER_THAN_A_DAY = {"interval_start_utc", "hour_start_utc"}
"""Key columns of marts of which KPIs are made; their rows carry `version_id`."""

MOST_NAMED = 5
"""Most files that a cause names; of more it says how many."""

CAUSES = f"""
create or replace temp table causes as
with last_days as (
    select site_id, max(utc_date) as last_day from {BEFORE}.quality.days group by site_id
),

deliveries as (
    select
        coalesce(now.file_id, before.file_id) as file_id,
        coalesce(now.feed_id, before.feed_id) as feed_id,
        coalesce(now.file_name, before.file_name) as file_name,
        least(now.first_interval_utc, before.first_interval_utc) as first_interval_utc,
        coalesce(now.state, '') as state,
        before.file_id is null as is_new,
        now is distinct from before as is_changed,
    from (select columns(* exclude (received_at, received_seq)) from quality.files) as now
    full join (select columns(* exclude (received_at, received_seq)) from {BEFORE}.quality.files) as before
        using (file_id, feed_id)
)

select
    feeds.site_id,
    sites.kind <> 'campus' as is_area,
    cast(deliveries.first_interval_utc as date) as first_day,
    deliveries.file_name || ' (' || deliveries.feed_id || ', ' || case
        when deliveries.is_new then 'delivered'
        when deliveries.state in ('', 'withdrawn') then 'withdrawn'
        else 'read again'
    end || ')' as named,
from deliveries
inner join reference.feeds as feeds using (feed_id)
inner join reference.sites as sites on sites.site_id = feeds.site_id
inner join last_days on last_days.site_id = feeds.site_id
where deliveries.is_changed and cast(deliveries.first_interval_utc as date) < last_days.last_day
"""


@lru_cache
def mart_keys(manifest: Path) -> Keys:
    """Key columns of each table, from a parsed dbt project."""
    nodes = json.loads(manifest.read_bytes())["nodes"].values()
    return {
        node["name"]: tuple(node["config"]["meta"]["key"])
        for node in nodes
        if node["resource_type"] == "model" and "key" in node["config"]["meta"]
    }


def write_restatements(
    connection: duckdb.DuckDBPyConnection, keys: Keys, versions: tuple[int, int], everywhere: Sequence[str]
) -> None:
    """Adds what this build restates to what earlier versions restated.

    Args:
        connection: The build, after dbt, with the version before attached as `row_versions.BEFORE`.
        keys: Key columns of the marts.
        versions: The version before and this one.
        everywhere: Causes that hold for every row: other code, other reference data.
    """
    create_restatements(connection)
    if _is_kept_before(connection):
        connection.execute(f"insert into {TABLE} select * from {BEFORE}.{TABLE}")
    connection.execute(CAUSES)
    for mart, columns in comparable_marts(connection):
        key = keys.get(mart, ())
        ends = _end_of(key)
        if ends is not None:
            changed = _changed(mart, key, [name for name in columns if name not in key], ends)
            connection.execute(
                f"insert into {TABLE} {changed} {_caused(everywhere)}", [f"marts.{mart}", *versions]
            )
    connection.execute("drop table causes")


def create_restatements(connection: duckdb.DuckDBPyConnection) -> None:
    """The empty table, with its comments."""
    write_table(connection, TABLE, DESCRIPTION, COLUMNS, frame_of((), COLUMNS))


def _end_of(key: Sequence[str]) -> str | None:
    """First day after what a row of a mart is about; None for rows shorter than a day, which are no KPIs."""
    if SHORTER_THAN_A_DAY & set(key):
        return None
    return next((END_OF[name] for name in key if name in END_OF), None)


def _is_kept_before(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the version before has the table: those of earlier code have not."""
    found = connection.execute(
        "select 1 from duckdb_tables() where database_name = ? and schema_name || '.' || table_name = ?",
        [BEFORE, TABLE],
    )
    return found.fetchone() is not None


def _changed(mart: str, key: Sequence[str], columns: Sequence[str], ends: str) -> str:
    """Common table: changed values of the mart's rows that the version before had, one row a value."""
    same = " and ".join(f"old.{identifier(name)} is not distinct from new.{identifier(name)}" for name in key)
    told = ", ".join(f"{literal(name + '=')} || cast(old.{identifier(name)} as varchar)" for name in key)
    values = ", ".join(
        f"{{'name': {literal(name)}, 'old': cast(old.{identifier(name)} as varchar), "
        f"'new': cast(new.{identifier(name)} as varchar)}}"
        for name in columns
    )
    return f"""
with pairs as (
    select old.site_id, {ends} as ends, concat_ws(' ', {told}) as key, unnest([{values}]) as value
    from {BEFORE}.marts.{identifier(mart)} as old
    left join marts.{identifier(mart)} as new on {same}
),

changed as (select * from pairs where value.old is distinct from value.new)
"""


def _caused(everywhere: Sequence[str]) -> str:
    """The rows of `COLUMNS`, for values that something restated."""
    given = ", ".join(literal(cause) for cause in everywhere)
    return f"""
, named as (
    select
        windows.site_id,
        windows.ends,
        list_concat(
            [{given}]::varchar[], coalesce(list(named order by named) filter (named is not null), [])
        ) as found,
    from (select distinct site_id, ends from changed) as windows
    left join causes
        on (windows.site_id is null or causes.site_id = windows.site_id or causes.is_area)
        and (windows.ends is null or causes.first_day < windows.ends)
    group by all
)

select
    ?,
    key,
    value.name,
    value.old,
    value.new,
    ?,
    ?,
    array_to_string(found[:{MOST_NAMED}], '; ')
        || if(len(found) > {MOST_NAMED}, '; and ' || (len(found) - {MOST_NAMED}) || ' more', ''),
from changed
inner join named
    on named.site_id is not distinct from changed.site_id and named.ends is not distinct from changed.ends
where len(found) > 0
order by key, value.name
"""
