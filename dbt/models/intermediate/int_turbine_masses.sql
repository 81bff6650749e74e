with hours as (
    select
        *,
        {{ half_away('running_s / 3600', 6) }} as operating_time_h,
        case
            when nox_lb_per_mmbtu is null and nox_ppm is not null then nox_lb_per_mmbtu_capped
            else nox_lb_per_mmbtu
        end as mass_rate,
        case when running_s = 0 then 0 else heat_input_mmbtu end as burnt_mmbtu,
        case
            when co_lb_per_mmbtu is null and co_ppm is not null then co_lb_per_mmbtu_capped
            else co_lb_per_mmbtu
        end as co_mass_rate,
    from {{ ref('int_turbine_rates') }}
)

select
    *,
    try_cast(case
        when running_s = 0 then 0
        when nox_ppm is not null and is_valid_hour and heat_input_mmbtu is null and stack_flow_scfh is not null
            then {{ nox_lb_by_stack_flow('nox_ppm', 'stack_flow_scfh', 'h2o_pct', 'moisture_basis', 'k') }}
        when nox_ppm is null and nox_lb is not null then nox_lb
        else mass_rate * burnt_mmbtu
    end as decimal(18, 6)) as total_nox_lb,
    try_cast(co_mass_rate * burnt_mmbtu as decimal(18, 6)) as burnt_co_lb,
    case when running_s > 0 then {{ half_away('coalesce(nox_lb_per_mmbtu_capped, nox_lb_per_mmbtu)', 3) }} end as p75_rate,
    case when running_s > 0 then {{ half_away('burnt_mmbtu * 3600 / running_s', 1) }} end as p75_mmbtu_h,
    case when running_s > 0
        then coalesce(is_valid_hour and nox_lb_per_mmbtu is not null and nox_method <> '3 substituted', false)
    end as is_nsps_valid,
    case when running_s > 0
        then coalesce(
            (is_valid_hour and p75_rate is not null or nox_ppm is null and nox_lb is not null)
            and nox_method <> '3 substituted'
            and coalesce(modc in ('01', '02', '03', '04', '14', '17', '21', '22'), true),
            false
        )
    end as is_quality_assured,
    case
        when running_s = 0 then 0
        else coalesce(
            cast(co2_short_tons as double), burnt_mmbtu * co2_lb_per_mmbtu / {{ factor('lb_per_short_ton') }}
        )
    end as total_co2_short_tons,
from hours
