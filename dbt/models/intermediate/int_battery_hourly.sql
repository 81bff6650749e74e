{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='sync_all_columns',
    pre_hook="{{ delete_affected_days() }}",
) }}
{% set quantities = {
    'power': ['power_charged_mw_s', 'power_discharged_mw_s', 'power_s', 'power_substituted_s'],
    'register': ['register_charged_mwh', 'register_discharged_mwh', 'register_s'],
    'soc': ['soc_first_pct', 'soc_last_pct', 'soc_min_pct', 'soc_max_pct', 'soc_s'],
    'status': ['status_s', 'available_s'],
    'capability': ['capable_mw_s', 'capability_s'],
} %}

with readings as (
    select * from {{ ref('stg_batteries') }}
),

pieces as (
    {{ split_over_buckets('readings', 300) }}
),

feed_buckets as (
    select
        site_id,
        device_id,
        utc_date,
        bucket_start_utc,
        feed_id,
        sum(greatest(-battery_mw, 0) * overlap_s) filter (where battery_mw is not null) as power_charged_mw_s,
        sum(greatest(battery_mw, 0) * overlap_s) filter (where battery_mw is not null) as power_discharged_mw_s,
        sum(overlap_s) filter (where battery_mw is not null) as power_s,
        sum(overlap_s) filter (where battery_mw is not null and method = 'substituted') as power_substituted_s,
        sum({{ amount('energy_charged_mwh * overlap_s / interval_s') }}) as register_charged_mwh,
        sum({{ amount('energy_discharged_mwh * overlap_s / interval_s') }}) as register_discharged_mwh,
        sum(overlap_s) filter (where energy_charged_mwh is not null and energy_discharged_mwh is not null) as register_s,
        arg_min(soc_pct, interval_start_utc) as soc_first_pct,
        arg_max(soc_pct, interval_start_utc) as soc_last_pct,
        min(soc_pct) as soc_min_pct,
        max(soc_pct) as soc_max_pct,
        sum(overlap_s) filter (where soc_pct is not null) as soc_s,
        sum(overlap_s) filter (where status is not null) as status_s,
        sum(if(status = 'available', overlap_s, 0)) filter (where status is not null) as available_s,
        sum(available_discharge_mw * overlap_s) as capable_mw_s,
        sum(overlap_s) filter (where available_discharge_mw is not null) as capability_s,
    from pieces
    group by all
),

ranked_buckets as (
    select
        feed_buckets.*,
        {% for quantity in quantities %}
            {{ preferred_rank(quantity ~ '_s', 'bucket') }} as {{ quantity }}_rank,
        {% endfor %}
    from feed_buckets
    inner join {{ ref('int_feed_rank') }} as ranks using (feed_id)
    window bucket as (partition by site_id, device_id, utc_date, bucket_start_utc)
),

buckets as (
    select
        site_id,
        device_id,
        utc_date,
        bucket_start_utc,
        {% for quantity, columns in quantities.items() %}
            {% for column in columns %}
                arg_min({{ column }}, {{ quantity }}_rank) as {{ column }},
            {% endfor %}
        {% endfor %}
    from ranked_buckets
    group by site_id, device_id, utc_date, bucket_start_utc
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
