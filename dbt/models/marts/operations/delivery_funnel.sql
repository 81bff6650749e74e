with known_days as (
    select days.*, cast(date_trunc('month', days.local_date) as date) as month,
    from {{ ref('int_local_days') }} as days
    inner join (
        select site_id, max(local_date) as last_day, from {{ ref('int_site_hours') }} group by site_id
    ) as known
        on known.site_id = days.site_id and days.local_date <= known.last_day
),

months as (
    select known_days.site_id, known_days.month, max(known_days.local_date) as last_day, sum(day_s) as known_s,
    from known_days
    group by known_days.site_id, known_days.month
),

devices as (
    select
        site_id,
        device_id,
        kind,
        least(delivered_on, installed_on, commissioned_on) as delivered_on,
        least(installed_on, commissioned_on) as installed_on,
        commissioned_on,
        coalesce(retired_on, date '9999-12-31') as retired_on,
        coalesce(nameplate_mw, 0) as nameplate_mw,
        coalesce(energy_mwh, 0) as energy_mwh,
        valid_from,
        valid_to,
    from {{ source('reference', 'devices') }}
    where kind in ('unit', 'block', 'pack')
),

stages as (
    select
        months.site_id,
        devices.kind,
        months.month,
        months.known_s,
        count(*) filter (where delivered_on <= last_day) as delivered,
        count(*) filter (where installed_on <= last_day) as installed,
        count(*) filter (where commissioned_on <= last_day and retired_on > last_day) as commissioned,
        coalesce(sum(nameplate_mw) filter (where commissioned_on <= last_day and retired_on > last_day), 0) as mw,
        coalesce(sum(energy_mwh) filter (where commissioned_on <= last_day and retired_on > last_day), 0) as mwh,
    from months
    inner join devices on devices.site_id = months.site_id and {{ is_valid_on('devices', 'months.last_day') }}
    group by months.site_id, devices.kind, months.month, months.known_s
),

statuses as (
    select
        days.site_id,
        devices.kind,
        days.month,
        sum(days.day_s) as expected_s,
        sum(device_days.status_s) as status_s,
        sum(device_days.available_s) filter (where device_days.status_s > 0) as available_s,
    from known_days as days
    inner join devices
        on devices.site_id = days.site_id
        and devices.commissioned_on <= days.local_date
        and devices.retired_on > days.local_date
        and {{ is_valid_on('devices', 'days.local_date') }}
    left join {{ ref('int_battery_device_daily') }} as device_days
        on device_days.device_id = devices.device_id and device_days.local_date = days.local_date
    group by days.site_id, devices.kind, days.month
),

lengths as (
    select site_id, month, max(month_hours) * 3600 as month_s,
    from {{ source('reference', 'calendar_hours') }}
    group by site_id, month
),

shares as (
    select
        stages.*,
        coalesce(status_s / expected_s * known_s / month_s, if(commissioned = 0, 1, 0)) as covered_share,
        coalesce(available_s / expected_s, 0) as available_share,
    from stages
    inner join lengths using (site_id, month)
    left join statuses using (site_id, kind, month)
),

judged as (
    select
        *,
        case
            when commissioned > 0 and kind = 'unit' then 'no_status'
            when covered_share * 100 < {{ parameter('coverage_gate_pct') }} then 'missing_source:status'
        end as reason,
    from shares
)

select
    site_id,
    kind,
    month,
    cast(delivered as integer) as delivered,
    cast(installed as integer) as installed,
    cast(commissioned as integer) as commissioned,
    case when reason is null then {{ amount('commissioned * available_share') }} end as available,
    {{ amount('mw') }} as mw,
    {{ amount('mwh') }} as mwh,
    {{ amount('100 * covered_share') }} as data_coverage_pct,
    reason,
    {{ version_id() }} as version_id,
from judged
order by site_id, kind, month
