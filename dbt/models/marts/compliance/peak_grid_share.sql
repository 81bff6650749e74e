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
        bool_and(denominator_mw > 0 and campus_mw is not null and not is_doubted) filter (where is_tied_with_peak) as are_ties_known,
        min(100 * campus_mw / denominator_mw) filter (where is_tied_with_peak and denominator_mw > 0) as share_min_pct,
        max(100 * campus_mw / denominator_mw) filter (where is_tied_with_peak and denominator_mw > 0) as share_max_pct,
        max(battery_discharge_mw) filter (where interval_rank = 1) as battery_discharge_mw,
        bool_or(is_imputed) as is_imputed,
        bool_or(is_doubted) filter (where is_chosen) as is_doubted,
        'system_demand:' || system_id as denominator_id,
    from {{ ref('int_peak_intervals') }}
    group by site_id, system_id, period, definition, n
    {% for definition, denominator in {
        'noncoincident': 'system_max_mw',
        'noncoincident_inclusive': 'inclusive_max_mw',
        'noncoincident_exclusive': 'exclusive_max_mw',
    }.items() %}
        union all by name
        select
            site_id,
            system_id,
            period,
            '{{ definition }}' as definition,
            1 as n,
            1 as chosen,
            campus_max_mw is null or {{ denominator }} is null as is_campus_missing,
            campus_max_mw as campus_mw,
            {{ denominator }} as system_mw,
            is_doubted,
            denominator_id,
        from {{ ref('int_peak_periods') }}
    {% endfor %}
),

judged as (
    select
        *,
        case
            when is_campus_missing then 'campus_missing'
            when is_doubted then 'suspect_grid_meter'
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
    case when are_ties_known and n = 1 then {{ amount('share_min_pct') }} end as share_min_pct,
    case when are_ties_known and n = 1 then {{ amount('share_max_pct') }} end as share_max_pct,
    case when reason is null and peak_at_utc is not null and n = 1 and not coalesce(periods.is_doubted, false)
        then {{ amount('campus_mw / nullif(campus_max_mw, 0)') }}
    end as coincidence_factor,
    case when n = 1 then battery_relief_mw end as battery_relief_mw,
    battery_discharge_mw,
    denominator_id,
    includes_campus,
    is_imputed,
    chosen < n or known_s < period_s as is_bound,
    case when n = 1 and battery_relief_mw is not null then 'A' end as relief_method_id,
    case when n > 1 or peak_at_utc is null then 'not_coincident' else relief_reason end as relief_reason,
    {{ amount('100 * measured_s / period_s') }} as data_coverage_pct,
    reason,
    {{ version_id() }} as version_id,
from judged
inner join {{ ref('int_peak_periods') }} as periods using (site_id, system_id, period, denominator_id)
left join {{ ref('int_peak_relief') }} using (site_id, system_id, peak_at_utc)
order by site_id, system_id, period, definition, n, denominator_id
