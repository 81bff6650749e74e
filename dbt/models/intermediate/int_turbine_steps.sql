{{ config(schema='staging', materialized='view') }}
{% set means = [
    'gross_mw', 'fuel_flow_scfh', 'heat_input_mmbtu_h', 'gcv_btu_scf', 'nox_ppm', 'nox_ppm_15o2', 'o2_pct', 'co2_pct',
    'h2o_pct', 'nox_lb_per_mmbtu', 'co_ppm', 'nh3_flow_lb_h', 'scr_inlet_temperature_c', 'stack_flow_scfh', 'is_fired',
] %}
{% set amounts = ['nox_lb', 'co2_short_tons', 'operating_time_h'] %}
{% set words = ['moisture_basis', 'modc'] %}
{% set methods = {
    'nox_ppm': ['nox_ppm'], 'nox_ppm_15o2': ['nox_ppm_15o2'], 'nox_lb_per_mmbtu': ['nox_lb_per_mmbtu'], 'nox_lb': ['nox_lb'],
    'diluent': ['o2_pct', 'co2_pct', 'h2o_pct'], 'heat': ['heat_input_mmbtu_h', 'fuel_flow_scfh', 'gcv_btu_scf'],
    'stack_flow': ['stack_flow_scfh'], 'co_ppm': ['co_ppm'], 'co2': ['co2_short_tons'],
} %}

with judged_readings as (
    select
        turbines.* exclude (
            {% for column in methods.values() | sum(start=[]) %}{{ column }}_method, {% endfor %}
            {{ var('monitored_columns') | join(', ') }}
        ),
        {% for column in var('monitored_columns') %}
            case when is_monitor_valid then {{ column }} end as {{ column }},
        {% endfor %}
        cast({{ unit_is_fired('status') }} as integer) as is_fired,
        {% for quantity, columns in methods.items() %}
            {{ worst_method(columns) }} as {{ quantity }}_method,
        {% endfor %}
        coalesce(monitor_status in ('calibration', 'maintenance'), false) as is_qa,
        feeds.feed_rank,
        feeds.is_time_declared,
    from {{ ref('stg_turbines') }} as turbines
    inner join {{ ref('int_turbine_feeds') }} as feeds using (feed_id)
),

pieces as (
    {{ split_over_buckets('judged_readings', 3600) }}
),

hours as (
    select site_id, device_id, utc_date, bucket_start_utc, least(3600, min(interval_s)) as step_s,
    from pieces
    group by all
),

placed_pieces as (
    select
        pieces.*,
        hours.step_s,
        greatest(interval_start_utc, bucket_start_utc) as piece_start_utc,
        piece_start_utc + to_seconds(overlap_s) as piece_end_utc,
        bucket_start_utc + to_seconds(unnest(range(
            (date_diff('second', bucket_start_utc, piece_start_utc) // step_s) * step_s,
            date_diff('second', bucket_start_utc, piece_end_utc),
            step_s
        ))) as step_start_utc,
    from pieces
    inner join hours using (site_id, device_id, utc_date, bucket_start_utc)
),

step_pieces as (
    select
        * exclude (overlap_s),
        cast(date_diff(
            'second', greatest(piece_start_utc, step_start_utc), least(piece_end_utc, step_start_utc + to_seconds(step_s))
        ) as integer) as overlap_s,
    from placed_pieces
),

feed_steps as (
    select
        site_id,
        device_id,
        utc_date,
        bucket_start_utc as hour_start_utc,
        step_start_utc,
        cast(step_s as integer) as step_s,
        feed_rank,
        bool_or(is_time_declared) as is_time_declared,
        bool_or(is_qa) as is_qa,
        {% for column in means %}
            sum({{ column }} * overlap_s) as {{ column }}_sum,
            sum(overlap_s) filter (where {{ column }} is not null) as {{ column }}_covered_s,
        {% endfor %}
        {% for column in amounts %}
            sum({{ amount(column ~ ' * overlap_s / interval_s') }}) as {{ column }},
            sum(overlap_s) filter (where {{ column }} is not null) as {{ column }}_covered_s,
        {% endfor %}
        {% for column in words %}
            max({{ column }}) as {{ column }},
        {% endfor %}
        {% for quantity in methods %}
            max({{ quantity }}_method) as {{ quantity }}_method,
        {% endfor %}
    from step_pieces
    group by all
)

select
    site_id,
    device_id,
    utc_date,
    hour_start_utc,
    step_start_utc,
    step_s,
    bool_or(is_time_declared) as is_time_declared,
    bool_or(is_qa) as is_qa,
    {% for column in means %}
        arg_min({{ column }}_sum, feed_rank) as {{ column }}_sum,
        coalesce(arg_min({{ column }}_covered_s, feed_rank), 0) as {{ column }}_covered_s,
    {% endfor %}
    {% for column in amounts %}
        arg_min({{ column }}, feed_rank) as {{ column }},
        coalesce(arg_min({{ column }}_covered_s, feed_rank), 0) as {{ column }}_covered_s,
    {% endfor %}
    {% for column in words %}
        arg_min({{ column }}, feed_rank) as {{ column }},
    {% endfor %}
    {% for quantity in methods %}
        arg_min({{ quantity }}_method, feed_rank) as {{ quantity }}_method,
    {% endfor %}
from feed_steps
group by all
