-- A key figure that is NULL says why; one that is present has no excuse.
{% set figures = [
    ('energy_balance_daily', 'closure_pct', 'reason'),
    ('battery_daily', 'rte_pct', 'reason'),
    ('site_power_5min', 'balance_pct', 'reason'),
    ('peak_grid_share', 'share_pct', 'reason'),
    ('peak_grid_share', 'battery_relief_mw', 'relief_reason'),
    ('battery_energy_by_purpose_daily', 'coalesce(discharged_mwh, charged_mwh)', 'reason'),
    ('battery_capability', 'max_discharge_15min_mw', 'reason'),
    ('ride_through_events', 'is_success', 'reason'),
    ('delivery_funnel', 'available', 'reason'),
    ('gpu_intensity', 'kw_per_gpu', 'reason'),
    ('ramp_smoothing', 'smoothing', 'reason'),
    ('demand_response', 'reduction_mw', 'reason'),
    ('dr_performance', 'performance_pct', 'reason'),
    ('turbine_hourly', 'if(nox_lb_per_mmbtu is null, null, nox_lb)', 'reason'),
    ('turbine_pollutant_hourly', 'lb', 'reason'),
    ('emissions_monthly', 'short_tons', 'reason'),
    ('turbine_starts', 'ended_at', 'reason'),
    ('permit_headroom_daily', 'used', 'reason'),
    ('monitor_availability', 'pma_pct', 'reason'),
    ('epa_parity', 'within_tolerance_pct', 'reason'),
    ('turbine_hours_avoided_daily', 'avoided_h', 'reason'),
    ('emissions_avoided_daily', 'fuel_mmbtu', 'reason'),
    ('emissions_avoided_daily', 'nox_lb', 'nox_reason'),
    ('last_resort_daily', 'last_resort_pct', 'reason'),
    ('claim_check', 'value', 'reason'),
] %}
{% for mart, figure, reason in figures %}
    select '{{ mart }}' as mart, cast(mart_rows as varchar) as mart_row,
    from {{ ref(mart) }} as mart_rows
    where ({{ figure }} is null) <> ({{ reason }} is not null)
    {{ 'union all' if not loop.last }}
{% endfor %}
