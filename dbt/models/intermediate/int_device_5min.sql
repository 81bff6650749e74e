{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='sync_all_columns',
    pre_hook="{{ delete_affected_days() }}",
) }}
{% set means = ['register_mw', 'heat_input_mmbtu_h', 'fuel_flow_scfh', 'gcv_btu_scf', 'nox_ppm', 'o2_pct'] %}

with witnesses as (
    select *, energy_mwh * 3600 / interval_s as register_mw, from {{ ref('stg_grid') }}
    union all by name
    select *, (energy_discharged_mwh - energy_charged_mwh) * 3600 / interval_s as register_mw,
    from {{ ref('stg_batteries') }}
    union all by name
    select
        * exclude (nox_ppm, o2_pct),
        case when is_monitor_valid then nox_ppm end as nox_ppm,
        case when is_monitor_valid then o2_pct end as o2_pct,
    from {{ ref('stg_turbines') }}
),

witness_readings as (
    select
        witnesses.site_id,
        witnesses.device_id,
        witnesses.feed_id,
        witnesses.utc_date,
        witnesses.interval_start_utc,
        witnesses.interval_s,
        witnesses.soc_pct,
        {{ amount('register_mw * loss_factor') }} as register_mw,
        {% for column in means[1:] %}
            {{ amount(column) }} as {{ column }},
        {% endfor %}
    from witnesses
    inner join {{ ref('int_meters') }} as meters
        on meters.device_id = witnesses.device_id
        and meters.source in ('grid', 'battery', 'turbine')
        and witnesses.interval_start_utc >= meters.counts_from_utc
        and witnesses.interval_start_utc < meters.counts_to_utc
),

pieces as (
    {{ split_over_buckets('witness_readings', 300) }}
),

feed_buckets as (
    select
        site_id,
        device_id,
        utc_date,
        bucket_start_utc as interval_start_utc,
        feed_id,
        {% for column in means %}
            sum({{ column }} * overlap_s) / sum(overlap_s) filter (where {{ column }} is not null) as {{ column }},
        {% endfor %}
        arg_min(soc_pct, pieces.interval_start_utc) as soc_pct,
    from pieces
    group by all
),

buckets as (
    select
        site_id,
        device_id,
        utc_date,
        interval_start_utc,
        arg_min(soc_pct, feed_rank) as soc_pct,
        {% for column in means %}
            arg_min({{ column }}, feed_rank) as {{ column }},
        {% endfor %}
    from feed_buckets
    inner join {{ ref('int_feed_rank') }} using (feed_id)
    group by all
),

powers as (
    select site_id, device_id, utc_date, interval_start_utc, {{ amount('power_mw_s / covered_s') }} as power_mw,
    from {{ ref('int_meter_5min') }}
    where covered_s > 0
)

select
    powers.site_id,
    powers.device_id,
    interval_start_utc,
    utc_date,
    power_mw,
    {{ amount('register_mw') }} as register_mw,
    soc_pct,
    {{ amount('coalesce(heat_input_mmbtu_h, fuel_flow_scfh * coalesce(buckets.gcv_btu_scf, plan.gcv_btu_scf) / 1000000)') }}
        as heat_input_mmbtu_h,
    {{ amount('nox_ppm') }} as nox_ppm,
    {{ amount('o2_pct') }} as o2_pct,
from powers
left join buckets using (site_id, device_id, utc_date, interval_start_utc)
left join {{ ref('int_turbine_plan') }} as plan
    on plan.site_id = powers.site_id
    and plan.device_id = powers.device_id
    and plan.hour_start_utc = date_trunc('hour', powers.interval_start_utc)
order by powers.site_id, utc_date, powers.device_id, interval_start_utc
