with energies as (
    select
        site_id,
        local_date,
        max(positive_mwh) filter (where source = 'grid') as grid_import_mwh,
        max(negative_mwh) filter (where source = 'grid') as grid_export_mwh,
        max(mwh) filter (where source = 'turbine') as turbine_mwh,
        max(mwh) filter (where source = 'other_generation') as other_generation_mwh,
        max(negative_mwh) filter (where source = 'battery') as battery_in_mwh,
        max(positive_mwh) filter (where source = 'battery') as battery_out_mwh,
        max(mwh) filter (where source = 'load') as load_mwh,
        max(mwh) filter (where source = 'aux') as aux_mwh,
        max(mwh) filter (where source = 'xfmr_loss') as loss_mwh,
        bool_or(source = 'load') as has_load,
        bool_or(source in ('grid', 'turbine', 'other_generation', 'battery')) as has_supply,
        bool_and(is_independent) filter (where source = 'load') as is_independent,
        string_agg(source, ',' order by source) filter (where not is_present) as missing_sources,
        bool_or(is_bound and is_present) as is_bound,
    from {{ ref('int_source_daily') }}
    group by site_id, local_date
),

residuals as (
    select
        site_id,
        hours.local_date,
        sum(balance_residual_mw) as residual_mw,
        sum(abs(balance_residual_mw)) as abs_residual_mw,
        sum(coalesce(load_mw, 0) + coalesce(aux_mw, 0) + coalesce(xfmr_loss_mw, 0))
            filter (where balance_residual_mw is not null) as sinks_mw,
        count(balance_residual_mw) as balanced_intervals,
        sum(data_coverage_pct) as coverage_pct,
    from {{ ref('site_power_5min') }} as power
    inner join {{ ref('int_site_hours') }} as hours using (site_id)
    where date_trunc('hour', power.interval_start_utc) = hours.hour_start_utc
    group by site_id, hours.local_date
),

incidents as (
    select incidents.site_id, hours.local_date, count(*) as balance_incidents,
    from {{ ref('int_balance_incidents') }} as incidents
    inner join {{ ref('int_site_hours') }} as hours
        on hours.site_id = incidents.site_id
        and hours.hour_start_utc = date_trunc('hour', incidents.started_at_utc)
    group by incidents.site_id, hours.local_date
),

suspects as (
    select
        site_id,
        local_date,
        device_id as suspect_device_id,
        reason as suspect_reason,
        column_name as suspect_column,
        factor as suspect_factor,
        lag_min as suspect_lag_min,
        against as suspect_evidence,
    from {{ ref('int_meter_evidence') }}
    where test = 'verdict'
),

closures as (
    select
        *,
        coalesce(load_mwh, 0) + coalesce(aux_mwh, 0) + coalesce(loss_mwh, 0) as sinks_mwh,
        case
            when not has_load then 'missing_source:load'
            when not has_supply then 'missing_source:grid'
            when missing_sources is not null then 'missing_source:' || missing_sources
            when not is_independent then 'not_independent'
            when coalesce(sinks_mw, 0) = 0 then 'no_load'
        end as reason,
    from energies
    inner join {{ ref('int_local_days') }} as days using (site_id, local_date)
    inner join residuals using (site_id, local_date)
),

judged as (
    select *, case when reason is null then {{ amount('100 * residual_mw / sinks_mw') }} end as closure_pct, from closures
)

select
    site_id,
    local_date,
    grid_import_mwh,
    grid_export_mwh,
    turbine_mwh,
    other_generation_mwh,
    battery_in_mwh,
    battery_out_mwh,
    load_mwh,
    aux_mwh,
    loss_mwh,
    case when missing_sources is null then {{ amount('100 * turbine_mwh / nullif(sinks_mwh, 0)') }} end as turbine_share_pct,
    closure_pct,
    case when reason is null then {{ amount('abs_residual_mw / balanced_intervals') }} end as mean_abs_residual_mw,
    {{ closure_status('closure_pct', 'reason') }} as status,
    suspect_device_id,
    suspect_reason,
    suspect_column,
    suspect_factor,
    suspect_lag_min,
    suspect_evidence,
    cast(coalesce(incidents.balance_incidents, 0) as integer) as balance_incidents,
    is_bound,
    {{ amount('coverage_pct * 300 / day_s') }} as data_coverage_pct,
    reason,
    {{ version_id() }} as version_id,
from judged
left join incidents using (site_id, local_date)
left join suspects using (site_id, local_date)
order by site_id, local_date
