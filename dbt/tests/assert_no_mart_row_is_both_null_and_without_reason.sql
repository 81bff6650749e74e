-- A key figure that is NULL says why; one that is present has no excuse.
select 'energy_balance_daily' as mart, site_id, cast(local_date as varchar) as row_key,
from {{ ref('energy_balance_daily') }}
where (closure_pct is null) <> (reason is not null)
union all
select 'battery_daily', site_id, cast(local_date as varchar),
from {{ ref('battery_daily') }}
where (rte_pct is null) <> (reason is not null)
union all
select 'site_power_5min', site_id, cast(interval_start_utc as varchar),
from {{ ref('site_power_5min') }}
where (balance_pct is null) <> (reason is not null)
union all
select 'peak_grid_share', site_id, period,
from {{ ref('peak_grid_share') }}
where (share_pct is null) <> (reason is not null)
union all
select 'battery_energy_by_purpose_daily', site_id, cast(local_date as varchar),
from {{ ref('battery_energy_by_purpose_daily') }}
where (discharged_mwh is null and charged_mwh is null) <> (reason is not null)
union all
select 'battery_capability', site_id, cast(month as varchar),
from {{ ref('battery_capability') }}
where (max_discharge_15min_mw is null) <> (reason is not null)
union all
select 'ride_through_events', site_id, event_id,
from {{ ref('ride_through_events') }}
where (is_success is null) <> (reason is not null)
union all
select 'delivery_funnel', site_id, cast(month as varchar),
from {{ ref('delivery_funnel') }}
where (available is null) <> (reason is not null)
union all
select 'gpu_intensity', site_id, cast(month as varchar),
from {{ ref('gpu_intensity') }}
where (kw_per_gpu is null) <> (reason is not null)
union all
select 'ramp_smoothing', site_id, cast(local_date as varchar),
from {{ ref('ramp_smoothing') }}
where (smoothing is null) <> (reason is not null)
union all
select 'emissions_avoided_daily', site_id, cast(local_date as varchar),
from {{ ref('emissions_avoided_daily') }}
where (fuel_mmbtu is null) <> (reason is not null) or (nox_lb is null) <> (nox_reason is not null)
union all
select 'monitor_availability', unit_id, cast(month as varchar),
from {{ ref('monitor_availability') }}
where (pma_pct is null) <> (reason is not null)
union all
select 'epa_parity', unit_id, cast(month as varchar),
from {{ ref('epa_parity') }}
where (within_tolerance_pct is null) <> (reason is not null)
union all
select 'permit_headroom_daily', site_id, concat(limit_id, ' ', local_date)
from {{ ref('permit_headroom_daily') }}
where (used is null) <> (reason is not null)
union all
select 'claim_check', boundary, concat_ws(' ', claim_id, part, period),
from {{ ref('claim_check') }}
where (value is null) <> (reason is not null)
union all
select 'last_resort_daily', boundary, cast(local_date as varchar),
from {{ ref('last_resort_daily') }}
where (last_resort_pct is null) <> (reason is not null)
union all
select 'demand_response', site_id, event_id,
from {{ ref('demand_response') }}
where (reduction_mw is null) <> (reason is not null)
union all
select 'dr_performance', site_id, event_id,
from {{ ref('dr_performance') }}
where (performance_pct is null) <> (reason is not null)
