with months as (
    select
        site_id,
        unit_id,
        month,
        pollutant,
        case when sum(known_hours) = sum(hours) then sum(filled_short_tons) end as short_tons,
        sum(short_tons_measured) as short_tons_measured,
        bool_or(is_bound) or sum(known_hours) < sum(hours) as is_bound,
        sum(known_hours) as known_hours,
        sum(operating_h) as operating_h,
        sum(unknown_hours) as unknown_hours,
        sum(measured_h) as measured_h,
        sum(substituted_h) as substituted_h,
        min(time_basis) as time_basis,
    from {{ ref('int_emissions_unit_monthly') }}
    group by grouping sets ((site_id, unit_id, month, pollutant), (site_id, month, pollutant))
),

counted_months as (
    select
        limits.site_id,
        limits.unit_id,
        limits.month,
        limits.pollutant,
        limits.limit_id,
        limits.limit_short_tons,
        limits.limit_is_verified,
        limits.counts_from,
        case when sum(units.known_hours) = sum(units.hours) then sum(units.filled_short_tons) end as counted_short_tons,
    from {{ ref('int_emission_limits') }} as limits
    inner join {{ ref('int_emissions_unit_monthly') }} as units
        on units.unit_id = limits.counted_unit_id and units.month = limits.month and units.pollutant = limits.pollutant
    group by all
),

limited_months as (
    select
        months.*,
        counted.* exclude (site_id, unit_id, month, pollutant, counted_short_tons),
        case when counted.limit_id is null then months.short_tons else counted.counted_short_tons end as counted_short_tons,
    from months
    left join counted_months as counted
        on counted.site_id = months.site_id
        and counted.unit_id is not distinct from months.unit_id
        and counted.month = months.month
        and counted.pollutant = months.pollutant
),

windows as (
    select
        ends.site_id,
        ends.unit_id,
        ends.month,
        ends.pollutant,
        case when count(parts.counted_short_tons) = count(*) then sum(parts.counted_short_tons) end as rolling_short_tons,
        count(*) < 12 as is_partial_window,
    from limited_months as ends
    inner join limited_months as parts
        on parts.site_id = ends.site_id
        and parts.unit_id is not distinct from ends.unit_id
        and parts.pollutant = ends.pollutant
        and parts.month between ends.month - interval 11 months and ends.month
        and (ends.counts_from is null or parts.month >= ends.counts_from)
    group by ends.site_id, ends.unit_id, ends.month, ends.pollutant
)

select
    months.site_id,
    months.unit_id,
    months.month,
    months.pollutant,
    months.limit_id,
    {{ amount('months.short_tons') }} as short_tons,
    {{ amount('months.short_tons_measured') }} as short_tons_measured,
    cast(null as decimal(18, 6)) as short_tons_best_estimate,
    {{ amount('windows.rolling_short_tons') }} as rolling_12m_short_tons,
    {{ amount('months.limit_short_tons') }} as limit_short_tons,
    {{ amount('months.limit_short_tons - windows.rolling_short_tons') }} as headroom_short_tons,
    {{ amount('100 * (months.limit_short_tons - windows.rolling_short_tons) / nullif(months.limit_short_tons, 0)') }}
        as headroom_pct,
    months.limit_is_verified,
    windows.is_partial_window,
    months.is_bound,
    {{ amount('case when operating_h > 0 then 100 * substituted_h / operating_h else 0 end') }} as substituted_pct,
    cast(null as decimal(18, 6)) as missing_data_penalty_short_tons,
    {{ amount('months.operating_h') }} as operating_h,
    {{ amount('months.counted_short_tons') }} as counted_short_tons,
    case
        when windows.rolling_short_tons is not null then null
        when months.known_hours = 0 then 'missing_month'
        when months.counted_short_tons is null then 'month_has_gaps'
        when windows.month is null then 'not_counted_yet'
        else 'window_has_gaps'
    end as rolling_reason,
    months.time_basis,
    {{ amount('case when operating_h + unknown_hours > 0 then 100 * measured_h / (operating_h + unknown_hours) else 100 end') }}
        as data_coverage_pct,
    case
        when months.short_tons is not null then null
        when months.known_hours = 0 then 'missing_month'
        else 'month_has_gaps'
    end as reason,
    {{ version_id() }} as version_id,
from limited_months as months
left join windows
    on windows.site_id = months.site_id
    and windows.unit_id is not distinct from months.unit_id
    and windows.month = months.month
    and windows.pollutant = months.pollutant
order by months.site_id, months.unit_id nulls first, months.month, months.pollutant
