with intervals as (
    select
        site_id,
        interval_start_utc,
        {% for source in ['grid', 'turbine', 'battery', 'other_generation', 'load', 'aux', 'xfmr_loss'] %}
            max(mw) filter (where source = '{{ source }}') as {{ source }}_mw,
        {% endfor %}
        bool_or(source = 'load') as has_load,
        bool_or(source in ('grid', 'turbine', 'other_generation', 'battery')) as has_supply,
        bool_and(is_independent) filter (where source = 'load') as is_independent,
        string_agg(source, ',' order by source) filter (where mw is null) as missing_sources,
        case when bool_and(is_accuracy_known) then sqrt(cast(sum(variance_mw2) as double)) end as uncertainty_mw,
        max(source_interval_s) as source_interval_s,
        bool_or(is_bound and mw is not null) as is_bound,
        min(measured_pct) as data_coverage_pct,
    from {{ ref('int_source_5min') }}
    group by site_id, interval_start_utc
),

sums as (
    select
        *,
        coalesce(grid_mw, 0) + coalesce(turbine_mw, 0) + coalesce(other_generation_mw, 0) + coalesce(battery_mw, 0)
            as sources_mw,
        coalesce(load_mw, 0) + coalesce(aux_mw, 0) + coalesce(xfmr_loss_mw, 0) as sinks_mw,
        case
            when not has_load then 'missing_source:load'
            when not has_supply then 'missing_source:grid'
            when missing_sources is not null then 'missing_source:' || missing_sources
            when not is_independent then 'not_independent'
        end as reason,
    from intervals
),

balances as (
    select
        *,
        case when reason is null then {{ amount('sources_mw - sinks_mw') }} end as balance_residual_mw,
        case when reason is null then {{ amount('100 * (sources_mw - sinks_mw) / nullif(sinks_mw, 0)') }} end as balance_pct,
        case when reason is null then {{ amount('(sources_mw - sinks_mw) / nullif(uncertainty_mw, 0)') }} end as balance_z,
    from sums
)

select
    site_id,
    interval_start_utc,
    grid_mw,
    turbine_mw,
    battery_mw,
    other_generation_mw,
    load_mw,
    aux_mw,
    xfmr_loss_mw,
    batteries.soc_pct,
    balance_residual_mw,
    balance_pct,
    balance_z,
    {{ closure_status('balance_pct', 'reason') }} as balance_status,
    source_interval_s,
    case when reason is null then {{ amount('uncertainty_mw') }} end as uncertainty_mw,
    balances.is_bound or coalesce(batteries.is_bound and batteries.soc_pct is not null, false) as is_bound,
    data_coverage_pct,
    case when balance_pct is null then coalesce(reason, 'no_load') end as reason,
    {{ version_id() }} as version_id,
from balances
left join {{ ref('int_battery_state_5min') }} as batteries using (site_id, interval_start_utc)
order by site_id, interval_start_utc
