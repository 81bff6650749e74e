with days as (
    select
        site_id,
        local_date,
        contingency_id,
        quantile_cont(if(reason = 'power_limited', 0, cast(autonomy_min as double)), 0.05) as known_p05,
        max(power_shortfall_mw) as power_shortfall_mw,
        count(*) filter (where reason = 'power_limited') as power_limited_intervals,
        count(*) filter (where reason = 'no_deficit') as no_deficit_intervals,
        count(*) filter (where reason is null or reason in ('power_limited', 'no_deficit')) as known_intervals,
        bool_or(is_bound) as has_absent_batteries,
    from {{ ref('int_autonomy_5min') }}
    group by site_id, local_date, contingency_id
),

judged as (
    select
        *,
        day_s // 300 - known_intervals as unknown_intervals,
        known_intervals * 30000 >= day_s * {{ parameter('coverage_gate_pct') }} as is_covered,
    from days
    inner join {{ ref('int_local_days') }} using (site_id, local_date)
)

select
    site_id,
    local_date,
    contingency_id,
    {{ amount('case when is_covered then known_p05 end') }} as autonomy_min_p05,
    power_shortfall_mw,
    case when is_covered then power_limited_intervals end as power_limited_intervals,
    case when is_covered then no_deficit_intervals end as no_deficit_intervals,
    unknown_intervals,
    unknown_intervals > 0 or has_absent_batteries as is_bound,
    case
        when autonomy_min_p05 is not null then null
        when not is_covered then 'missing_source'
        else 'no_deficit'
    end as autonomy_reason,
from judged
qualify row_number() over (
    partition by site_id, local_date order by autonomy_min_p05 nulls last, contingency_id
) = 1
