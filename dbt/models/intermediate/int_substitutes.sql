with gaps as (
    select unit_id, parameter, quality_assured_number, count(*) as gap_h, min(hour_start_utc) as gap_from_utc,
    from {{ ref('int_monitor_hours') }}
    where not is_quality_assured
    group by unit_id, parameter, quality_assured_number
),

missing_hours as (
    select hours.*, gaps.gap_h, gaps.gap_from_utc,
    from {{ ref('int_monitor_hours') }} as hours
    inner join gaps using (unit_id, parameter, quality_assured_number)
    where hours.is_missing
),

ruled_hours as (
    select
        hours.*,
        rules.* exclude (parameter, control, valid_from, valid_to, source, verified_by, verified_on),
        rules.verified_by is not null as rule_is_verified,
    from missing_hours as hours
    inner join {{ source('reference', 'substitution_rules') }} as rules
        on rules.parameter = hours.parameter
        and {{ is_valid_on('rules', 'hours.local_date') }}
        and hours.quality_assured_number >= coalesce(rules.prior_from_h, 0)
        and (rules.prior_below_h is null or hours.quality_assured_number < rules.prior_below_h)
        and (rules.pma_from_pct is null or hours.pma_pct >= rules.pma_from_pct)
        and (rules.pma_below_pct is null or hours.pma_pct < rules.pma_below_pct)
        and hours.gap_h > coalesce(rules.gap_above_h, 0)
        and (rules.gap_up_to_h is null or hours.gap_h <= rules.gap_up_to_h)
        and (rules.control is null or hours.is_control_proven = (rules.control = 'proven'))
    qualify row_number() over (
        partition by hours.unit_id, hours.parameter, hours.hour_start_utc, rules.chain
        order by rules.rule_id
    ) = 1
),

lookbacks as (
    select
        unit_id,
        parameter,
        quality_assured_number,
        gap_from_utc,
        lookback_h,
        bool_or(percentile is not null) as needs_order,
        unnest([(quality_assured_number - 1) // lookback_h, (quality_assured_number - 1) // lookback_h - 1]) as block,
    from ruled_hours
    where lookback_h is not null
    group by unit_id, parameter, quality_assured_number, gap_from_utc, lookback_h
),

assured_hours as (
    select
        hours.unit_id,
        hours.parameter,
        hours.hour_start_utc,
        hours.load_bin,
        hours.value,
        hours.p75_value,
        hours.quality_assured_number as hour_number,
        lengths.lookback_h,
        (hours.quality_assured_number - 1) // lengths.lookback_h as block,
    from {{ ref('int_monitor_hours') }} as hours
    inner join (select distinct parameter, lookback_h from ruled_hours) as lengths using (parameter)
    where hours.is_quality_assured and hours.value is not null
),

load_ranges as (
    select
        lookbacks.unit_id,
        lookbacks.parameter,
        lookbacks.quality_assured_number,
        lookbacks.lookback_h,
        assured.load_bin,
        {% for column in ['value', 'p75_value'] %}
            sum({{ column }}) as {{ column }}_sum,
            count({{ column }}) as {{ column }}_count,
            max({{ column }}) as {{ column }}_max,
            list({{ column }} order by {{ column }}) filter (where needs_order and {{ column }} is not null) as {{ column }}_order,
        {% endfor %}
    from lookbacks
    inner join assured_hours as assured
        on assured.unit_id = lookbacks.unit_id
        and assured.parameter = lookbacks.parameter
        and assured.lookback_h = lookbacks.lookback_h
        and assured.block = lookbacks.block
        and assured.hour_number > lookbacks.quality_assured_number - lookbacks.lookback_h
        and assured.hour_number <= lookbacks.quality_assured_number
        and assured.hour_start_utc
        >= lookbacks.gap_from_utc - to_hours(cast({{ parameter('pma_clock_h') }} as bigint))
    group by lookbacks.unit_id, lookbacks.parameter, lookbacks.quality_assured_number, lookbacks.lookback_h, assured.load_bin
),

edges as (
    select unit_id, parameter, quality_assured_number, value, p75_value,
    from {{ ref('int_monitor_hours') }}
    where is_quality_assured
),

found_hours as (
    select
        hours.unit_id,
        hours.parameter,
        hours.hour_start_utc,
        hours.chain,
        min(ranges.load_bin) filter (where ranges.load_bin >= hours.load_bin) as found_bin,
        {% for column in ['value', 'p75_value'] %}
            sum(ranges.{{ column }}_sum) as all_{{ column }}_sum,
            sum(ranges.{{ column }}_count) as all_{{ column }}_count,
            {% for figure in ['sum', 'count', 'max', 'order'] %}
                arg_min(ranges.{{ column }}_{{ figure }}, ranges.load_bin) filter (where ranges.load_bin >= hours.load_bin)
                    as {{ column }}_{{ figure }},
            {% endfor %}
        {% endfor %}
    from ruled_hours as hours
    left join load_ranges as ranges using (unit_id, parameter, quality_assured_number, lookback_h)
    group by hours.unit_id, hours.parameter, hours.hour_start_utc, hours.chain
),

estimates as (
    select
        hours.*,
        case
            when hours.estimate = 'maximum_potential' then 'maximum_potential'
            when found.found_bin = hours.load_bin then 'load_range'
            when hours.other_loads = 'next_higher' and found.found_bin is not null then 'next_higher_load'
            when hours.other_loads = 'all' and found.all_value_count > 0 then 'all_loads'
            else 'maximum_potential'
        end as estimate_basis,
        {% for column in ['value', 'p75_value'] %}
            case estimate_basis
                when 'maximum_potential' then cast(hours.maximum_value as double)
                when 'all_loads' then all_{{ column }}_sum / nullif(all_{{ column }}_count, 0)
                else case hours.estimate
                    when 'mean' then {{ column }}_sum / nullif({{ column }}_count, 0)
                    when 'maximum' then cast({{ column }}_max as double)
                    else {{ percentile_of(column ~ '_order', 'hours.percentile') }}
                end
            end as range_{{ column }},
            case when hours.has_before_after and estimate_basis <> 'maximum_potential'
                then (before.{{ column }} + after.{{ column }}) * 0.5
            end as edges_{{ column }},
        {% endfor %}
    from ruled_hours as hours
    inner join found_hours as found using (unit_id, parameter, hour_start_utc, chain)
    left join edges as before
        on before.unit_id = hours.unit_id
        and before.parameter = hours.parameter
        and before.quality_assured_number = hours.quality_assured_number
    left join edges as after
        on after.unit_id = hours.unit_id
        and after.parameter = hours.parameter
        and after.quality_assured_number = hours.quality_assured_number + 1
)

select
    site_id,
    unit_id,
    parameter,
    hour_start_utc,
    chain,
    {{ unrounded('greatest(range_value, cast(edges_value as double))') }} as substitute_value,
    case parameter
        when 'heat_input' then {{ half_away('greatest(range_p75_value, cast(edges_p75_value as double))', 1) }}
        when 'nox' then {{ half_away('greatest(range_p75_value, cast(edges_p75_value as double))', 3) }}
    end as p75_substitute_value,
    case when coalesce(edges_value > range_value, false) then 'before_after' else estimate_basis end as basis,
    case
        when coalesce(edges_value > range_value, false) then before_after_modc
        when estimate_basis = 'maximum_potential' and estimate <> 'maximum_potential' then if(parameter = 'nox', '12', null)
        else modc
    end as modc,
    rule_id,
    rule_is_verified,
    cast(gap_h as integer) as gap_h,
    pma_pct,
    load_bin,
from estimates
