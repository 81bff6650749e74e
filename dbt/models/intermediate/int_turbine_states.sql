{{ config(schema='staging', materialized='view') }}

with units as (
    select device_id, max(nameplate_mw) as nameplate_mw,
    from {{ source('reference', 'devices') }}
    where kind = 'unit'
    group by device_id
),

judged_steps as (
    select
        steps.*,
        units.nameplate_mw,
        case
            when operating_time_h_covered_s > 0 then 1
            when fuel_flow_scfh_covered_s > 0 then 2
            when is_fired_covered_s > 0 then 3
            when gross_mw_covered_s > 0 and units.nameplate_mw > 0 then 4
        end as basis,
        case basis
            when 1 then operating_time_h > 0
            when 2 then fuel_flow_scfh_sum > fuel_flow_scfh_covered_s * {{ parameter('fuel_flow_running_scfh') }}
            when 3 then is_fired_sum > 0
            when 4 then case
                when gross_mw_sum * 100 > gross_mw_covered_s * units.nameplate_mw * {{ parameter('running_threshold_pct') }}
                    then true
                when gross_mw_sum * 100 <= gross_mw_covered_s * units.nameplate_mw * {{ parameter('running_off_threshold_pct') }}
                    then false
            end
        end as is_clearly_running,
        case basis
            when 1 then operating_time_h_covered_s when 2 then fuel_flow_scfh_covered_s when 3 then is_fired_covered_s when 4 then gross_mw_covered_s
        end as known_s,
    from {{ ref('int_turbine_steps') }} as steps
    left join units using (device_id)
),

running_steps as (
    select
        * exclude (is_clearly_running),
        case
            when basis = 4 then coalesce(
                is_clearly_running,
                last_value(is_clearly_running ignore nulls) over (unit_day rows unbounded preceding),
                first_value(is_clearly_running ignore nulls) over (unit_day rows between current row and unbounded following),
                false
            )
            else is_clearly_running
        end as is_running,
    from judged_steps
    window unit_day as (partition by device_id, utc_date order by step_start_utc)
)

select
    *,
    case
        when is_running is null then null
        when not is_running then 0
        when basis = 1 then least(known_s, operating_time_h * 3600)
        else known_s
    end as running_s,
    gross_mw_sum * 100 >= gross_mw_covered_s * nameplate_mw * {{ parameter('startup_end_load_pct') }} as is_loaded,
    o2_pct_covered_s + co2_pct_covered_s > 0 as has_diluent,
    nox_ppm_covered_s > 0 and has_diluent as has_concentrations,
    has_concentrations or nox_ppm_15o2_covered_s + nox_lb_per_mmbtu_covered_s + nox_lb_covered_s > 0 as has_nox,
    fuel_flow_scfh_covered_s + heat_input_mmbtu_h_covered_s > 0 as has_heat_input,
    has_heat_input or nox_lb_covered_s > 0 as has_heat,
    case
        when nox_ppm_covered_s > 0 then greatest(nox_ppm_method, diluent_method)
        when nox_ppm_15o2_covered_s > 0 then nox_ppm_15o2_method
        when nox_lb_per_mmbtu_covered_s > 0 then nox_lb_per_mmbtu_method
        when nox_lb_covered_s > 0 then nox_lb_method
        else coalesce(nox_ppm_method, nox_ppm_15o2_method)
    end as nox_method,
    case
        when nox_ppm_covered_s = 0 and nox_lb_covered_s > 0 then nox_lb_method
        when nox_method is not null then greatest(nox_method, coalesce(heat_method, stack_flow_method))
    end as nox_mass_method,
    case when co_ppm_covered_s > 0 then greatest(co_ppm_method, diluent_method) end as co_method,
from running_steps
