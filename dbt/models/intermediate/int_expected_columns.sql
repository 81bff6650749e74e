select distinct
    columns.site_id,
    columns.device_id,
    columns.kind,
    columns.column_name,
    greatest(
        coalesce(columns.valid_from, date '0001-01-01'),
        coalesce(devices.valid_from, date '0001-01-01'),
        case
            when devices.commissioned_on is not null then devices.commissioned_on
            when devices.delivered_on is null and devices.installed_on is null then date '0001-01-01'
            else date '9999-12-31'
        end
    ) as expected_from,
    least(
        coalesce(columns.valid_to, date '9999-12-31'),
        coalesce(devices.valid_to, date '9999-12-31'),
        coalesce(devices.retired_on, date '9999-12-31')
    ) as expected_to,
from {{ source('reference', 'feed_columns') }} as columns
inner join {{ source('reference', 'devices') }} as devices using (device_id)
where columns.column_name not in ('{{ var("occasional_columns") | join("', '") }}')
