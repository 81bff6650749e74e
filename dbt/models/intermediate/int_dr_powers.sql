{% set battery = "source = 'battery'" %}
{% set generation = "source in ('turbine', 'other_generation')" %}
select
    site_id,
    interval_start_utc,
    local_date,
    max(mw) filter (where source = 'grid') as grid_mw,
    case when not coalesce(bool_or(mw is null) filter (where {{ battery }}), false)
        then coalesce(max(mw) filter (where {{ battery }}), 0)
    end as battery_mw,
    case when not coalesce(bool_or(mw is null) filter (where {{ battery }}), false)
        then {{ amount('coalesce(max(-negative_mw_s) filter (where ' ~ battery ~ '), 0) / 300') }}
    end as charge_mw,
    case when not coalesce(bool_or(mw is null) filter (where {{ generation }}), false)
        then coalesce(sum(mw) filter (where {{ generation }}), 0)
    end as generation_mw,
    grid_mw + battery_mw as idle_import_mw,
    max(source_interval_s) filter (where source = 'grid') as source_interval_s,
    min(measured_pct) as measured_pct,
from {{ ref('int_source_5min') }}
where
    (source = 'grid' or {{ battery }} or {{ generation }})
    and site_id in (select site_id from {{ source('reference', 'dr_events') }})
group by site_id, interval_start_utc, local_date
