{% set gate = parameter('coverage_gate_pct') %}

with sums as (
    select
        device_id,
        hour_start_utc,
        least(3600, coalesce(sum(known_s), 0)) as known_s,
        least(3600, coalesce(sum(running_s), 0)) as running_s,
        max(basis) as basis,
        max(step_s) as step_s,
        bool_or(is_time_declared) as is_time_declared,
        bool_or(is_qa) as is_qa,
        {% for column in [
            'gross_mw', 'fuel_flow_scfh', 'heat_input_mmbtu_h', 'gcv_btu_scf', 'stack_flow_scfh', 'nox_ppm', 'nox_ppm_15o2',
            'o2_pct', 'co2_pct', 'h2o_pct', 'nox_lb_per_mmbtu', 'co_ppm', 'nh3_flow_lb_h', 'scr_inlet_temperature_c',
        ] %}
            sum({{ column }}_sum) as {{ column }}_sum,
            sum({{ column }}_covered_s) as {{ column }}_covered_s,
        {% endfor %}
        sum(nox_lb) as nox_lb,
        sum(nox_lb_covered_s) as nox_lb_covered_s,
        sum(co2_short_tons) as co2_short_tons,
        sum(co2_short_tons_covered_s) as co2_short_tons_covered_s,
        bit_or(operated_quarters) as operated_quarters,
        bit_or((nox_quarters & diluent_quarters) | delivered_quarters) as valid_quarters,
        bit_or(co_quarters & diluent_quarters) as valid_co_quarters,
        {% for share in ['measured_s', 'heat_s', 'co_s', 'substituted_s'] %}
            least(3600, coalesce(sum({{ share }}), 0)) as {{ share }},
        {% endfor %}
        {% for quantity in ['nox', 'nox_mass', 'heat', 'co', 'co2'] %}
            max({{ quantity }}_method) as {{ quantity }}_method,
        {% endfor %}
        max(moisture_basis) as moisture_basis,
        max(modc) as modc,
    from {{ ref('int_turbine_hourly_inputs') }}
    group by device_id, hour_start_utc
),

gated_sums as (
    select
        *,
        coalesce(known_s * 100 >= 3600 * {{ gate }}, false) as is_op_time_known,
        gross_mw_covered_s * 100 >= 3600 * {{ gate }} as has_gross,
        fuel_flow_scfh_covered_s * 100 >= 3600 * {{ gate }} as has_fuel,
        heat_input_mmbtu_h_covered_s * 100 >= 3600 * {{ gate }} as has_heat_input,
        nox_lb_covered_s * 100 >= 3600 * {{ gate }} as has_nox_lb,
        co2_short_tons_covered_s * 100 >= 3600 * {{ gate }} as has_co2,
    from sums
)

select
    plan.site_id,
    plan.device_id,
    plan.hour_start_utc,
    plan.local_date,
    plan.nameplate_mw,
    plan.formula,
    plan.f_factor,
    plan.diluent_cap_pct,
    plan.co2_factor_id,
    plan.co2_lb_per_mmbtu,
    plan.has_other_base,
    coalesce(sums.moisture_basis, plan.moisture_basis, 'dry') as moisture_basis,
    case when is_op_time_known then running_s end as running_s,
    coalesce(known_s, 0) as known_s,
    basis,
    step_s,
    is_time_declared,
    is_qa,
    case when has_gross then gross_mw_sum end as gross_mw_s,
    case when has_fuel then fuel_flow_scfh_sum end as fuel_scfh_s,
    case
        when has_heat_input and not (plan.is_heat_by_fuel and has_fuel) then heat_input_mmbtu_h_sum / 3600e0
        when has_fuel and not plan.has_other_base then
            fuel_flow_scfh_sum * coalesce(gcv_btu_scf_sum / nullif(gcv_btu_scf_covered_s, 0), cast(plan.gcv_btu_scf as double)) / 3600e6
    end as heat_input_mmbtu,
    {% for column in [
        'nox_ppm', 'nox_ppm_15o2', 'o2_pct', 'co2_pct', 'h2o_pct', 'nox_lb_per_mmbtu', 'co_ppm', 'nh3_flow_lb_h',
        'scr_inlet_temperature_c', 'stack_flow_scfh',
    ] %}
        {{ column }}_sum / nullif({{ column }}_covered_s, 0) as {{ column }},
    {% endfor %}
    case when has_nox_lb then nox_lb end as nox_lb,
    case when has_co2 then co2_short_tons end as co2_short_tons,
    bit_count(operated_quarters) as operated_quadrants,
    bit_count(valid_quarters) as valid_quadrants,
    bit_count(valid_co_quarters) as valid_co_quadrants,
    measured_s,
    heat_s,
    co_s,
    substituted_s,
    nox_method,
    nox_mass_method,
    heat_method,
    co_method,
    co2_method,
    modc,
from {{ ref('int_turbine_plan') }} as plan
left join gated_sums as sums using (device_id, hour_start_utc)
