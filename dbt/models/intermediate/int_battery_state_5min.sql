with sites_that_tell as (
    select distinct columns.site_id,
    from {{ source('reference', 'feed_columns') }} as columns
    inner join {{ ref('int_counted_meters') }} as meters using (device_id)
    where meters.source = 'battery' and columns.column_name = 'available_discharge_mw'
),

device_states as (
    select *,
    from {{ ref('int_battery_5min') }}
    qualify row_number() over (partition by site_id, device_id, interval_start_utc order by utc_date desc) = 1
),

states as (
    select
        site_id,
        interval_start_utc,
        sum(soc_pct * available_mwh) as weighted_soc_pct,
        {{ amount('sum(available_mwh) filter (where soc_pct is not null)') }} as available_mwh,
        {{ amount('sum(energy_mwh) filter (where soc_pct is not null)') }} as rated_mwh,
        {{ amount('sum(' ~ amount('soc_pct * energy_mwh / 100 * coalesce(soh_pct, 100) / 100') ~ ')') }} as healthy_stored_mwh,
        {{ amount('sum(' ~ amount('energy_mwh * coalesce(soh_pct, 100) / 100') ~ ') filter (where soc_pct is not null)') }}
            as healthy_rated_mwh,
        {{ amount('sum(available_discharge_mw)') }} as available_discharge_mw,
        {{ amount('sum(nameplate_mw) filter (where available_discharge_mw is not null)') }} as reporting_nameplate_mw,
    from device_states
    group by site_id, interval_start_utc
),

expected_states as (
    select
        states.*,
        hours.local_date,
        coalesce(expected.expected_mw, 0) as expected_mw,
        coalesce(expected.expected_mwh, 0) as expected_mwh,
        states.site_id in (select site_id from sites_that_tell) as is_told,
        (expected_mwh - coalesce(states.rated_mwh, 0)) * 100 <= expected_mwh * {{ parameter('absent_nameplate_gate_pct') }}
            as is_charge_known,
        (expected_mw - coalesce(states.reporting_nameplate_mw, 0)) * 100 <= expected_mw * {{ parameter('absent_nameplate_gate_pct') }}
            as is_capability_known,
    from states
    inner join {{ source('reference', 'calendar_hours') }} as hours
        on hours.site_id = states.site_id and hours.hour_start_utc = date_trunc('hour', states.interval_start_utc)
    left join {{ ref('int_expected_daily') }} as expected
        on expected.site_id = states.site_id and expected.local_date = hours.local_date and expected.source = 'battery'
)

select
    site_id,
    interval_start_utc,
    local_date,
    case when is_charge_known then {{ amount('weighted_soc_pct / nullif(available_mwh, 0)') }} end as soc_pct,
    case when is_charge_known then healthy_stored_mwh end as healthy_stored_mwh,
    case when is_charge_known then healthy_rated_mwh end as healthy_rated_mwh,
    case
        when reporting_nameplate_mw is null and not is_told then {{ amount('expected_mw') }}
        when is_capability_known then available_discharge_mw
    end as available_discharge_mw,
    case
        when reporting_nameplate_mw is null and not is_told then 1e0
        when is_capability_known then cast(available_discharge_mw as double) / nullif(reporting_nameplate_mw, 0)
    end as availability,
    coalesce(rated_mwh, 0) < expected_mwh or coalesce(reporting_nameplate_mw < expected_mw, false) as is_bound,
from expected_states
