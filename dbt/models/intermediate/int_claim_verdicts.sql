with kpis as (
    select *,
    from (
        values
        {% for table in var('claimable') %}
            {% for column in table.columns %}
                ('{{ table.mart }}.{{ column.name }}', '{{ column.unit }}', {{ table.own | default(false) }}),
            {% endfor %}
        {% endfor %}
        (null, '%', false)
    ) as listed (kpi, unit, is_event)
),

figures as (
    select
        figures.*,
        case when aggregation = 'ratio_pct' then '%' else kpis.unit end as unit,
        coalesce(kpis.is_event and first_day is not null, false) as is_event,
        coalesce(min_coverage_pct, {{ parameter('coverage_gate_pct') }}) as gate_pct,
        (confirmed_from is not null or confirmed_to is not null)
        and (confirmed_from is null or coalesce(low > confirmed_from or (low = confirmed_from and not is_strict), false))
        and (confirmed_to is null or coalesce(high < confirmed_to or (high = confirmed_to and not is_strict), false))
            as confirms,
        coalesce(high < refuted_below or (high = refuted_below and is_strict), false)
        or coalesce(low > refuted_above or (low = refuted_above and is_strict), false) as refutes,
    from {{ ref('int_claim_figures') }} as figures
    left join kpis on kpis.kpi = figures.kpi
),

judged as (
    select
        *,
        case
            when reason = 'no_rows' and is_event then 'not_demonstrated'
            when reason in ('no_kpi', 'no_rows') or data_coverage_pct = 0 then reason
            when data_coverage_pct < gate_pct then 'low_coverage'
            when coalesce(value, low, high) is null then reason
            when doubt is not null then doubt
            when confirms then 'confirmed'
            when refutes then 'refuted'
            when is_demonstrated and high is null then 'not_demonstrated'
            else 'between'
        end as code,
    from figures
),

spelled as (
    select
        *,
        concat_ws(
            ', ',
            case
                when confirmed_from = confirmed_to then {{ shown('confirmed_from') }} || ' confirms'
                when confirmed_from is not null and confirmed_to is not null
                    then {{ shown('confirmed_from') }} || ' to ' || {{ shown('confirmed_to') }} || ' confirms'
                when confirmed_from is not null
                    then if(is_strict, '> ', '≥ ') || {{ shown('confirmed_from') }} || ' confirms'
                when confirmed_to is not null then if(is_strict, '< ', '≤ ') || {{ shown('confirmed_to') }} || ' confirms'
            end,
            if(is_strict, '≤ ', '< ') || {{ shown('refuted_below') }} || ' refutes',
            if(is_strict, '≥ ', '> ') || {{ shown('refuted_above') }} || ' refutes'
        ) as threshold,
        case
            when low = high then {{ shown('low') }}
            when low is not null and high is not null then {{ shown('low') }} || ' to ' || {{ shown('high') }}
            when low is not null then 'at least ' || {{ shown('low') }}
            when high is not null then 'at most ' || {{ shown('high') }}
            else 'about ' || {{ shown('value') }}
        end || ' ' || unit as interval_text,
    from judged
)

select
    test_id,
    claim_id,
    period,
    boundary,
    part,
    statement,
    source,
    coalesce(kpi, denominator) as kpi,
    aggregation,
    site_id,
    value,
    low,
    high,
    unit,
    threshold,
    gate_pct,
    case
        when code in ('confirmed', 'refuted') then code
        when code in ('not_demonstrated', 'low_coverage', 'between') or code = doubt then 'inconclusive'
        else 'not_testable'
    end as verdict,
    case code
        when 'confirmed' then interval_text || ' confirms it.'
        when 'refuted' then interval_text || ' refutes it.'
        when 'between' then interval_text || ' neither confirms nor refutes it.'
        when 'not_demonstrated' then 'not_demonstrated: '
            || coalesce(interval_text || '; more was never called for.', 'nothing in the period called for it.')
        when 'low_coverage' then 'low_coverage: ' || {{ shown('data_coverage_pct') }}
            || ' % of the period is measured and good, ' || {{ shown('gate_pct') }} || ' % are asked for.'
        when 'no_kpi' then 'no_kpi: the claim names no KPI that could test it.'
        when 'no_rows' then 'no_rows: there are no data of the KPI in the period.'
        when doubt then code || ': ' || interval_text || ' cannot be relied on yet.'
        else code || ': the figure is unknown.'
    end as why,
    case
        when kpi is not null then 'marts.' || split_part(kpi, '.', 1) when denominator is not null then 'reference.system_peaks'
    end
    || coalesce(' site_id=' || site_id, '')
    || coalesce(' ' || slice, '')
    || coalesce(if(kpi is null, null, ' ' || coalesce(seen_from, first_day) || '..' || coalesce(seen_to, end_day)), '') as evidence,
    data_coverage_pct,
    reason,
from spelled
