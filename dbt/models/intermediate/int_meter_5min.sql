{{ config(schema='staging', materialized='view') }}

with readings as (
    select * replace (grid_mw_method as method), 'grid' as kind, grid_mw as mw, from {{ ref('stg_grid') }}
    union all by name
    select *, 'campus_load' as kind, load_mw as mw, from {{ ref('stg_campus_load') }}
    union all by name
    select * replace (gross_mw_method as method), 'turbines' as kind, gross_mw as mw, from {{ ref('stg_turbines') }}
    union all by name
    select *, 'batteries' as kind, battery_mw as mw, from {{ ref('stg_batteries') }}
),

metered_readings as (
    select
        readings.site_id,
        readings.device_id,
        meters.source,
        readings.feed_id,
        readings.utc_date,
        readings.interval_start_utc,
        readings.interval_s,
        readings.method,
        {{ amount('readings.mw * meters.loss_factor') }} as mw,
        meters.nameplate_mw,
        meters.accuracy_pct,
        meters.full_scale_mw,
        meters.is_counted,
    from readings
    inner join {{ ref('int_meters') }} as meters
        on meters.device_id = readings.device_id
        and meters.site_id = readings.site_id
        and readings.interval_start_utc >= meters.counts_from_utc
        and readings.interval_start_utc < meters.counts_to_utc
        and case readings.kind
            when 'grid' then meters.source = 'grid'
            when 'campus_load' then meters.source in ('load', 'aux', 'xfmr_loss')
            when 'turbines' then meters.source in ('turbine', 'other_generation')
            else meters.source = 'battery'
        end
    where readings.mw is not null
),

pieces as (
    {{ split_over_buckets('metered_readings', 300) }}
),

feed_buckets as (
    select
        site_id,
        device_id,
        source,
        utc_date,
        bucket_start_utc as interval_start_utc,
        feed_id,
        nameplate_mw,
        accuracy_pct,
        full_scale_mw,
        is_counted,
        sum(mw * overlap_s) as power_mw_s,
        sum(greatest(mw, 0) * overlap_s) as positive_mw_s,
        sum(least(mw, 0) * overlap_s) as negative_mw_s,
        cast(sum(overlap_s) as integer) as covered_s,
        cast(coalesce(sum(overlap_s) filter (where method = 'substituted'), 0) as integer) as substituted_s,
        cast(max(interval_s) as integer) as source_interval_s,
    from pieces
    group by all
),

ranked_buckets as (
    select feed_buckets.*, {{ preferred_rank('covered_s', 'bucket') }} as preferred_rank,
    from feed_buckets
    left join {{ ref('int_feed_rank') }} as ranks using (feed_id)
    window bucket as (partition by site_id, device_id, source, utc_date, interval_start_utc)
)

select * exclude (preferred_rank),
from ranked_buckets
qualify row_number() over (
    partition by site_id, device_id, source, utc_date, interval_start_utc order by preferred_rank nulls last, feed_id
) = 1
