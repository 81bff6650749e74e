{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='sync_all_columns',
    pre_hook="{{ delete_affected_days() }}",
) }}

with meters as (
    select site_id, device_id, nameplate_mw, energy_mwh, counts_from_utc, counts_to_utc,
    from {{ ref('int_counted_meters') }}
    where source = 'battery'
),

pack_hours as (
    select
        packs.parent_id as device_id,
        hours.hour_start_utc,
        sum(coalesce(packs.energy_mwh, packs.nameplate_mw, 1) * hours.available_s) as available_mwh_s,
        sum(coalesce(packs.energy_mwh, packs.nameplate_mw, 1) * hours.status_s) as known_mwh_s,
    from {{ ref('int_battery_hourly') }} as hours
    inner join {{ source('reference', 'devices') }} as packs
        on packs.device_id = hours.device_id
        and packs.kind = 'pack'
        and {{ is_valid_on('packs', 'hours.utc_date') }}
    where
        hours.status_s > 0
        and (hours.site_id, hours.utc_date) in (select site_id, utc_date from {{ source('affected', 'days') }})
    group by packs.parent_id, hours.hour_start_utc
),

readings as (
    select *, from {{ ref('stg_batteries') }} where device_id in (select device_id from meters)
),

buckets as (
    {{ battery_buckets('readings') }}
),

device_buckets as (
    select
        *,
        sum(register_s) over device_hour as hour_register_s,
        sum(power_s) over device_hour as hour_power_s,
        coalesce(hour_register_s, 0) > 0 and hour_register_s >= coalesce(hour_power_s, 0) as has_registers,
    from buckets
    window device_hour as (partition by site_id, device_id, utc_date, date_trunc('hour', bucket_start_utc))
)

select
    device_buckets.site_id,
    device_buckets.device_id,
    device_buckets.bucket_start_utc as interval_start_utc,
    device_buckets.utc_date,
    meters.nameplate_mw,
    coalesce(meters.energy_mwh, meters.nameplate_mw) as energy_mwh,
    soc_first_pct as soc_pct,
    soh_pct,
    {{ amount('capable_mw_s / nullif(capability_s, 0)') }} as available_discharge_mw,
    {{ amount(
        'coalesce(meters.energy_mwh, meters.nameplate_mw)'
        ~ ' * coalesce(available_mwh_s / nullif(known_mwh_s, 0), available_s / nullif(status_s, 0), 1)'
    ) }} as available_mwh,
    case when has_registers then register_charged_mwh * 3600 else power_charged_mw_s end as charged_mw_s,
    case when has_registers then register_discharged_mwh * 3600 else power_discharged_mw_s end as discharged_mw_s,
    cast(case when has_registers then register_s else power_s end as integer) as energy_s,
from device_buckets
inner join meters
    on meters.site_id = device_buckets.site_id
    and meters.device_id = device_buckets.device_id
    and device_buckets.bucket_start_utc >= meters.counts_from_utc
    and device_buckets.bucket_start_utc < meters.counts_to_utc
left join pack_hours
    on pack_hours.device_id = device_buckets.device_id
    and pack_hours.hour_start_utc = date_trunc('hour', device_buckets.bucket_start_utc)
order by device_buckets.site_id, device_buckets.utc_date, device_buckets.device_id, interval_start_utc
