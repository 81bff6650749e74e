with intervals as (
    select
        site_id,
        local_date,
        unnest(range(hour_start_utc, hour_start_utc + interval 1 hour, interval 5 minutes)) as interval_start_utc,
    from {{ ref('int_site_hours') }}
),

flows as (
    select
        site_id,
        source,
        interval_start_utc,
        sum(power_mw_s) as power_mw_s,
        sum(positive_mw_s) as positive_mw_s,
        sum(negative_mw_s) as negative_mw_s,
        sum(covered_mw_s) as covered_mw_s,
        sum(covered_mw_s - substituted_mw_s) as measured_mw_s,
        sum(variance_mw2) as variance_mw2,
        bool_and(is_accuracy_known) as is_accuracy_known,
        max(running_nameplate_mw) as running_nameplate_mw,
        max(largest_running_mw) as largest_running_mw,
        max(largest_output_mw) as largest_output_mw,
        max(source_interval_s) as source_interval_s,
    from {{ ref('int_site_source_5min') }}
    group by site_id, source, interval_start_utc
),

expected_flows as (
    select
        intervals.*,
        expected.source,
        expected.is_independent,
        coalesce(expected.expected_mw, 0) * 300 as expected_mw_s,
        coalesce(flows.covered_mw_s, 0) as covered_mw_s,
        coalesce(flows.measured_mw_s, 0) as measured_mw_s,
        flows.* exclude (site_id, source, interval_start_utc, covered_mw_s, measured_mw_s),
    from intervals
    inner join {{ ref('int_expected_daily') }} as expected using (site_id, local_date)
    left join flows
        on flows.site_id = intervals.site_id
        and flows.source = expected.source
        and flows.interval_start_utc = intervals.interval_start_utc
    where expected.expected_mw is not null or flows.power_mw_s is not null
)

select
    site_id,
    source,
    interval_start_utc,
    local_date,
    case
        when (expected_mw_s - covered_mw_s) * 100 <= expected_mw_s * {{ parameter('absent_nameplate_gate_pct') }}
            then {{ amount('power_mw_s / 300') }}
    end as mw,
    covered_mw_s < expected_mw_s as is_bound,
    {{ amount('case when expected_mw_s > 0 then least(100, 100 * measured_mw_s / expected_mw_s) else 100 end') }}
        as measured_pct,
    power_mw_s,
    positive_mw_s,
    negative_mw_s,
    covered_mw_s,
    measured_mw_s,
    expected_mw_s,
    variance_mw2,
    is_accuracy_known,
    is_independent,
    running_nameplate_mw,
    largest_running_mw,
    largest_output_mw,
    source_interval_s,
from expected_flows
