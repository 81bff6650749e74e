with packs as (
    select parent_id, sum(energy_mwh) as energy_mwh, min(energy_basis) as energy_basis,
    from {{ source('reference', 'devices') }}
    where kind = 'pack' and parent_id is not null
    group by parent_id
),

metered as (
    select
        meters.site_id,
        meters.meter_id as device_id,
        meters.quantity as source,
        case when devices.kind = 'pack' then devices.parent_id else meters.meter_id end as block_id,
        coalesce(nullif(devices.nameplate_mw, 0), meters.full_scale_mw, 1) as nameplate_mw,
        devices.nameplate_mw is null as is_nameplate_assumed,
        meters.loss_factor,
        meters.accuracy_pct,
        meters.full_scale_mw,
        meters.demand_interval_min,
        meters.is_independent,
        coalesce(devices.energy_mwh, packs.energy_mwh) as energy_mwh,
        coalesce(devices.energy_basis, packs.energy_basis) as energy_basis,
        greatest(
            coalesce(meters.valid_from, date '0001-01-01'), coalesce(devices.valid_from, date '0001-01-01')
        ) as counts_from,
        least(
            coalesce(meters.valid_to, date '9999-12-31'), coalesce(devices.valid_to, date '9999-12-31')
        ) as counts_to,
        case
            when devices.commissioned_on is not null then devices.commissioned_on
            when devices.delivered_on is null and devices.installed_on is null then date '0001-01-01'
            else date '9999-12-31'
        end as expected_from,
        coalesce(devices.retired_on, date '9999-12-31') as expected_to,
        meters.counts_in_balance as is_counted,
        min(meters.meter_id) filter (where meters.counts_in_balance) over point as first_counted_id,
        max(meters.meter_id) filter (where meters.counts_in_balance) over point as last_counted_id,
        case
            when meters.role = 'check' and first_counted_id = last_counted_id then first_counted_id
            else meters.meter_id
        end as checked_id,
    from {{ source('reference', 'meters') }} as meters
    inner join {{ source('reference', 'devices') }} as devices
        on devices.device_id = meters.meter_id
        and coalesce(meters.valid_from, date '0001-01-01') < coalesce(devices.valid_to, date '9999-12-31')
        and coalesce(devices.valid_from, date '0001-01-01') < coalesce(meters.valid_to, date '9999-12-31')
    left join packs on packs.parent_id = meters.meter_id
    window point as (partition by meters.site_id, meters.quantity, meters.parent_id)
)

select
    metered.* exclude (first_counted_id, last_counted_id),
    coalesce(begins.starts_at_utc, cast(counts_from as timestamp)) as counts_from_utc,
    coalesce(ends.starts_at_utc, cast(counts_to as timestamp)) as counts_to_utc,
from metered
{{ join_local_midnights('metered', 'counts_from', 'counts_to') }}
