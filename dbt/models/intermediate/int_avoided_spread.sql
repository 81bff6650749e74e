select
    cast(round({{ parameter('envelope_grid_cap_pct') }} * 10000) as bigint) as grid_ppm,
    cast(round({{ parameter('envelope_capability_pct') }} * 10000) as bigint) as capability_ppm,
    cast({{ parameter('interval_min_weeks') }} as integer) as min_weeks,
