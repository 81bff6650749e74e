with judged_days as (
    select
        models.site_id,
        models.scenario,
        cast(models.modelled_unit_steps * 300 as decimal(18, 6)) / 3600 as modelled_h,
        days.observed_h,
    from {{ ref('int_counterfactual_daily') }} as models
    inner join {{ ref('int_counterfactual_days') }} as days using (site_id, local_date)
    inner join {{ source('reference', 'dispatch_parameters') }} as scenarios
        on scenarios.site_id = models.site_id and scenarios.scenario = models.scenario and scenarios.valid_to is null
    where days.reason is null
        and days.observed_h is not null
        and not coalesce(models.local_date between scenarios.fitted_from and scenarios.fitted_to, false)
)

select
    site_id,
    scenario,
    cast(count(*) as integer) as calibration_days,
    {{ amount('sum(modelled_h)') }} as modelled_h,
    {{ amount('sum(observed_h)') }} as observed_h,
    {{ amount('100 * (sum(modelled_h) - sum(observed_h)) / nullif(sum(observed_h), 0)') }} as calibration_pct,
    case
        when abs(100 * (sum(modelled_h) - sum(observed_h))) > {{ parameter('calibration_amber_pct') }} * sum(observed_h)
            and (sum(observed_h) > 0 or sum(modelled_h) > count(*) * {{ parameter('calibration_absolute_h') }})
            then 'calibration_beyond_gate'
        when count(*) < {{ parameter('calibration_min_days') }} then 'calibration_too_short'
        when abs(100 * (sum(modelled_h) - sum(observed_h))) > {{ parameter('calibration_green_pct') }} * sum(observed_h)
            and sum(observed_h) > 0 then 'calibration_amber'
    end as calibration_reason,
from judged_days
group by site_id, scenario
