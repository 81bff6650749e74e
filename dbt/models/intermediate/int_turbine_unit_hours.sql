with read_hours as (
    select distinct site_id, device_id, hour_start_utc,
    from {{ ref('int_turbine_hourly_inputs') }}
),

expected_hours as (
    select hours.site_id, units.device_id, hours.hour_start_utc,
    from {{ ref('int_site_hours') }} as hours
    inner join {{ source('reference', 'devices') }} as units
        on units.site_id = hours.site_id
        and units.kind = 'unit'
        and {{ is_valid_on('units', 'hours.local_date') }}
        and {{ is_expected_on('units', 'hours.local_date') }}
),

hours as (
    select * from expected_hours
    union
    select * from read_hours
)

select
    hours.site_id,
    hours.device_id,
    hours.hour_start_utc,
    calendar.local_date,
    units.nameplate_mw,
from hours
inner join {{ source('reference', 'calendar_hours') }} as calendar using (site_id, hour_start_utc)
left join {{ source('reference', 'devices') }} as units
    on units.device_id = hours.device_id and {{ is_valid_on('units', 'calendar.local_date') }}
