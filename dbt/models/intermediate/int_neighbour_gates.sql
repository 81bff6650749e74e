{% set gates = [
    'suspect_min_min',
    'suspect_max_lag_min',
    'suspect_explained_pct',
    'suspect_tells_pct',
    'suspect_overload_pct',
    'suspect_misfit',
    'suspect_distinct',
    'suspect_flat_pct',
    'witness_meter_pct',
    'witness_floor_pct',
    'witness_charge_pct',
    'witness_fuel_pct',
    'witness_fuel_settle_min',
    'like_blocks_pct',
    'like_blocks_floor_pct',
    'like_nox_pct',
    'like_oxygen_pct',
    'like_settle_min',
    'like_load_pct',
    'rte_assumed',
    'heat_no_load_low',
    'heat_no_load_high',
    'heat_slope_low',
    'heat_slope_high',
] %}

{% for gate in gates %}
    select '{{ gate }}' as parameter_id, cast({{ parameter(gate) }} as double) as value,
    {{ 'union all' if not loop.last }}
{% endfor %}
