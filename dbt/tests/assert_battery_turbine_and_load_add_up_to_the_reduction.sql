-- To the last digit, by interval and by event; where a part is NULL all are, and an event says why.
select site_id, event_id, cast(interval_start_utc as varchar) as row_key,
from {{ ref('demand_response') }}
where by_battery_mw + by_turbine_mw + by_load_mw <> reduction_mw
union all
select site_id, event_id, 'event',
from {{ ref('dr_performance') }}
where
    by_battery_mwh + by_turbine_mwh + by_load_mwh <> reduction_mwh
    or (by_battery_mwh is null or by_turbine_mwh is null or by_load_mwh is null) <> (split_reason is not null)
