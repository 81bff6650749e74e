{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='sync_all_columns',
    pre_hook="{{ delete_affected_days() }}",
) }}

with column_kinds as (
    select feed_id, column_name, min(kind) as kind,
    from {{ source('reference', 'feed_columns') }}
    group by grouping sets ((feed_id, column_name), (feed_id))
)

select
    doubts.site_id,
    doubts.utc_date,
    date_trunc('hour', doubts.interval_start_utc) as hour_start_utc,
    doubts.feed_id,
    coalesce(own.kind, feeds.kind) as kind,
    cast(count(*) as integer) as findings,
    0 as rejected_rows,
from {{ source('affected', 'findings') }} as doubts
left join column_kinds as own on own.feed_id = doubts.feed_id and own.column_name = doubts.column_name
left join column_kinds as feeds on feeds.feed_id = doubts.feed_id and feeds.column_name is null
group by all
union all by name
select
    refusals.site_id,
    refusals.utc_date,
    cast(refusals.utc_date as timestamp) + interval 12 hours as hour_start_utc,
    refusals.feed_id,
    feeds.kind,
    0 as findings,
    cast(count(*) as integer) as rejected_rows,
from {{ source('affected', 'rejected_rows') }} as refusals
left join column_kinds as feeds on feeds.feed_id = refusals.feed_id and feeds.column_name is null
where refusals.utc_date is not null
group by all
