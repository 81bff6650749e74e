with days as (
    select *, 'actual' as basis, nullif(scope_id, site_id) as unit_id, from {{ ref('int_limit_projection') }}
    where (site_id, local_date) in (select site_id, local_date from {{ ref('int_site_hours') }})
    union all by name
    select
        *,
        'potential_to_emit' as basis,
        used as used_at_least,
        cast(100 as decimal(18, 6)) as data_coverage_pct,
        if(used is null, 'no_pte', null) as reason,
        'not_applicable' as projection_status,
    from {{ ref('int_potential_to_emit') }}
),

limits as (
    select limit_id, any_value(pollutant) as pollutant, any_value(counter) as counter, any_value(unit) as unit,
    from {{ source('reference', 'permit_limits') }}
    group by limit_id
)

select
    days.site_id,
    days.unit_id,
    days.limit_id,
    days.local_date,
    limits.pollutant,
    limits.counter,
    limits.unit,
    days.averaging,
    days.basis,
    {{ amount('days.used') }} as used,
    {{ amount('days.limit_value') }} as limit_value,
    {{ amount('days.limit_value - days.used') }} as remaining,
    {{ amount('100 * (days.limit_value - days.used) / nullif(days.limit_value, 0)') }} as remaining_pct,
    {{ amount('days.used_at_least') }} as used_at_least,
    days.counted_from,
    days.is_partial_window,
    days.used is not null and days.data_coverage_pct < 100 as is_bound,
    days.mean_daily_amount,
    days.exhaustion_date as projected_exhaustion_date,
    days.early_date as projected_exhaustion_early_date,
    days.late_date as projected_exhaustion_late_date,
    case when not days.has_band then 'insufficient_history' end as band_reason,
    days.projection_status,
    days.limit_is_verified,
    {{ limit_notice('days.limit_is_verified') }} as limit_notice,
    days.data_coverage_pct,
    days.reason,
    {{ version_id() }} as version_id,
from days
inner join limits on limits.limit_id = days.limit_id
order by days.site_id, days.limit_id, days.unit_id nulls first, days.local_date
