with unit_figures as (
    select
        units.*,
        case units.model when 'without_battery' then 1 else -1 end as sign,
        curves.no_load_mmbtu_h * units.unit_steps / 12 + curves.slope * units.watt_steps / 12e6 as heat_mmbtu,
        rates.nox_lb_per_mmbtu,
        coalesce(rates.is_own_bin, false) as is_own_bin,
        starts_of.start_nox_lb,
    from {{ ref('int_counterfactual_unit_daily') }} as units
    inner join {{ ref('int_start_nox') }} as starts_of on starts_of.device_id = units.device_id
    left join {{ ref('int_heat_input_curves') }} as curves on curves.device_id = units.device_id
    left join {{ ref('int_nox_by_load_bin') }} as rates
        on rates.device_id = units.device_id and rates.load_bin = units.load_bin
),

sums as (
    select
        site_id,
        scenario,
        local_date,
        bool_and(heat_mmbtu is not null) as has_curves,
        bool_and(nox_lb_per_mmbtu is not null) as has_rates,
        sum({{ amount('sign * heat_mmbtu') }}) as fuel_mmbtu,
        sum({{ amount('sign * heat_mmbtu * nox_lb_per_mmbtu') }}) as nox_lb,
        sum({{ amount('-sign * starts * start_nox_lb') }}) as start_penalty_nox_lb,
        sum({{ amount('heat_mmbtu * nox_lb_per_mmbtu + if(starts = 0, 0, starts * start_nox_lb)') }})
            filter (where model = 'without_battery') as without_battery_nox_lb,
        bool_and(starts = 0 or start_nox_lb is not null) as has_start_factors,
        100 * sum({{ amount('heat_mmbtu') }}) filter (where not is_own_bin) / nullif(sum({{ amount('heat_mmbtu') }}), 0)
            as nox_other_bins_pct,
    from unit_figures
    group by site_id, scenario, local_date
),

grid_factors as (
    select systems.site_id, kinds.kind, systems.system_id || '_' || kinds.kind as factor_id, co2.value as co2, nox.value as nox,
    from {{ source('reference', 'site_systems') }} as systems
    cross join (values ('marginal', 1), ('average', 2)) as kinds (kind, preference)
    inner join {{ source('reference', 'factors') }} as co2
        on co2.factor_id = systems.system_id || '_' || kinds.kind || '_co2_lb_per_mwh' and co2.valid_to is null
    left join {{ source('reference', 'factors') }} as nox
        on nox.factor_id = systems.system_id || '_' || kinds.kind || '_nox_lb_per_mwh' and nox.valid_to is null
    where systems.valid_to is null
    qualify row_number() over (partition by systems.site_id order by kinds.preference, systems.system_id) = 1
),

figures as (
    select
        hours.site_id,
        hours.local_date,
        hours.method_id,
        hours.scenario,
        hours.data_coverage_pct,
        hours.is_publishable,
        sums.* exclude (site_id, scenario, local_date),
        grid_factors.* exclude (site_id),
        models.extra_import_watt_steps / 12e6 as induced_import_mwh,
        bounds.* exclude (site_id, scenario, period, starts_on, days),
        case
            when hours.reason is not null then hours.reason
            when not coalesce(has_curves, true) then 'no_heat_input_curve'
        end as reason,
        case
            when hours.reason is not null then hours.reason
            when not coalesce(has_curves, true) then 'no_heat_input_curve'
            when not coalesce(has_rates, true) then 'no_nox_rate'
            when not coalesce(has_start_factors, true) then 'no_start_factor'
        end as nox_reason,
    from {{ ref('turbine_hours_avoided_daily') }} as hours
    inner join {{ ref('int_counterfactual_daily') }} as models using (site_id, scenario, local_date)
    left join sums using (site_id, scenario, local_date)
    left join {{ ref('int_avoided_interval') }} as bounds
        on bounds.site_id = hours.site_id
        and bounds.scenario = hours.scenario
        and bounds.starts_on = hours.local_date
        and bounds.period = 'day'
    left join grid_factors on grid_factors.site_id = hours.site_id
    where hours.method_id = 'A'
)

select
    site_id,
    local_date,
    method_id,
    scenario,
    case when reason is null then {{ amount('coalesce(fuel_mmbtu, 0)') }} end as fuel_mmbtu,
    case when nox_reason is null then {{ amount('coalesce(nox_lb, 0)') }} end as nox_lb,
    case when reason is null then
        {{ amount('coalesce(fuel_mmbtu, 0) * ' ~ factor('co2_kg_per_mmbtu') ~ ' * ' ~ factor('lb_per_kg') ~ ' / ' ~ factor('lb_per_short_ton')) }}
    end as co2_short_tons,
    case when nox_reason is null then {{ amount('coalesce(start_penalty_nox_lb, 0)') }} end as start_penalty_nox_lb,
    case when reason is null then {{ amount('induced_import_mwh * co2 / ' ~ factor('lb_per_short_ton')) }} end
        as induced_grid_co2_short_tons,
    case when reason is null then {{ amount('induced_import_mwh * nox') }} end as induced_grid_nox_lb,
    factor_id as induced_factor_id,
    kind as induced_factor_kind,
    case when nox_reason is null then {{ amount('coalesce(nox_lb, 0) - coalesce(start_penalty_nox_lb, 0)') }} end as nox_net_lb,
    case when nox_reason is null then {{ amount('coalesce(without_battery_nox_lb, 0)') }} end as without_battery_nox_lb,
    case when reason is null then {{ amount('induced_import_mwh') }} end as induced_import_mwh,
    case when nox_reason is null then {{ amount('coalesce(nox_other_bins_pct, 0)') }} end as nox_other_bins_pct,
    nox_reason,
    {% for end in ['low', 'high'] %}
        case when reason is null then {{ amount(end ~ '_fuel_mmbtu') }} end as fuel_mmbtu_{{ end }},
        case when reason is null then
            {{ amount(end ~ '_fuel_mmbtu * ' ~ factor('co2_kg_per_mmbtu') ~ ' * ' ~ factor('lb_per_kg') ~ ' / ' ~ factor('lb_per_short_ton')) }}
        end as co2_short_tons_{{ end }},
        case when nox_reason is null then {{ amount(end ~ '_nox_lb') }} end as nox_net_lb_{{ end }},
    {% endfor %}
    coalesce(reason, if(low_fuel_mmbtu is null, 'too_few_weeks', null)) as interval_reason,
    coalesce(nox_reason, if(low_nox_lb is null, 'too_few_weeks', null)) as nox_interval_reason,
    reason is null and is_publishable as is_publishable,
    data_coverage_pct,
    reason,
    {{ version_id() }} as version_id,
from figures
order by site_id, local_date, scenario
