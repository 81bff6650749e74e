with factors as (
    select factor_id, max_by(value, coalesce(valid_from, date '0001-01-01')) as value,
    from {{ source('reference', 'factors') }}
    where valid_to is null
    group by factor_id
),

monitored as (
    select
        plan.*,
        cast(plan.mpc_ppm as double) as mpc,
        cast(plan.diluent_cap_pct as double) as cap_pct,
        if(plan.parameter = 'co', {{ factor('k_co') }}, {{ factor('k_nox') }}) as k,
        plan.formula in ('19-6', 'F-6') as is_by_co2,
        coalesce(factors.value, if(is_by_co2, {{ factor('fc_gas') }}, {{ factor('fd_gas') }})) as f_factor,
        {{ factor('o2_air') }} as air_pct,
    from {{ source('reference', 'monitoring_plan') }} as plan
    left join factors using (factor_id)
    where plan.parameter in ('nox', 'co') and plan.formula <> 'EF'
)

select
    unit_id,
    parameter,
    valid_from,
    valid_to,
    certified_on,
    control,
    load_bins,
    {{ unrounded(
        'if(is_by_co2, ' ~ emission_rate_co2('mpc', 'cap_pct', 'k', 'f_factor')
        ~ ', ' ~ emission_rate_dry_o2('mpc', 'cap_pct', 'k', 'f_factor', 'air_pct') ~ ')'
    ) }} as maximum_value,
from monitored
union all by name
select
    device_id as unit_id,
    'heat_input' as parameter,
    valid_from,
    valid_to,
    {{ unrounded('coalesce(peak_heat_input_mmbtu_h, nameplate_mw * ' ~ parameter('peak_heat_rate_mmbtu_mwh') ~ ')') }} as maximum_value,
from {{ source('reference', 'devices') }}
where kind = 'unit'
