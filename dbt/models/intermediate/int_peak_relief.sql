with peaks as (
    select distinct site_id, system_id, interval_start_utc as peak_at_utc, interval_s, campus_mw,
    from {{ ref('int_peak_intervals') }}
    where interval_rank = 1
),

instants as (
    select
        *,
        unnest(range(
            {{ bucket_start('peak_at_utc', 300) }}, peak_at_utc + to_seconds(interval_s), interval 5 minutes
        )) as instant_utc,
    from peaks
),

needs as (
    select
        site_id,
        interval_start_utc,
        case when bool_or(source = 'load') and not bool_or(mw is null)
            then sum(case when source = 'other_generation' then -mw else mw end)
        end as need_mw,
    from {{ ref('int_source_5min') }}
    where source in ('load', 'aux', 'xfmr_loss', 'other_generation')
    group by site_id, interval_start_utc
),

imports as (
    select
        instants.site_id,
        instants.system_id,
        instants.peak_at_utc,
        instants.campus_mw,
        case when needs.need_mw is not null and caps.cap_mw is not null then least(needs.need_mw, caps.cap_mw) end
            as without_battery_mw,
    from instants
    left join needs on needs.site_id = instants.site_id and needs.interval_start_utc = instants.instant_utc
    left join {{ ref('int_cap_5min') }} as caps
        on caps.site_id = instants.site_id and caps.interval_start_utc = instants.instant_utc
)

select
    site_id,
    system_id,
    peak_at_utc,
    case when count(without_battery_mw) = count(*)
        then {{ amount('sum(without_battery_mw) / count(*) - max(campus_mw)') }}
    end as battery_relief_mw,
from imports
group by site_id, system_id, peak_at_utc
