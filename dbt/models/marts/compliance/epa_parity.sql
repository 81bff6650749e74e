with preferred_hours as (
    select hours.*, abs(hours.recomputed_lb - hours.nox_lb) as difference_lb,
    from {{ ref('int_parity_hours') }} as hours
    inner join {{ ref('int_feed_rank') }} as ranks using (feed_id)
    qualify row_number() over (
        partition by hours.device_id, hours.hour_start_utc
        order by hours.recomputed_lb is null, ranks.feed_rank
    ) = 1
),

months as (
    select
        hours.site_id,
        hours.device_id as unit_id,
        calendar.standard_month as month,
        count(*) as stated_hours,
        count(difference_lb) as hours,
        count(*) filter (
            where difference_lb <= {{ parameter('epa_nox_tolerance_lb_h') }} * operating_time_h
        ) as within_tolerance_hours,
        max(difference_lb) as max_abs_difference_lb,
        sum(nox_lb) filter (where difference_lb is not null) as delivered_lb,
        sum(recomputed_lb) as recomputed_lb,
    from preferred_hours as hours
    inner join {{ source('reference', 'calendar_hours') }} as calendar using (site_id, hour_start_utc)
    group by hours.site_id, hours.device_id, calendar.standard_month
)

select
    site_id,
    unit_id,
    month,
    hours,
    if(hours > 0, within_tolerance_hours, null) as within_tolerance_hours,
    {{ amount('100 * within_tolerance_hours / nullif(hours, 0)') }} as within_tolerance_pct,
    {{ amount('max_abs_difference_lb') }} as max_abs_difference_lb,
    {{ amount('delivered_lb') }} as delivered_lb,
    {{ amount('recomputed_lb') }} as recomputed_lb,
    {{ amount('100 * (recomputed_lb / nullif(delivered_lb, 0) - 1)') }} as difference_pct,
    {{ amount('100 * hours / stated_hours') }} as data_coverage_pct,
    if(hours = 0, 'rate_or_heat_missing', null) as reason,
    {{ version_id() }} as version_id,
from months
order by site_id, unit_id, month
