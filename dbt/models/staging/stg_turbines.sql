select
    site_id,
    device_id,
    feed_id,
    utc_date,
    interval_start_utc,
    interval_s,
    method,
    {% for column in [
        'gross_mw', 'fuel_flow_scfh', 'heat_input_mmbtu_h', 'gcv_btu_scf', 'nox_ppm', 'nox_ppm_15o2', 'o2_pct', 'co2_pct',
        'h2o_pct', 'co_ppm', 'nox_lb', 'co2_short_tons', 'stack_flow_scfh', 'nh3_flow_lb_h', 'scr_inlet_temperature_c',
        'operating_time_h',
    ] %}
        {{ amount(column) }} as {{ column }},
    {% endfor %}
    cast(nox_lb_per_mmbtu as decimal(18, 9)) as nox_lb_per_mmbtu,
    moisture_basis,
    status,
    monitor_status,
    {{ is_monitor_valid('turbines') }} as is_monitor_valid,
    modc,
    measure_indicator,
    {% for column in [
        'gross_mw', 'fuel_flow_scfh', 'heat_input_mmbtu_h', 'gcv_btu_scf', 'nox_ppm', 'nox_ppm_15o2', 'o2_pct', 'co2_pct',
        'h2o_pct', 'co_ppm', 'nox_lb_per_mmbtu', 'nox_lb', 'co2_short_tons', 'stack_flow_scfh',
    ] %}
        {{ method_of(column) }} as {{ column }}_method,
    {% endfor %}
from {{ source('affected', 'turbines') }} as turbines
