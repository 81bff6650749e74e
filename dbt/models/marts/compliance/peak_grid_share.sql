with shares as (
    select
        site_id,
        system_id,
        period,
        definition,
        n,
        min(interval_start_utc) filter (where interval_rank = 1) as peak_at_utc,
        count(*) filter (where is_tied_with_peak) as peak_ties,
        count(*) filter (where is_chosen) as chosen,
        bool_or(campus_mw is null) filter (where is_chosen) as is_campus_missing,
        sum(campus_mw) filter (where is_chosen) as campus_mw,
        sum(denominator_mw) filter (where is_chosen) as system_mw,
        min(100 * campus_mw / denominator_mw) filter (where is_tied_with_peak and denominator_mw > 0) as share_min_pct,
        max(100 * campus_mw / denominator_mw) filter (where is_tied_with_peak and denominator_mw > 0) as share_max_pct,
        max(battery_discharge_mw) filter (where interval_rank = 1) as battery_discharge_mw,
        bool_or(is_imputed) as is_imputed,
    from {{ ref('int_peak_intervals') }}
    group by site_id, system_id, period, definition, n
    union all by name
    select
        site_id,
        system_id,
        period,
        'noncoincident' as definition,
        1 as n,
        1 as chosen,
        campus_max_mw is null as is_campus_missing,
        campus_max_mw as campus_mw,
        system_max_mw as system_mw,
    from {{ ref('int_peak_periods') }}
),

judged as (
    select
        *,
        case
            when is_campus_missing then 'campus_missing'
            when system_mw <= 0 then 'nonpositive_denominator'
        end as reason,
    from shares
)

select
    site_id,
    system_id,
    period,
    definition,
    cast(n as integer) as n,
    peak_at_utc,
    cast(peak_ties as integer) as peak_ties,
    case when not is_campus_missing then {{ half_away('campus_mw / chosen', 6) }} end as site_mw,
    {{ half_away('system_mw / chosen', 6) }} as system_mw,
    case when reason is null then {{ amount('100 * campus_mw / system_mw') }} end as share_pct,
    case when reason is null and n = 1 then {{ amount('share_min_pct') }} end as share_min_pct,
    case when reason is null and n = 1 then {{ amount('share_max_pct') }} end as share_max_pct,
    case when reason is null and peak_at_utc is not null and n = 1
        then {{ amount('campus_mw / nullif(campus_max_mw, 0)') }}
    end as coincidence_factor,
    cast(null as decimal(18, 6)) as battery_relief_mw,
    battery_discharge_mw,
    'system_demand:' || system_id as denominator_id,
    includes_campus,
    is_imputed,
    chosen < n or known_s < period_s as is_bound,
    {{ amount('100 * measured_s / period_s') }} as data_coverage_pct,
    reason,
    {{ version_id() }} as version_id,
from judged
inner join {{ ref('int_peak_periods') }} as periods using (site_id, system_id, period)
order by site_id, system_id, period, definition, n
