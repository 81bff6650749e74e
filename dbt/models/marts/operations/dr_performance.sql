with responses as (
    select
        intervals.*,
        reduction_mw >= committed_mw as is_full,
        max(interval_start_utc) filter (where interval_start_utc < start_at and is_full is not true) over (
            partition by event_id
        ) as short_until_utc,
    from {{ ref('demand_response') }} as intervals
    inner join {{ ref('int_dr_events') }} as events using (site_id, event_id)
),

sums as (
    select
        event_id,
        {% for name in ['reduction', 'by_battery', 'by_turbine'] %}
            case when count({{ name }}_mw) filter (where event_s > 0) = count(*) filter (where event_s > 0)
                then {{ amount('sum(' ~ name ~ '_mw * event_s) / 3600') }}
            end as {{ name }}_mwh,
        {% endfor %}
        bool_or(by_battery_mw is null) filter (where event_s > 0) as is_battery_missing,
        sum(event_s) as event_s,
        sum(if(is_full, event_s, 0)) as full_s,
        sum(data_coverage_pct * event_s) / sum(event_s) as data_coverage_pct,
        max(adjustment_value) as adjustment_value,
        max(source_interval_s) as source_interval_s,
        min(reason) filter (where event_s > 0) as reason,
        case when count(reduction_mw) = count(*) and max(source_interval_s) <= 300
            then coalesce(
                min(interval_start_utc) filter (where is_full and coalesce(interval_start_utc > short_until_utc, true)),
                timestamp '9999-12-31'
            )
        end as full_at_utc,
    from responses
    group by event_id
),

usual_charges as (
    select event_id, case when count(charge_mw) = count(*) then sum(charge_mw) / count(charge_mw) end as charge_mw,
    from {{ ref('int_dr_days') }}
    where is_chosen
    group by event_id
),

charges as (
    select
        events.event_id,
        count(*) as intervals,
        case when count(powers.charge_mw) = count(*) then sum(powers.charge_mw) / 12 end as charged_mwh,
    from {{ ref('int_dr_events') }} as events
    inner join {{ ref('int_dr_powers') }} as powers
        on powers.site_id = events.site_id
        and powers.interval_start_utc >= events.end_at
        and powers.interval_start_utc < events.end_at + interval 24 hours
    group by events.event_id
),

judged as (
    select
        events.*,
        sums.* exclude (event_id, reason),
        full_at_utc < timestamp '9999-12-31' as is_full_ever,
        case when full_at_utc < timestamp '9999-12-31'
            then greatest(0, date_diff('second', events.notice_at, full_at_utc)) / 60
        end as response_min,
        charges.charged_mwh - 24 * usual_charges.charge_mw as rebound_mwh,
        case
            when sums.reason is not null then sums.reason
            when events.committed_mw = 0 then 'no_commitment'
        end as reason,
        case
            when sums.reason is not null then sums.reason
            when balance.status = 'red' then 'balance_red'
            when sums.is_battery_missing then 'missing_source:battery'
            when sums.by_turbine_mwh is null then 'missing_source:turbine'
        end as split_reason,
        case
            when sums.reason is not null then sums.reason
            when coalesce(charges.intervals, 0) < 288 then 'not_over'
            when charges.charged_mwh is null then 'missing_source:battery'
            when usual_charges.charge_mw is null then 'similar_day_incomplete'
        end as rebound_reason,
    from {{ ref('int_dr_events') }} as events
    left join sums using (event_id)
    left join usual_charges using (event_id)
    left join charges using (event_id)
    left join {{ ref('energy_balance_daily') }} as balance
        on balance.site_id = events.site_id and balance.local_date = events.local_date
)

select
    site_id,
    event_id,
    programme_id,
    start_at as started_at,
    end_at as ended_at,
    committed_mw,
    reduction_mwh,
    case when reason is null then {{ amount('100 * reduction_mwh * 3600 / (committed_mw * event_s)') }} end as performance_pct,
    {{ amount('response_min') }} as response_min,
    case when split_reason is null then by_battery_mwh end as by_battery_mwh,
    case when split_reason is null then by_turbine_mwh end as by_turbine_mwh,
    case when split_reason is null then reduction_mwh - by_battery_mwh - by_turbine_mwh end as by_load_mwh,
    case when rebound_reason is null then {{ amount('rebound_mwh') }} end as rebound_mwh,
    notice_at,
    selection || ' ' || chosen_days || ' of ' || similar_days as baseline_selection,
    adjustment,
    {{ amount('adjustment_value') }} as adjustment_value,
    response_limit_min,
    case when reason is null then {{ amount('100 * full_s / event_s') }} end as full_pct,
    case when is_full_ever then response_min <= response_limit_min else is_full_ever end as is_in_time,
    split_reason,
    rebound_reason,
    source_interval_s,
    {{ amount('data_coverage_pct') }} as data_coverage_pct,
    reason,
    {{ version_id() }} as version_id,
from judged
order by site_id, start_at, event_id
