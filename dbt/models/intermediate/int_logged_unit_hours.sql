with units as (
    select distinct site_id, device_id as unit_id, from {{ source('reference', 'devices') }}
    where kind = 'unit'
),

logged_hours as (
    select
        events.*,
        unnest(range(date_trunc('hour', events.start_at), events.end_at, interval 1 hour)) as hour_start_utc,
    from {{ source('reference', 'events') }} as events
)

select
    units.site_id,
    units.unit_id,
    logged_hours.hour_start_utc,
    bool_or(logged_hours.kind = 'startup') as is_startup,
    bool_or(logged_hours.kind = 'shutdown') as is_shutdown,
    bool_or(logged_hours.kind = 'malfunction') as is_malfunction,
    bool_or(logged_hours.kind = 'maintenance') as is_maintenance,
    bool_or(logged_hours.kind = 'test') as is_test,
    string_agg(distinct logged_hours.corrective_action, '; ' order by logged_hours.corrective_action) as corrective_action,
from logged_hours
inner join units
    on units.site_id = logged_hours.site_id and (logged_hours.unit_id is null or logged_hours.unit_id = units.unit_id)
group by units.site_id, units.unit_id, logged_hours.hour_start_utc
