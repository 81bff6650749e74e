with unit_pollutants as (
    select *, unnest({{ var('pollutants') }}) as pollutant,
    from {{ ref('int_turbine_masses') }}
),

factors as (
    select
        factor_id,
        value * if(unit like 'kg/%', {{ factor('lb_per_kg') }}, 1) as factor_lb_per_mmbtu,
        method as factor_method,
        verified_by is not null as is_verified,
    from {{ source('reference', 'factors') }}
    where valid_to is null
    qualify row_number() over (partition by factor_id order by coalesce(valid_from, date '0001-01-01') desc) = 1
),

planned_rows as (
    select
        rows.*,
        case
            when rows.pollutant in ('nox', 'co') and coalesce(plan.formula, '') <> 'EF' then rows.pollutant
            when rows.pollutant = 'co2' and rows.co2_short_tons is not null and rows.running_s > 0 then 'co2'
            else 'factor'
        end as known_by,
        case known_by
            when 'nox' then 'k_nox'
            when 'co' then 'k_co'
            when 'factor' then coalesce(plan.factor_id, if(rows.pollutant = 'co2', 'co2_kg_per_mmbtu', null))
        end as factor_id,
    from unit_pollutants as rows
    left join {{ source('reference', 'monitoring_plan') }} as plan
        on plan.unit_id = rows.device_id and plan.parameter = rows.pollutant and {{ is_valid_on('plan', 'rows.local_date') }}
),

substitutes as (
    select
        unit_id as device_id,
        hour_start_utc,
        parameter,
        {% for chain in var('filled_masses') %}
            any_value(substitute_value) filter (where chain = '{{ chain }}') as {{ chain }}_value,
        {% endfor %}
        any_value(basis) filter (where chain = 'load_bin') as basis,
        any_value(modc) filter (where chain = 'part75') as modc,
    from {{ ref('int_substitutes') }}
    group by unit_id, hour_start_utc, parameter
),

amounts as (
    select
        *,
        case known_by when 'nox' then nox_lb_per_mmbtu when 'co' then co_lb_per_mmbtu when 'factor' then factor_lb_per_mmbtu end
            as rate,
        case known_by when 'nox' then mass_rate when 'co' then co_mass_rate when 'factor' then factor_lb_per_mmbtu end as burnt_rate,
        case known_by
            when 'nox' then cast(total_nox_lb as double)
            when 'co' then burnt_co_lb
            when 'co2' then co2_short_tons * {{ factor('lb_per_short_ton') }}
            when 'factor' then factor_lb_per_mmbtu * burnt_mmbtu
        end as burnt_lb,
        case known_by
            when 'nox' then measured_s
            when 'co' then co_s
            when 'co2' then if(co2_method = '3 substituted', 0, running_s)
            else if(factor_lb_per_mmbtu is null, 0, heat_s)
        end as good_s,
        case known_by
            when 'nox' then case
                when nox_method = '3 substituted' then 'cems_part75'
                when nox_ppm is null and running_s > 0 then 'delivered'
                else 'cems_nsps'
            end
            when 'co' then if(co_method = '3 substituted', 'cems_part75', 'cems_nsps')
            when 'co2' then 'delivered'
            else factor_method
        end as known_method,
        case known_by
            when 'nox' then greatest(nox_method, nox_mass_method)
            when 'co' then greatest(co_method, heat_method)
            when 'co2' then co2_method
            else heat_method
        end as mass_method,
    from planned_rows
    left join factors using (factor_id)
),

masses as (
    select
        rows.*,
        try_cast(if(running_s = 0, 0, burnt_lb) as decimal(18, 6)) as lb,
        {% for chain in var('filled_masses') %}
            coalesce(burnt_mmbtu, heats.{{ chain }}_value * running_s / 3600) as {{ chain }}_mmbtu,
            coalesce(
                lb, try_cast(coalesce(burnt_rate, rates.{{ chain }}_value) * {{ chain }}_mmbtu as decimal(18, 6))
            ) as {{ chain }}_lb,
        {% endfor %}
        coalesce(rates.basis, heats.basis) as fill_basis,
        rates.modc as rate_modc,
        case when running_s is null
            then if(known_by = 'factor', factor_lb_per_mmbtu, cast(most.maximum_value as double)) * hottest.maximum_value
        end as possible_lb,
    from amounts as rows
    left join substitutes as rates
        on rates.device_id = rows.device_id and rates.hour_start_utc = rows.hour_start_utc and rates.parameter = rows.known_by
    left join substitutes as heats
        on heats.device_id = rows.device_id and heats.hour_start_utc = rows.hour_start_utc and heats.parameter = 'heat_input'
    {% for name, parameter in [('most', 'rows.known_by'), ('hottest', "'heat_input'")] %}
        left join {{ ref('int_unit_maxima') }} as {{ name }}
            on {{ name }}.unit_id = rows.device_id
            and {{ name }}.parameter = {{ parameter }}
            and {{ is_valid_on(name, 'rows.local_date') }}
    {% endfor %}
),

judged as (
    select
        rows.*,
        known_by in ('nox', 'co') and monitored.unit_id is null and rate is null as is_unmonitored,
    from masses as rows
    left join {{ ref('int_monitored_parameters') }} as monitored
        on monitored.unit_id = rows.device_id and monitored.parameter = rows.pollutant
)

select
    rows.site_id,
    rows.device_id as unit_id,
    rows.hour_start_utc,
    rows.pollutant,
    {{ amount("case when running_s > 0 then case known_by when 'nox' then measured_nox_ppm when 'co' then co_ppm end end") }} as ppm,
    case when running_s > 0 then case known_by when 'nox' then nox_ppm_15o2 when 'co' then co_ppm_15o2 end end as ppm_15o2,
    {{ unrounded('case when running_s > 0 then rate end') }} as lb_per_mmbtu,
    lb,
    if(lb is null or is_unmonitored, null, known_method) as method,
    rows.factor_id,
    is_verified as factor_is_verified,
    case when running_s > 0 and known_by in ('nox', 'co') and not is_unmonitored
        then rate is not null and known_method <> 'cems_part75'
    end as is_valid_nsps,
    operating_time_h,
    load_bin_lb as lb_best_estimate,
    part75_lb as lb_part75,
    maximum_potential_lb as lb_maximum_potential,
    {{ amount('possible_lb') }} as lb_possible,
    {{ amount('load_bin_mmbtu') }} as heat_input_mmbtu_best_estimate,
    case when operating_time_h is not null
        then operating_time_h > 0 and if(lb is null, load_bin_lb is not null, coalesce(mass_method = '3 substituted', false))
    end as is_substituted,
    case when lb is null then fill_basis end as substitute_basis,
    case when lb is null then rate_modc end as substitute_modc,
    {{ amount(
        "case when running_s = 0 then known_s / 36 when running_s is null or lb is null and burnt_rate is not null then 0"
        ~ " else coalesce(100 * good_s / running_s, 0) end"
    ) }}
        as data_coverage_pct,
    case
        when lb is not null then null
        when running_s is null then 'op_time_unknown'
        when known_by = 'factor' and factor_lb_per_mmbtu is null then 'no_factor'
        when is_unmonitored then 'no_factor'
        when known_by <> 'factor' and rate is null then coalesce(rate_reason, 'monitor_downtime')
        when has_other_base then 'base_conditions_differ'
        else 'heat_input_missing'
    end as reason,
    {{ version_id() }} as version_id,
from judged as rows
order by rows.site_id, unit_id, rows.hour_start_utc, rows.pollutant
