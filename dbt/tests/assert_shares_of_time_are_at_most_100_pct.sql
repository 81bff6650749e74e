{% for mart in [
    'site_power_5min', 'energy_balance_daily', 'battery_daily', 'grid_limits_daily', 'data_quality_daily', 'peak_grid_share',
    'turbine_hours_avoided_daily', 'turbine_hourly', 'emissions_monthly', 'battery_energy_by_purpose_daily',
    'battery_capability', 'ride_through_events', 'delivery_funnel', 'gpu_intensity', 'ramp_smoothing',
    'turbine_pollutant_hourly', 'monitor_availability', 'epa_parity',
    'demand_response', 'dr_performance', 'claim_check', 'last_resort_daily', 'emissions_avoided_daily',
] %}
select '{{ mart }}' as mart, site_id, data_coverage_pct,
from {{ ref(mart) }}
where data_coverage_pct not between 0 and 100
{% if not loop.last %}union all{% endif %}
{% endfor %}
