{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='sync_all_columns',
    pre_hook="{{ delete_affected_days() }}",
) }}

with expected_hours as (
    {{ expected_hours(source('affected', 'days')) }}
),

own_hours as (
    select
        hours.*,
        case
            when hours.column_name in ('{{ var("combusting_columns") | join("', '") }}')
                then coalesce(combusting.combusting_s, 0)
            else 3600
        end as expected_s,
        coalesce(seconds.good_s, 0) as good_s,
        coalesce(seconds.substituted_s, 0) as substituted_s,
    from expected_hours as hours
    left join {{ ref('int_column_seconds') }} as seconds
        using (site_id, device_id, column_name, utc_date, hour_start_utc)
    left join {{ ref('int_combusting_seconds') }} as combusting using (device_id, utc_date, hour_start_utc)
),

spilled_hours as (
    select seconds.*, columns.kind, 0 as expected_s,
    from {{ ref('int_column_seconds') }} as seconds
    inner join (select distinct site_id, device_id, kind, column_name from {{ ref('int_expected_columns') }}) as columns
        using (site_id, device_id, column_name)
    where cast(seconds.hour_start_utc as date) > seconds.utc_date and seconds.good_s + seconds.substituted_s > 0
)

select site_id, device_id, kind, column_name, hour_start_utc, utc_date, expected_s, good_s, substituted_s,
from own_hours
where expected_s < 3600 or good_s < 3600
union all by name
select site_id, device_id, kind, column_name, hour_start_utc, utc_date, expected_s, good_s, substituted_s,
from spilled_hours
