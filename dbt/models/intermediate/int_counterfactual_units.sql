with spans as (
    select
        site_id,
        device_id,
        nameplate_mw,
        min_load_mw,
        min_up_h,
        greatest(
            case when commissioned_on is null and delivered_on is null and installed_on is null
                then date '0001-01-01' else commissioned_on
            end,
            coalesce(valid_from, date '0001-01-01')
        ) as from_day,
        least(coalesce(retired_on, date '9999-12-31'), coalesce(valid_to, date '9999-12-31')) as to_day,
    from {{ source('reference', 'devices') }}
    where kind = 'unit' and nameplate_mw > 0
        and (commissioned_on is not null or (delivered_on is null and installed_on is null))
)

select
    spans.site_id,
    device_id,
    row_number() over (partition by spans.site_id order by nameplate_mw desc, device_id, from_day) as merit,
    cast(nameplate_mw * 1000000 as bigint) as capability_w,
    cast(coalesce(min_load_mw, 0) * 1000000 as bigint) as min_load_w,
    min_up_h,
    coalesce(begins.starts_at_utc, cast(from_day as timestamp)) as from_utc,
    coalesce(ends.starts_at_utc, cast(to_day as timestamp)) as to_utc,
from spans
{{ join_local_midnights('spans', 'from_day', 'to_day') }}
