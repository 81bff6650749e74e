-- Charge and discharge are kept apart before they are summed.
select site_id, device_id, local_date, charged_mwh, discharged_mwh,
from {{ ref('battery_daily') }}
where charged_mwh < 0 or discharged_mwh < 0
