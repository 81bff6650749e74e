{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='sync_all_columns',
    pre_hook="{{ delete_affected_days() }}",
) }}

with readings as (
    select site_id, device_id, feed_id, utc_date, interval_start_utc, interval_s, 'grid' as source, grid_mw as mw,
    from {{ ref('stg_grid') }}
    union all
    select site_id, device_id, feed_id, utc_date, interval_start_utc, interval_s, 'load', load_mw,
    from {{ ref('stg_campus_load') }}
),

device_powers as (
    select
        readings.site_id,
        readings.source,
        readings.utc_date,
        readings.interval_start_utc,
        meters.nameplate_mw,
        {{ amount('readings.mw * meters.loss_factor') }} as mw,
    from readings
    inner join {{ ref('int_counted_meters') }} as meters
        on meters.device_id = readings.device_id
        and meters.source = readings.source
        and readings.interval_start_utc >= meters.counts_from_utc
        and readings.interval_start_utc < meters.counts_to_utc
    inner join {{ ref('int_feed_rank') }} as ranks on ranks.feed_id = readings.feed_id
    where readings.mw is not null and readings.interval_s <= {{ parameter('smoothing_max_resolution_s') }}
    qualify row_number() over (
        partition by readings.site_id, readings.source, readings.device_id, readings.interval_start_utc order by ranks.feed_rank
    ) = 1
),

powers as (
    select
        device_powers.site_id,
        device_powers.source,
        device_powers.utc_date,
        hours.local_date,
        device_powers.interval_start_utc,
        sum(device_powers.mw) as mw,
    from device_powers
    inner join {{ source('reference', 'calendar_hours') }} as hours
        on hours.site_id = device_powers.site_id
        and hours.hour_start_utc = date_trunc('hour', device_powers.interval_start_utc)
    inner join {{ ref('int_expected_daily') }} as expected
        on expected.site_id = device_powers.site_id
        and expected.source = device_powers.source
        and expected.local_date = hours.local_date
    group by
        device_powers.site_id,
        device_powers.source,
        device_powers.utc_date,
        hours.local_date,
        device_powers.interval_start_utc,
        expected.expected_mw
    having sum(device_powers.nameplate_mw) >= expected.expected_mw
),

ramp_lengths as (
    select unnest([{{ parameter('ramp_short_s') }}, {{ parameter('ramp_long_s') }}]) as ramp_interval_s,
),

ramps as (
    select
        site_id,
        source,
        utc_date,
        local_date,
        cast(ramp_interval_s as integer) as ramp_interval_s,
        interval_start_utc,
        mw,
        interval_start_utc - to_seconds(ramp_interval_s) as before_utc,
    from powers
    cross join ramp_lengths
)

select
    ramps.site_id,
    ramps.utc_date,
    ramps.local_date,
    ramps.source,
    ramps.ramp_interval_s,
    {{ amount('abs(ramps.mw - earlier.mw)') }} as ramp_mw,
    cast(count(*) as integer) as ramps,
from ramps
inner join powers as earlier
    on earlier.site_id = ramps.site_id
    and earlier.source = ramps.source
    and earlier.utc_date = ramps.utc_date
    and earlier.interval_start_utc = ramps.before_utc
group by ramps.site_id, ramps.utc_date, ramps.local_date, ramps.source, ramps.ramp_interval_s, abs(ramps.mw - earlier.mw)
order by ramps.site_id, ramps.utc_date, ramps.source, ramps.ramp_interval_s, ramp_mw
