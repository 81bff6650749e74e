with days as (
    select
        site_id,
        local_date,
        contingency_id,
        quantile_cont(if(reason = 'power_limited', 0, cast(autonomy_min as double)), 0.05) as autonomy_min_p05,
        max(power_shortfall_mw) as power_shortfall_mw,
        count(*) filter (where reason = 'power_limited') as power_limited_intervals,
        count(*) filter (where reason = 'no_deficit') as no_deficit_intervals,
        count(*) filter (where reason in ('missing_source', 'soc_missing')) as unknown_intervals,
        count(*) as intervals,
    from {{ ref('int_autonomy_5min') }}
    group by site_id, local_date, contingency_id
)

select
    site_id,
    local_date,
    contingency_id,
    {{ amount('autonomy_min_p05') }} as autonomy_min_p05,
    power_shortfall_mw,
    power_limited_intervals,
    no_deficit_intervals,
    unknown_intervals,
    case
        when autonomy_min_p05 is not null then null
        when unknown_intervals > 0 then 'missing_source'
        else 'no_deficit'
    end as autonomy_reason,
from days
qualify row_number() over (
    partition by site_id, local_date order by autonomy_min_p05 nulls last, contingency_id
) = 1
