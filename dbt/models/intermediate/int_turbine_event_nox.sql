with pieces as (
    select
        events.site_id,
        events.device_id,
        events.kind,
        events.started_at,
        events.ended_at,
        runs.* exclude (site_id, device_id),
        date_diff('second', greatest(events.started_at, runs.from_utc), least(events.ended_at, runs.to_utc)) as piece_s,
        date_diff('second', runs.from_utc, runs.to_utc) as whole_s,
    from {{ ref('int_turbine_events') }} as events
    inner join {{ ref('int_turbine_runs') }} as runs
        on runs.device_id = events.device_id
        and runs.is_running
        and runs.from_utc < events.ended_at
        and runs.to_utc > events.started_at
),

sums as (
    select
        site_id,
        device_id,
        kind,
        started_at,
        ended_at,
        date_diff('second', started_at, ended_at) as event_s,
        {{ parameter('coverage_gate_pct') }} as gate_pct,
        sum({{ amount('running_s * piece_s / whole_s') }}) as running_s,
        {% for column in var('event_means') %}
            sum(cast({{ column }}_sum * piece_s / whole_s as decimal(38, 9))) as {{ column }}_sum,
            sum({{ amount(column ~ '_covered_s * piece_s / whole_s') }}) as {{ column }}_covered_s,
        {% endfor %}
        max(nox_method) as nox_method,
        max(greatest(nox_method, heat_method)) = '3 substituted' as is_substituted,
        max(moisture_basis) as moisture_basis,
    from pieces
    group by all
),

means as (
    select
        sums.site_id,
        sums.device_id,
        sums.kind,
        sums.started_at,
        sums.ended_at,
        sums.nox_method,
        sums.is_substituted,
        coalesce(sums.moisture_basis, plan.moisture_basis, 'dry') as moisture_basis,
        plan.formula,
        plan.f_factor as plan_f_factor,
        plan.diluent_cap_pct,
        {% for column in ['nox_ppm', 'nox_ppm_15o2', 'o2_pct', 'co2_pct', 'h2o_pct', 'nox_lb_per_mmbtu'] %}
            case when sums.{{ column }}_covered_s * 100 >= sums.running_s * sums.gate_pct
                then sums.{{ column }}_sum / nullif(sums.{{ column }}_covered_s, 0)
            end as mean_{{ column }},
            if(mean_{{ column }} < 0, 0, mean_{{ column }}) as {{ column }},
        {% endfor %}
        sums.heat_input_mmbtu_h_covered_s * 100 >= sums.event_s * sums.gate_pct as has_heat_input,
        sums.fuel_flow_scfh_covered_s * 100 >= sums.event_s * sums.gate_pct as has_fuel,
        case
            when has_heat_input and not (plan.is_heat_by_fuel and has_fuel) then sums.heat_input_mmbtu_h_sum / 3600e0
            when has_fuel and not plan.has_other_base then
                sums.fuel_flow_scfh_sum
                * coalesce(sums.gcv_btu_scf_sum / nullif(sums.gcv_btu_scf_covered_s, 0), cast(plan.gcv_btu_scf as double)) / 3600e6
        end as heat_input_mmbtu,
    from sums
    left join {{ ref('int_turbine_plan') }} as plan
        on plan.device_id = sums.device_id and plan.hour_start_utc = date_trunc('hour', sums.started_at)
),

formulas as (
    select
        *,
        {{ emission_formula('plan_f_factor') }},
    from means
),

rates as (
    select
        *,
        case
            when is_substituted then null
            when nox_ppm is not null then coalesce(
                {{ emission_rate('nox_ppm', 'k', 'o2_pct', 'co2_pct') }},
                {{ emission_rate_capped('nox_ppm', 'k') }}
            )
            when nox_ppm_15o2 is not null then nox_ppm_15o2 * {{ emission_rate_per_ppm_15o2() }}
            else nox_lb_per_mmbtu
        end as rate,
    from formulas
)

select
    site_id,
    device_id,
    kind,
    started_at,
    ended_at,
    try_cast(rate * heat_input_mmbtu as decimal(18, 6)) as nox_lb,
    case
        when nox_lb is not null then null
        when nox_method is null then 'not_monitored'
        when is_substituted then 'substituted'
        when rate is null then 'monitor_downtime'
        else 'heat_input_missing'
    end as reason,
from rates
