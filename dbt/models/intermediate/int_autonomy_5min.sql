with powers as (
    select
        site_id,
        interval_start_utc,
        local_date,
        sum(case when source in ('load', 'aux', 'xfmr_loss') then mw end) as sinks_mw,
        coalesce(max(mw) filter (where source = 'grid'), 0) as grid_mw,
        coalesce(sum(mw) filter (where source in ('turbine', 'other_generation')), 0) as generation_mw,
        coalesce(max(largest_output_mw) filter (where source = 'turbine'), 0) as largest_unit_mw,
        bool_or(mw is null) as has_missing_source,
    from {{ ref('int_source_5min') }}
    group by site_id, interval_start_utc, local_date
),

bases as (
    select site_id, bool_and(energy_basis = 'ac') as is_ac,
    from {{ ref('int_counted_meters') }}
    where source = 'battery'
    group by site_id
),

needs as (
    select
        powers.site_id,
        contingencies.contingency_id,
        powers.interval_start_utc,
        powers.local_date,
        contingencies.duration_min,
        case when not powers.has_missing_source then
            powers.sinks_mw - case contingencies.loses
                when 'grid' then powers.generation_mw
                when 'largest_unit' then powers.grid_mw + powers.generation_mw - powers.largest_unit_mw
                else powers.grid_mw
            end
        end as need_mw,
        states.available_discharge_mw as limit_mw,
        if(
            states.healthy_stored_mwh is null,
            null,
            greatest(0, states.healthy_stored_mwh - contingencies.soc_floor_pct / 100 * states.healthy_rated_mwh)
        )
            * states.availability
            * case when bases.is_ac then 1 else contingencies.discharge_efficiency end as deliverable_mwh,
        states.is_bound,
    from powers
    inner join {{ source('reference', 'contingencies') }} as contingencies
        on contingencies.site_id = powers.site_id
        and {{ is_valid_on('contingencies', 'powers.local_date') }}
    inner join bases on bases.site_id = powers.site_id
    left join {{ ref('int_battery_state_5min') }} as states
        on states.site_id = powers.site_id and states.interval_start_utc = powers.interval_start_utc
)

select
    site_id,
    contingency_id,
    interval_start_utc,
    local_date,
    {{ amount('duration_min') }} as required_min,
    {{ amount('need_mw') }} as need_mw,
    {{ amount('limit_mw') }} as limit_mw,
    {{ amount('deliverable_mwh') }} as deliverable_mwh,
    case when need_mw > 0 and need_mw <= limit_mw then {{ amount('60 * deliverable_mwh / need_mw') }} end as autonomy_min,
    case when need_mw > limit_mw then {{ amount('need_mw - limit_mw') }} end as power_shortfall_mw,
    case
        when need_mw is null then 'missing_source'
        when need_mw <= 0 then 'no_deficit'
        when limit_mw is null then 'missing_source'
        when need_mw > limit_mw then 'power_limited'
        when deliverable_mwh is null then 'soc_missing'
    end as reason,
    coalesce(is_bound, false) as is_bound,
from needs
