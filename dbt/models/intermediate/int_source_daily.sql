with expected as (
    select
        site_id,
        local_date,
        expected.source,
        coalesce(expected.expected_mw, 0) * days.day_s as expected_mw_s,
        expected.is_independent,
    from {{ ref('int_expected_daily') }} as expected
    inner join {{ ref('int_local_days') }} as days using (site_id, local_date)
    where (site_id, local_date) in (select site_id, local_date from {{ ref('int_site_hours') }})
),

flows as (
    select
        site_id,
        local_date,
        source,
        sum(power_mw_s) as power_mw_s,
        sum(positive_mw_s) as positive_mw_s,
        sum(negative_mw_s) as negative_mw_s,
        sum(covered_mw_s) as covered_mw_s,
        max(source_interval_s) as source_interval_s,
    from {{ ref('int_source_5min') }}
    group by site_id, local_date, source
),

judged as (
    select
        *,
        (expected_mw_s - coalesce(covered_mw_s, 0)) * 100
            <= expected_mw_s * {{ parameter('absent_nameplate_gate_pct') }} as is_present,
    from expected
    inner join flows using (site_id, local_date, source)
)

select
    site_id,
    local_date,
    source,
    is_independent,
    is_present,
    covered_mw_s < expected_mw_s as is_bound,
    case when is_present then {{ amount('power_mw_s / 3600') }} end as mwh,
    case when is_present then {{ amount('positive_mw_s / 3600') }} end as positive_mwh,
    case when is_present then {{ amount('-negative_mw_s / 3600') }} end as negative_mwh,
    source_interval_s,
from judged
