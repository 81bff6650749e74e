-- Invariant I4 of the KPI reference.
select site_id, local_date, scenario,
from {{ ref('turbine_hours_avoided_daily') }}
where avoided_h > without_battery_h or unserved_mwh < 0
