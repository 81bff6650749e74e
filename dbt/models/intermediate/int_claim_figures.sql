with asked as (
    select
        * exclude (site_id, first_day, end_day),
        count(site_id) as sites,
        if(count(site_id) = 1, min(site_id), null) as site_id,
        min(first_day) as first_day,
        max(end_day) as end_day,
        coalesce(sum(end_day - first_day), 0) as asked_days,
    from {{ ref('int_claim_periods') }}
    group by all
),

paired as (
    select
        periods.test_id,
        periods.period,
        periods.aggregation,
        figures.* exclude (weight),
        figures.end_day - figures.first_day as days,
        if(figures.nature = 'share', figures.weight * days, days) as weight,
        divisors.value as divisor,
        coalesce(figures.value, figures.low, figures.high) is not null
        and (periods.denominator is null or divisors.value is not null) as is_used,
    from {{ ref('int_claim_periods') }} as periods
    inner join {{ ref('int_claim_values') }} as figures
        on figures.kpi = periods.kpi
        and figures.slice is not distinct from periods.slice
        and figures.site_id = periods.site_id
        and figures.first_day < periods.end_day
        and figures.end_day > periods.first_day
        and figures.first_day >= coalesce(periods.valid_from, date '0001-01-01')
        and figures.end_day <= coalesce(periods.valid_to, date '9999-12-31')
    left join {{ ref('int_claim_values') }} as divisors
        on divisors.kpi = periods.denominator
        and divisors.slice is not distinct from periods.slice
        and divisors.site_id = figures.site_id
        and divisors.first_day = figures.first_day
),

chosen as (
    select
        *,
        is_used and (aggregation <> 'last' or first_day = max(if(is_used, first_day, null)) over site_rows) as is_chosen,
        count(*) filter (where is_used) over site_rows as rows_of_site,
        count(*) filter (where is_used and low is not null and high is not null) over site_rows as bounded_rows_of_site,
    from paired
    window site_rows as (partition by test_id, period, site_id)
),

drawn as (
    select
        chosen.* replace (
            {% for end in ['low', 'high'] %}
                case
                    when sums.days is null then chosen.{{ end }}
                    when chosen.first_day = min(if(is_chosen, chosen.first_day, null)) over site_rows then sums.{{ end }}
                    else 0
                end as {{ end }},
            {% endfor %}
        ),
    from chosen
    left join {{ ref('int_claim_drawn_sums') }} as sums
        on chosen.aggregation in ('sum', 'ratio_pct')
        and sums.kpi = chosen.kpi
        and sums.slice = chosen.slice
        and sums.site_id = chosen.site_id
        and sums.period = chosen.period
        and sums.days = chosen.rows_of_site
        and sums.days = chosen.bounded_rows_of_site
    window site_rows as (partition by chosen.test_id, chosen.period, chosen.site_id)
),

shared as (
    select
        *,
        case
            when aggregation in ('sum', 'ratio_pct') or (aggregation = 'last' and nature <> 'share') then 1
            else weight / nullif(sum(if(is_chosen, weight, 0)) over (
                partition by test_id, period, if(nature = 'share', null, site_id)
            ), 0)
        end as part_of_whole,
    from drawn
),

totals as (
    select
        test_id,
        period,
        aggregation,
        nature,
        is_demonstrated,
        count(*) filter (where is_chosen) as rows_chosen,
        count(*) filter (where is_used) = count(*) as is_whole,
        count(distinct if(is_used, site_id, null)) as sites_used,
        {% for end in ['value', 'low', 'high'] %}
            {
                known: count({{ end }}) filter (where is_chosen),
                total: sum({{ end }} * cast(part_of_whole as decimal(18, 15))) filter (where is_chosen),
                least: min({{ end }}) filter (where is_chosen),
                greatest: max({{ end }}) filter (where is_chosen)
            } as {{ end }}s,
        {% endfor %}
        sum(divisor) filter (where is_chosen) as divisor,
        sum(coverage_pct * if(is_own_period, 1, days)) as covered_pct_days,
        if(bool_or(is_own_period), count(*), null) as own_rows,
        min(reason) filter (where not is_used) as gap_reason,
        min(doubt) filter (where is_used) as doubt,
        case aggregation
            when 'max' then arg_max({since: first_day, until: end_day}, {most: value, earliest: -epoch(first_day)})
                filter (where value is not null)
            when 'min' then arg_min({since: first_day, until: end_day}, {least: value, earliest: epoch(first_day)})
                filter (where value is not null)
            else {since: min(first_day) filter (where is_chosen), until: max(end_day) filter (where is_chosen)}
        end as seen,
    from shared
    group by test_id, period, aggregation, nature, is_demonstrated
),

kpi_figures as (
    select
        test_id,
        period,
        is_demonstrated,
        if(own_rows is null, sites_used, null) as sites_used,
        is_whole,
        case
            when aggregation = 'max' then values.greatest
            when aggregation = 'min' then values.least
            when aggregation = 'sum' and not is_whole then null
            when values.known = rows_chosen then if(aggregation = 'ratio_pct', 100 * values.total / nullif(divisor, 0), values.total)
        end as value,
        case
            when aggregation = 'max' then lows.greatest
            when lows.known < rows_chosen then null
            when aggregation = 'min' then lows.least
            when aggregation = 'sum' and not is_whole then null
            else if(aggregation = 'ratio_pct', 100 * lows.total / nullif(divisor, 0), lows.total)
        end as low,
        case
            when aggregation = 'min' then highs.least
            when aggregation = 'max' and is_demonstrated then if(highs.known > 0, greatest(highs.greatest, lows.greatest), null)
            when highs.known < rows_chosen then null
            when aggregation = 'max' then highs.greatest
            when aggregation = 'sum' and not is_whole then null
            else if(aggregation = 'ratio_pct', 100 * highs.total / nullif(divisor, 0), highs.total)
        end as high,
        covered_pct_days,
        own_rows,
        gap_reason,
        doubt,
        seen.since as seen_from,
        seen.until as seen_to,
    from totals
),

figures as (
    select * from kpi_figures
    union all by name
    select *, false as is_demonstrated, true as is_whole, from {{ ref('int_claim_peak_shares') }}
)

select
    asked.* exclude (sites, asked_days),
    figures.is_demonstrated,
    {% for end in ['value', 'low', 'high'] %}
        {{ amount('if(figures.sites_used < asked.sites, null, figures.' ~ end ~ ')') }} as {{ end }},
    {% endfor %}
    {{ amount("case
        when asked.stated_value is not null then 100
        when figures.test_id is null then 0
        else least(100, covered_pct_days / nullif(coalesce(own_rows, asked_days), 0))
    end") }} as data_coverage_pct,
    figures.doubt,
    seen_from,
    seen_to,
    case
        when asked.kpi is null and asked.stated_value is null then 'no_kpi'
        when figures.test_id is null then 'no_rows'
        when figures.sites_used < asked.sites then coalesce(gap_reason, 'site_missing')
        when not is_whole and figures.value is null then coalesce(gap_reason, 'incomplete')
        when figures.value is null then 'no_value'
    end as reason,
from asked
left join figures using (test_id, period)
