{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='sync_all_columns',
    pre_hook="{{ delete_affected_days() }}",
) }}
{% set whole = ['gross_mw', 'fuel_flow_scfh', 'heat_input_mmbtu_h', 'gcv_btu_scf', 'stack_flow_scfh'] %}
{% set combusting = [
    'nox_ppm', 'nox_ppm_15o2', 'o2_pct', 'co2_pct', 'h2o_pct', 'nox_lb_per_mmbtu', 'co_ppm', 'nh3_flow_lb_h',
    'scr_inlet_temperature_c',
] %}

select
    site_id,
    device_id,
    hour_start_utc,
    utc_date,
    cast(coalesce(sum(known_s), 0) as integer) as known_s,
    {{ amount('coalesce(sum(running_s), 0)') }} as running_s,
    cast(max(basis) as integer) as basis,
    cast(max(step_s) as integer) as step_s,
    bool_or(is_time_declared) as is_time_declared,
    bool_or(is_qa) as is_qa,
    {% for column in whole %}
        cast(sum({{ column }}_sum) as decimal(38, 6)) as {{ column }}_sum,
        cast(sum({{ column }}_covered_s) as integer) as {{ column }}_covered_s,
    {% endfor %}
    {% for column in combusting %}
        cast(sum({{ column }}_sum) filter (where is_running) as decimal(38, 9)) as {{ column }}_sum,
        cast(coalesce(sum({{ column }}_covered_s) filter (where is_running), 0) as integer) as {{ column }}_covered_s,
    {% endfor %}
    {% for column in ['nox_lb', 'co2_short_tons'] %}
        cast(sum({{ column }}) as decimal(38, 6)) as {{ column }},
        cast(sum({{ column }}_covered_s) as integer) as {{ column }}_covered_s,
    {% endfor %}
    {% for name, condition in [
        ('operated', 'is_running'),
        ('nox', 'is_running and nox_ppm_covered_s > 0'),
        ('co', 'is_running and co_ppm_covered_s > 0'),
        ('diluent', 'is_running and has_diluent'),
        ('delivered', 'is_running and nox_ppm_15o2_covered_s + nox_lb_per_mmbtu_covered_s > 0'),
    ] %}
        cast(
            coalesce(bit_or({{ quarter_bits('step_start_utc', 'step_s') }}) filter (where {{ condition }}), 0) as integer
        ) as {{ name }}_quarters,
    {% endfor %}
    {% for name, condition in [
        ('measured', "has_nox and has_heat and greatest(nox_method, nox_mass_method) <> '3 substituted'"),
        ('substituted', "greatest(nox_method, nox_mass_method) = '3 substituted'"),
        ('heat', "has_heat_input and heat_method <> '3 substituted'"),
        ('co', "has_heat_input and has_diluent and greatest(co_method, heat_method) <> '3 substituted' and co_method is not null"),
    ] %}
        {{ amount('coalesce(sum(running_s) filter (where ' ~ condition ~ '), 0)') }} as {{ name }}_s,
    {% endfor %}
    {% for quantity in ['nox', 'nox_mass', 'heat', 'co', 'co2'] %}
        max({{ quantity }}_method) filter (where is_running) as {{ quantity }}_method,
    {% endfor %}
    max(moisture_basis) filter (where is_running) as moisture_basis,
    max(modc) filter (where is_running) as modc,
    {{ amount('min(gross_mw_sum / nullif(gross_mw_covered_s, 0)) filter (where is_running)') }} as lowest_gross_mw,
from {{ ref('int_turbine_states') }}
group by site_id, device_id, hour_start_utc, utc_date
order by site_id, utc_date, device_id, hour_start_utc
