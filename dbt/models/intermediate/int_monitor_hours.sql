with gates as (
    select
        cast({{ parameter('pma_operating_h') }} as bigint) as operating_h,
        to_hours(cast({{ parameter('pma_clock_h') }} as bigint) - 1) as clock_time,
        cast({{ parameter('operating_load_bins') }} as integer) as plain_bins,
        {{ parameter('control_proof_scr_c') }} as proof_c,
        {{ parameter('control_proof_nh3_lb_h') }} as proof_lb_h,
),

hours as (
    select
        masses.site_id,
        masses.device_id as unit_id,
        monitored.parameter,
        masses.hour_start_utc,
        masses.local_date,
        nox.certified_on,
        maxima.maximum_value,
        cast(coalesce(nox.load_bins, gates.plain_bins) as integer) as bins,
        cast(ceil(gross_mw_s / nullif(masses.running_s * masses.nameplate_mw, 0) * bins) as integer) as load_number,
        case when load_number is not null then least(greatest(load_number, 1), bins) end as load_bin,
        nox.control is null
        or coalesce(scr_inlet_temperature_c >= gates.proof_c and nh3_flow_lb_h > gates.proof_lb_h, false) as is_control_proven,
        {{ unrounded(
            "case monitored.parameter"
            ~ " when 'nox' then coalesce(cast(mass_rate as double), total_nox_lb / nullif(burnt_mmbtu, 0))"
            ~ " when 'co' then co_mass_rate"
            ~ " else burnt_mmbtu * 3600 / masses.running_s end"
        ) }} as value,
        case monitored.parameter when 'nox' then p75_rate when 'heat_input' then p75_mmbtu_h end as p75_value,
        co_method is distinct from '3 substituted' as is_co_measured,
        case monitored.parameter when 'nox' then is_nsps_valid when 'co' then co_lb_per_mmbtu is not null and is_co_measured end as is_nsps_valid,
        case monitored.parameter
            when 'nox' then is_quality_assured
            when 'co' then co_mass_rate is not null and is_co_measured
            else burnt_mmbtu is not null and heat_method is distinct from '3 substituted'
        end
        and (nox.certified_on is null or masses.local_date >= nox.certified_on) as is_quality_assured,
        case monitored.parameter
            when 'nox' then mass_rate is null and total_nox_lb is null when 'co' then co_mass_rate is null
            else burnt_mmbtu is null and not coalesce(has_other_base, false)
        end as is_missing,
    from {{ ref('int_turbine_masses') }} as masses
    inner join {{ ref('int_monitored_parameters') }} as monitored on monitored.unit_id = masses.device_id
    cross join gates
    left join {{ ref('int_unit_maxima') }} as nox
        on nox.unit_id = masses.device_id and nox.parameter = 'nox' and {{ is_valid_on('nox', 'masses.local_date') }}
    left join {{ ref('int_unit_maxima') }} as maxima
        on maxima.unit_id = masses.device_id
        and maxima.parameter = monitored.parameter
        and {{ is_valid_on('maxima', 'masses.local_date') }}
    where masses.running_s > 0
),

counted_hours as (
    select
        hours.*,
        coalesce(hours.local_date >= hours.certified_on, true) as is_counted,
        gates.operating_h,
        count(*) filter (where is_quality_assured) over unit_time as quality_assured_number,
        count(*) filter (where is_counted) over last_hours as last_hours,
        count(*) filter (where is_quality_assured) over last_hours as last_assured_hours,
        count(*) filter (where is_counted) over last_years as years_hours,
        count(*) filter (where is_quality_assured) over last_years as years_assured_hours,
    from hours
    cross join gates
    window
        unit_time as (partition by unit_id, parameter order by hour_start_utc rows unbounded preceding),
        last_hours as (
            partition by unit_id, parameter
            order by hour_start_utc rows between (gates.operating_h - 1) preceding and current row
        ),
        last_years as (
            partition by unit_id, parameter
            order by hour_start_utc range between gates.clock_time preceding and current row
        )
)

select
    * exclude (
        is_counted, operating_h, last_hours, last_assured_hours, years_hours, years_assured_hours, certified_on,
        bins, load_number, is_co_measured
    ),
    {{ half_away(
        '100 * case when years_hours >= operating_h then last_assured_hours / last_hours'
        ~ ' else years_assured_hours / nullif(years_hours, 0) end',
        1
    ) }} as pma_pct,
from counted_hours
