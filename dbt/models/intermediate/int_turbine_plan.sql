with fuels as (
    select
        fuel_id,
        sampled_at,
        lead(sampled_at, 1, timestamp '9999-12-31') over (partition by fuel_id order by sampled_at) as until_utc,
        gcv_btu_scf,
        base_temperature || ' ' || base_pressure as base_conditions,
    from {{ source('reference', 'fuel_analysis') }}
),

factors as (
    select factor_id, max_by(value, coalesce(valid_from, date '0001-01-01')) as value, max(unit) as unit,
    from {{ source('reference', 'factors') }}
    where valid_to is null
    group by factor_id
)

select
    hours.*,
    case nox.formula when 'F-5' then '19-1' when 'F-6' then '19-6' else nox.formula end as formula,
    nox_factors.value as f_factor,
    nox.moisture_basis,
    case when nox.is_diluent_cap_elected then cast(nox.diluent_cap_pct as double) end as diluent_cap_pct,
    coalesce(heat.formula like 'D-%', false) as is_heat_by_fuel,
    fuels.gcv_btu_scf,
    coalesce(heat.flow_base <> fuels.base_conditions, false) as has_other_base,
    coalesce(co2.factor_id, 'co2_kg_per_mmbtu') as co2_factor_id,
    co2_factors.value * case when co2_factors.unit like 'kg/%' then {{ factor('lb_per_kg') }} else 1 end as co2_lb_per_mmbtu,
from {{ ref('int_turbine_unit_hours') }} as hours
{% for parameter in ['nox', 'heat_input', 'co2'] %}
    {% set plan = 'heat' if parameter == 'heat_input' else parameter %}
    left join {{ source('reference', 'monitoring_plan') }} as {{ plan }}
        on {{ plan }}.unit_id = hours.device_id
        and {{ plan }}.parameter = '{{ parameter }}'
        and {{ is_valid_on(plan, 'hours.local_date') }}
{% endfor %}
left join factors as nox_factors on nox_factors.factor_id = nox.factor_id
left join factors as co2_factors on co2_factors.factor_id = coalesce(co2.factor_id, 'co2_kg_per_mmbtu')
left join fuels
    on fuels.fuel_id = heat.fuel_id
    and hours.hour_start_utc >= fuels.sampled_at
    and hours.hour_start_utc < fuels.until_utc
