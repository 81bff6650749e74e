with days as (
    select
        site_id,
        event_id,
        local_date,
        days_back,
        case when count(idle_import_mw) filter (where event_s > 0) = count(*) filter (where event_s > 0)
            then {{ amount('sum(idle_import_mw * event_s) / sum(event_s) filter (where idle_import_mw is not null)') }}
        end as event_mean_mw,
    from {{ ref('int_dr_readings') }}
    where days_back > 0
    group by site_id, event_id, local_date, days_back
),

charges as (
    select
        site_id,
        local_date,
        case when count(charge_mw) = count(*) then {{ amount('sum(charge_mw) / count(charge_mw)') }} end as charge_mw,
    from {{ ref('int_dr_powers') }}
    group by site_id, local_date
),

ranked as (
    select *, row_number() over (partition by event_id order by event_mean_mw desc nulls last, days_back) as high_rank,
    from days
)

select
    ranked.site_id,
    ranked.event_id,
    ranked.local_date,
    ranked.days_back,
    ranked.event_mean_mw,
    charges.charge_mw,
    case events.selection
        when 'high' then ranked.high_rank <= events.chosen_days
        when 'mid' then abs(2 * ranked.high_rank - events.similar_days - 1) < events.chosen_days
        else true
    end as is_chosen,
from ranked
inner join {{ ref('int_dr_events') }} as events using (event_id)
left join charges on charges.site_id = ranked.site_id and charges.local_date = ranked.local_date
