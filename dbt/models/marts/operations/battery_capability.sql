with quarters as (
    select
        site_id,
        block_id,
        month,
        interval_start_utc,
        case when lag(interval_start_utc, 2) over battery_time = interval_start_utc - interval 10 minutes
            then sum(net_mw_s) over (battery_time rows 2 preceding) / 900
        end as discharge_15min_mw,
        count(net_mw_s) over (battery_time rows 2 preceding) = 3 as is_whole,
    from {{ ref('int_battery_group_5min') }}
    window battery_time as (partition by site_id, block_id order by interval_start_utc)
),

peaks as (
    select
        site_id,
        block_id,
        month,
        arg_max(
            {mw: discharge_15min_mw, started_at: interval_start_utc - interval 10 minutes},
            {highest: discharge_15min_mw, earliest: -epoch_us(interval_start_utc)}
        ) as peak,
    from quarters
    where is_whole and discharge_15min_mw is not null
    group by site_id, block_id, month
),

tests as (
    select
        peaks.site_id,
        peaks.block_id,
        peaks.month,
        min_by(events.event_id, {start: events.start_at, event: events.event_id}) as test_event_id,
    from peaks
    inner join {{ source('reference', 'events') }} as events
        on events.site_id = peaks.site_id
        and events.kind = 'test'
        and (events.unit_id is null or events.unit_id is not distinct from peaks.block_id)
        and events.start_at < peaks.peak.started_at + interval 15 minutes
        and events.end_at > peaks.peak.started_at
    group by peaks.site_id, peaks.block_id, peaks.month
),

discharges as (
    select site_id, block_id, month, max(discharged_mwh) as demonstrated_mwh,
    from {{ ref('int_battery_discharges') }}
    group by site_id, block_id, month
),

months as (
    select
        expected.site_id,
        expected.block_id,
        cast(date_trunc('month', local_date) as date) as month,
        max(expected.expected_mw) as nameplate_mw,
        max(expected.rated_mwh) as nameplate_mwh,
        sum(energies.measured_pct * days.day_s) as measured_pct_s,
        bool_or(coalesce(energies.is_bound, true)) as has_gaps,
        sum(days.day_s) as known_s,
    from {{ ref('int_battery_expected_daily') }} as expected
    inner join {{ ref('int_local_days') }} as days using (site_id, local_date)
    left join {{ ref('int_battery_energy_daily') }} as energies
        on energies.site_id = expected.site_id
        and energies.block_id is not distinct from expected.block_id
        and energies.local_date = expected.local_date
    group by expected.site_id, expected.block_id, cast(date_trunc('month', local_date) as date)
),

lengths as (
    select site_id, month, max(month_hours) * 3600 as month_s,
    from {{ source('reference', 'calendar_hours') }}
    group by site_id, month
)

select
    months.site_id,
    months.block_id as device_id,
    months.month,
    months.nameplate_mw,
    case when peaks.peak is not null then {{ amount('greatest(peaks.peak.mw, 0)') }} end as max_discharge_15min_mw,
    case when peaks.peak.mw > 0 then peaks.peak.started_at end as max_discharge_at_utc,
    case when peaks.peak.mw > 0 then tests.test_event_id end as test_event_id,
    case when peaks.peak is not null then coalesce(discharges.demonstrated_mwh, 0) end as demonstrated_mwh,
    months.nameplate_mwh,
    months.has_gaps or months.known_s < lengths.month_s as is_bound,
    {{ amount('coalesce(measured_pct_s, 0) / lengths.month_s') }} as data_coverage_pct,
    case when peaks.peak is null then 'missing_source:battery' end as reason,
    {{ version_id() }} as version_id,
from months
inner join lengths using (site_id, month)
{% for name in ['peaks', 'tests', 'discharges'] %}
    left join {{ name }}
        on {{ name }}.site_id = months.site_id
        and {{ name }}.block_id is not distinct from months.block_id
        and {{ name }}.month = months.month
{% endfor %}
order by months.site_id, months.month, months.block_id nulls first
