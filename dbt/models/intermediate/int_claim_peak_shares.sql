with asked as (
    select distinct test_id, period, stated_value, denominator, slice,
    from {{ ref('int_claim_periods') }}
    where stated_value is not null
),

shares as (
    select
        test_id,
        asked.period,
        cast(100 * stated_value / (
            mw
            + if(denominator = 'system_peaks.inclusive_mw' and not campus_in_mw, stated_value, 0)
            - if(denominator = 'system_peaks.exclusive_mw' and campus_in_mw, stated_value, 0)
        ) as decimal(18, 6)) as share_pct,
    from asked
    inner join {{ source('reference', 'system_peaks') }} as peaks on 'system_id=' || peaks.system_id = asked.slice
    cross join (values (true), (false)) as readings_of (campus_in_mw)
    where coalesce(peaks.includes_campus = campus_in_mw, true)
        and (denominator = 'system_peaks.inclusive_mw' or not campus_in_mw or mw > stated_value)
)

select
    test_id,
    period,
    quantile_disc(share_pct, 0.5) as value,
    min(share_pct) as low,
    max(share_pct) as high,
from shares
group by test_id, period
