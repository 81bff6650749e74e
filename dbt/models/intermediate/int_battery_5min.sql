{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='sync_all_columns',
    pre_hook="{{ delete_affected_days() }}",
) }}

with counted_readings as (
    select
        readings.*,
        meters.nameplate_mw,
        coalesce(meters.energy_mwh, meters.nameplate_mw) as energy_mwh,
    from {{ ref('stg_batteries') }} as readings
    inner join {{ ref('int_counted_meters') }} as meters
        on meters.device_id = readings.device_id
        and meters.site_id = readings.site_id
        and meters.source = 'battery'
        and readings.interval_start_utc >= meters.counts_from_utc
        and readings.interval_start_utc < meters.counts_to_utc
),

pieces as (
    {{ split_over_buckets('counted_readings', 300) }}
),

feed_buckets as (
    select
        site_id,
        device_id,
        utc_date,
        bucket_start_utc as interval_start_utc,
        feed_id,
        nameplate_mw,
        energy_mwh,
        arg_min(soc_pct, interval_start_utc) as soc_pct,
        arg_min(soh_pct, interval_start_utc) as soh_pct,
        {{ amount('sum(available_discharge_mw * overlap_s) / sum(overlap_s) filter (where available_discharge_mw is not null)') }}
            as available_discharge_mw,
    from pieces
    group by all
),

device_buckets as (
    select
        site_id,
        device_id,
        utc_date,
        interval_start_utc,
        nameplate_mw,
        energy_mwh,
        arg_min(soc_pct, ranks.feed_rank) as soc_pct,
        arg_min(soh_pct, ranks.feed_rank) as soh_pct,
        arg_min(available_discharge_mw, ranks.feed_rank) as available_discharge_mw,
    from feed_buckets
    inner join {{ ref('int_feed_rank') }} as ranks using (feed_id)
    group by all
)

select
    site_id,
    interval_start_utc,
    utc_date,
    {{ amount('sum(' ~ amount('soc_pct * energy_mwh / 100') ~ ')') }} as stored_mwh,
    {{ amount('sum(energy_mwh) filter (where soc_pct is not null)') }} as rated_mwh,
    {{ amount('sum(' ~ amount('soc_pct * energy_mwh / 100 * coalesce(soh_pct, 100) / 100') ~ ')') }} as healthy_stored_mwh,
    {{ amount('sum(' ~ amount('energy_mwh * coalesce(soh_pct, 100) / 100') ~ ') filter (where soc_pct is not null)') }}
        as healthy_rated_mwh,
    {{ amount('sum(available_discharge_mw)') }} as available_discharge_mw,
    {{ amount('sum(nameplate_mw) filter (where available_discharge_mw is not null)') }} as reporting_nameplate_mw,
from device_buckets
group by site_id, interval_start_utc, utc_date
order by site_id, utc_date, interval_start_utc
