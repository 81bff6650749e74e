{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='sync_all_columns',
    pre_hook="{{ delete_affected_days() }}",
) }}

with pieces as (
    {{ split_over_buckets(ref('stg_weather'), 3600) }}
),

feed_hours as (
    select
        site_id,
        device_id as station_id,
        utc_date,
        bucket_start_utc as hour_start_utc,
        ranks.feed_rank,
        min(ambient_c) as ambient_min_c,
    from pieces
    inner join {{ ref('int_feed_rank') }} as ranks using (feed_id)
    where ambient_c is not null
    group by all
)

select
    site_id,
    station_id,
    hour_start_utc,
    utc_date,
    arg_min(ambient_min_c, feed_rank) as ambient_min_c,
from feed_hours
group by site_id, station_id, hour_start_utc, utc_date
order by site_id, utc_date, station_id, hour_start_utc
