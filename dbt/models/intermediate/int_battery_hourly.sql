{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='sync_all_columns',
    pre_hook="{{ delete_affected_days() }}",
) }}

with buckets as (
    {{ battery_buckets(ref('stg_batteries')) }}
)

select
    site_id,
    device_id,
    date_trunc('hour', bucket_start_utc) as hour_start_utc,
    utc_date,
    sum(power_charged_mw_s) as power_charged_mw_s,
    sum(power_discharged_mw_s) as power_discharged_mw_s,
    sum(register_charged_mwh) as register_charged_mwh,
    sum(register_discharged_mwh) as register_discharged_mwh,
    arg_min(soc_first_pct, bucket_start_utc) as soc_first_pct,
    arg_max(soc_last_pct, bucket_start_utc) as soc_last_pct,
    min(soc_min_pct) as soc_min_pct,
    max(soc_max_pct) as soc_max_pct,
    sum(capable_mw_s) as capable_mw_s,
    {% for column in ['power_s', 'power_substituted_s', 'register_s', 'soc_s', 'status_s', 'available_s', 'capability_s'] %}
        cast(sum({{ column }}) as integer) as {{ column }},
    {% endfor %}
from buckets
group by all
order by site_id, utc_date, device_id, hour_start_utc
