{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='sync_all_columns',
    pre_hook="{{ delete_affected_days() }}",
) }}

select
    site_id,
    source,
    interval_start_utc,
    utc_date,
    cast(sum(power_mw_s) as decimal(38, 6)) as power_mw_s,
    cast(sum(positive_mw_s) as decimal(38, 6)) as positive_mw_s,
    cast(sum(negative_mw_s) as decimal(38, 6)) as negative_mw_s,
    cast(sum(nameplate_mw * covered_s) as decimal(38, 6)) as covered_mw_s,
    cast(sum(nameplate_mw * substituted_s) as decimal(38, 6)) as substituted_mw_s,
    cast(sum(cast(
        pow(
            accuracy_pct / 100e0 * greatest(
                abs(power_mw_s / 300e0),
                coalesce(full_scale_mw, 0) * {{ parameter('full_scale_floor_pct') }} / 100e0
            ),
            2
        ) / 3e0 as decimal(18, 9)
    )) as decimal(38, 9)) as variance_mw2,
    bool_and(accuracy_pct is not null) as is_accuracy_known,
    cast(coalesce(sum(nameplate_mw) filter (where is_running), 0) as decimal(18, 6)) as running_nameplate_mw,
    cast(coalesce(max(nameplate_mw) filter (where is_running), 0) as decimal(18, 6)) as largest_running_mw,
    cast(coalesce(max(power_mw_s / covered_s) filter (where is_running), 0) as decimal(18, 6)) as largest_output_mw,
    max(source_interval_s) as source_interval_s,
    cast(count(*) as integer) as devices,
from (
    select
        *,
        power_mw_s
            > cast(nameplate_mw as decimal(38, 6)) * covered_s * {{ parameter('running_threshold_pct') }} / 100 as is_running,
    from {{ ref('int_meter_5min') }}
    where is_counted
)
group by site_id, source, interval_start_utc, utc_date
order by site_id, utc_date, source, interval_start_utc
