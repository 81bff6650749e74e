with counts as (
    select event_id, count(*) as days, count(event_mean_mw) as known_days,
    from {{ ref('int_dr_days') }}
    group by event_id
),

intervals as (
    select
        readings.site_id,
        readings.event_id,
        readings.interval_start_utc,
        readings.is_after_notice,
        readings.event_s,
        readings.window_s,
        max(grid_mw) filter (where not is_baseline) as actual_mw,
        max(idle_import_mw) filter (where not is_baseline) as idle_import_mw,
        max(battery_mw) filter (where not is_baseline) as battery_mw,
        max(generation_mw) filter (where not is_baseline) as generation_mw,
        {% for name in ['idle_import', 'generation'] %}
            case when count({{ name }}_mw) filter (where is_baseline) = count(*) filter (where is_baseline)
                then {{ amount(
                    'sum(' ~ name ~ '_mw) filter (where is_baseline) / count(' ~ name ~ '_mw) filter (where is_baseline)'
                ) }}
            end as usual_{{ name }}_mw,
        {% endfor %}
        max(source_interval_s) as source_interval_s,
        sum(measured_pct) / count(*) as measured_pct,
    from (
        select readings.*, readings.days_back > 0 as is_baseline,
        from {{ ref('int_dr_readings') }} as readings
        left join {{ ref('int_dr_days') }} as days using (event_id, days_back)
        where readings.days_back = 0 or days.is_chosen
    ) as readings
    group by all
),

windows as (
    select
        event_id,
        max(source_interval_s) as source_interval_s,
        bool_and(idle_import_mw is not null and usual_idle_import_mw is not null) filter (where window_s > 0) as is_window_known,
        sum(idle_import_mw * window_s) / nullif(sum(window_s), 0) as actual_mw,
        sum(usual_idle_import_mw * window_s) / nullif(sum(window_s), 0) as usual_mw,
    from intervals
    group by event_id
),

adjustments as (
    select
        events.*,
        least(
            greatest(
                case events.adjustment
                    when 'additive' then windows.actual_mw - windows.usual_mw
                    when 'ratio' then windows.actual_mw / nullif(windows.usual_mw, 0)
                end,
                events.adjustment_low
            ),
            events.adjustment_high
        ) as limited_value,
        case
            when events.selection is null then 'no_baseline_rule'
            when coalesce(counts.days, 0) < events.similar_days then 'too_few_similar_days'
            when counts.known_days < events.similar_days then 'similar_day_incomplete'
            when windows.source_interval_s > 300
                and (
                    epoch(events.start_at) % windows.source_interval_s <> 0
                    or epoch(events.end_at) % windows.source_interval_s <> 0
                ) then 'source_too_slow'
            when not windows.is_window_known then 'window_incomplete'
            when events.adjustment = 'ratio' and windows.usual_mw <= 0 then 'nonpositive_baseline'
        end as reason,
    from {{ ref('int_dr_events') }} as events
    left join counts using (event_id)
    left join windows using (event_id)
),

baselines as (
    select
        intervals.*,
        case when adjustments.reason is null and adjustments.adjustment <> 'none' then limited_value end as adjustment_value,
        case
            when adjustments.reason is null then {{ amount(
                "case adjustments.adjustment"
                ~ " when 'additive' then usual_idle_import_mw + adjustment_value"
                ~ " when 'ratio' then usual_idle_import_mw * adjustment_value"
                ~ " else usual_idle_import_mw end"
            ) }}
        end as baseline_mw,
        case
            when adjustments.reason is not null then adjustments.reason
            when baseline_mw is null then 'similar_day_incomplete'
            when actual_mw is null then 'missing_source:grid'
        end as reason,
    from intervals
    inner join adjustments using (event_id)
)

select
    site_id,
    event_id,
    interval_start_utc,
    baseline_mw,
    actual_mw,
    case when reason is null then baseline_mw - actual_mw end as reduction_mw,
    case when reason is null then battery_mw end as by_battery_mw,
    case when reason is null then {{ amount('generation_mw - usual_generation_mw') }} end as by_turbine_mw,
    reduction_mw - by_battery_mw - by_turbine_mw as by_load_mw,
    event_s,
    usual_idle_import_mw as unadjusted_baseline_mw,
    {{ amount('adjustment_value') }} as adjustment_value,
    source_interval_s,
    {{ amount('measured_pct') }} as data_coverage_pct,
    reason,
    {{ version_id() }} as version_id,
from baselines
where is_after_notice
order by site_id, event_id, interval_start_utc
