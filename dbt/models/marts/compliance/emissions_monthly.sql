with months as (
    select
        site_id,
        unit_id,
        month,
        pollutant,
        sum(short_tons_measured) as short_tons_measured,
        {% for chain in var('filled_masses') %}
            sum({{ chain }}_short_tons) as {{ chain }}_known_short_tons,
            sum({{ chain }}_hours) as {{ chain }}_hours,
            case when sum({{ chain }}_hours) = sum(hours) then sum({{ chain }}_short_tons) end as {{ chain }}_short_tons,
        {% endfor %}
        sum(possible_short_tons) as possible_short_tons,
        sum(possible_hours) as possible_hours,
        sum(heat_input_mmbtu) as heat_input_mmbtu,
        bool_or(is_bound) or sum(known_hours) < sum(hours) as is_bound,
        sum(hours) as hours,
        sum(known_hours) as known_hours,
        sum(operating_h) as operating_h,
        sum(unknown_hours) as unknown_hours,
        sum(measured_h) as measured_h,
        sum(substituted_h) as substituted_h,
        min(time_basis) as time_basis,
        max(gap_reason) as gap_reason,
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
        limits.missing_rule,
        limits.counts_from,
        case when sum({{ filled_by('limits.missing_rule', 'hours') }}) = sum(units.hours)
            then sum({{ filled_by('limits.missing_rule', 'short_tons') }})
        end as counted_short_tons,
    from {{ ref('int_emission_limits') }} as limits
    inner join {{ ref('int_emissions_unit_monthly') }} as units
        on units.unit_id = limits.counted_unit_id and units.month = limits.month and units.pollutant = limits.pollutant
    group by all
),

ruled_months as (
    select
        months.*,
        coalesce(own.missing_rule, of_site.missing_rule) as missing_rule,
        own.* exclude (site_id, unit_id, month, pollutant, missing_rule, counted_short_tons),
        own.counted_short_tons as limited_short_tons,
    from months
    left join counted_months as own
        on own.site_id = months.site_id
        and own.unit_id is not distinct from months.unit_id
        and own.month = months.month
        and own.pollutant = months.pollutant
    left join counted_months as of_site
        on of_site.site_id = months.site_id
        and of_site.unit_id is null
        and of_site.month = months.month
        and of_site.pollutant = months.pollutant
),

limited_months as (
    select
        *,
        {{ filled_by('missing_rule', 'short_tons') }} as short_tons,
        {{ filled_by('missing_rule', 'hours') }} as filled_hours,
        case when filled_hours + unknown_hours = hours and filled_hours + possible_hours > 0
            then coalesce({{ filled_by('missing_rule', 'known_short_tons') }}, 0)
        end as short_tons_low,
        case when filled_hours + possible_hours = hours then short_tons_low + possible_short_tons end as short_tons_high,
        if(limit_id is null, short_tons, limited_short_tons) as counted_short_tons,
        {{ factor('lb_per_short_ton') }}
        / (
            case pollutant when 'nox' then {{ factor('k_nox') }} when 'co' then {{ factor('k_co') }} end
            * {{ factor('fd_gas') }} * {{ factor('o2_air') }} / ({{ factor('o2_air') }} - {{ factor('o2_reference') }})
        ) as ppm_mmbtu_per_short_ton,
    from ruled_months
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
    {{ amount('months.load_bin_short_tons') }} as short_tons_best_estimate,
    {{ amount('windows.rolling_short_tons') }} as rolling_12m_short_tons,
    {{ amount('months.limit_short_tons') }} as limit_short_tons,
    {{ amount('months.limit_short_tons - windows.rolling_short_tons') }} as headroom_short_tons,
    {{ amount('100 * (months.limit_short_tons - windows.rolling_short_tons) / nullif(months.limit_short_tons, 0)') }}
        as headroom_pct,
    months.limit_is_verified,
    windows.is_partial_window,
    months.is_bound,
    {{ amount('case when operating_h > 0 then 100 * substituted_h / operating_h else 0 end') }} as substituted_pct,
    {{ amount('case when part75_hours = load_bin_hours and load_bin_hours > 0 then part75_known_short_tons - load_bin_known_short_tons end') }}
        as missing_data_penalty_short_tons,
    {{ amount('months.operating_h') }} as operating_h,
    {{ amount('months.counted_short_tons') }} as counted_short_tons,
    months.missing_rule,
    {{ amount('months.part75_short_tons') }} as short_tons_part75,
    {{ amount('months.maximum_potential_short_tons') }} as short_tons_maximum_potential,
    {{ amount('months.short_tons_low') }} as short_tons_low,
    {{ amount('months.short_tons_high') }} as short_tons_high,
    {{ amount('months.heat_input_mmbtu') }} as heat_input_mmbtu,
    {{ amount('months.short_tons * ppm_mmbtu_per_short_ton / nullif(months.heat_input_mmbtu, 0)') }} as implied_ppm,
    case
        when windows.rolling_short_tons is not null then null
        when months.filled_hours = 0 and gap_reason is null then 'missing_month'
        when months.counted_short_tons is null then 'month_has_gaps'
        when windows.month is null then 'not_counted_yet'
        else 'window_has_gaps'
    end as rolling_reason,
    months.time_basis,
    {{ amount('case when operating_h + unknown_hours > 0 then 100 * measured_h / (operating_h + unknown_hours) else 100 end') }}
        as data_coverage_pct,
    case
        when months.short_tons is not null then null
        when months.filled_hours = 0 and gap_reason is null then 'missing_month'
        when months.unknown_hours > 0 then 'op_time_unknown'
        else coalesce(gap_reason, 'no_estimate')
    end as reason,
    {{ version_id() }} as version_id,
from limited_months as months
left join windows
    on windows.site_id = months.site_id
    and windows.unit_id is not distinct from months.unit_id
    and windows.month = months.month
    and windows.pollutant = months.pollutant
order by months.site_id, months.unit_id nulls first, months.month, months.pollutant
