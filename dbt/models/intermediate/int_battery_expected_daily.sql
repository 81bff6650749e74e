with device_days as (
    select
        days.site_id,
        days.local_date,
        meters.block_id,
        meters.nameplate_mw,
        meters.energy_mwh,
        meters.energy_basis,
        days.local_date >= meters.expected_from and days.local_date < meters.expected_to as is_expected,
    from {{ ref('int_local_days') }} as days
    inner join {{ ref('int_counted_meters') }} as meters
        on meters.site_id = days.site_id
        and meters.source = 'battery'
        and days.local_date >= meters.counts_from
        and days.local_date < meters.counts_to
    where (days.site_id, days.local_date) in (select site_id, local_date from {{ ref('int_site_hours') }})
)

select
    site_id,
    block_id,
    local_date,
    {{ amount('coalesce(sum(nameplate_mw) filter (where is_expected), 0)') }} as expected_mw,
    {{ amount('coalesce(sum(coalesce(energy_mwh, nameplate_mw)) filter (where is_expected), 0)') }} as expected_mwh,
    case when bool_and(energy_mwh is not null) filter (where is_expected)
        then {{ amount('sum(energy_mwh) filter (where is_expected)') }}
    end as rated_mwh,
    min(energy_basis) filter (where is_expected) as energy_basis,
from device_days
group by grouping sets ((site_id, block_id, local_date), (site_id, local_date))
