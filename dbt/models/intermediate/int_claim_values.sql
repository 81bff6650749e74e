with claimed as (
    select unnest([kpi, denominator]) as kpi,
    from {{ source('reference', 'claims') }}
),

accuracies as (
    select site_id, quantity, max(accuracy_pct) / 100 as accuracy,
    from {{ source('reference', 'meters') }}
    where counts_in_balance
    group by site_id, quantity
),

figures as (
    {% for table in var('claimable') %}
        {% set is_last_mart = loop.last %}
        {% for column in table.columns %}
            {% set value = column.value | default(column.name) %}
            select
                '{{ table.mart }}.{{ column.name }}' as kpi,
                cast(
                    {% if table.slices is defined %}
                        concat_ws(' '{% for slice in table.slices %}, '{{ slice }}=' || {{ slice }}{% endfor %})
                    {% else %}
                        null
                    {% endif %} as varchar
                ) as slice,
                site_id,
                cast({{ table.first_day }} as date) as first_day,
                cast(cast({{ table.first_day }} as date) + interval 1 {{ table.lasts }} as date) as end_day,
                {{ amount('if(' ~ column.name ~ ' is not null, ' ~ value ~ ', null)') }} as value,
                {{ amount(column.low | default(column.name)) }} as low,
                {{ amount(column.high | default(column.name)) }} as high,
                {{ amount(column.weight | default('1')) }} as weight,
                {{ amount(column.coverage | default('data_coverage_pct')) }} as coverage_pct,
                {{ table.own | default(false) }} as is_own_period,
                if({{ column.name }} is null, coalesce({{ column.reason | default('reason') }}, 'unknown'), null) as reason,
                {{ table.doubt | default('cast(null as varchar)') }} as doubt,
                '{{ column.nature }}' as nature,
                {{ column.demonstrated | default(false) }} as is_demonstrated,
                '{{ column.meter | default("none") }}' as meter,
            from {{ ref(table.mart) }}
            where {{ table.only | default('true') }}
            {{ 'union all' if not (loop.last and is_last_mart) }}
        {% endfor %}
    {% endfor %}
)

select
    figures.* exclude (low, high, meter),
    {{ amount('low - abs(low) * coalesce(accuracy, 0)') }} as low,
    {{ amount('high + abs(high) * coalesce(accuracy, 0)') }} as high,
from figures
left join accuracies on accuracies.site_id = figures.site_id and accuracies.quantity = figures.meter
where figures.kpi in (select claimed.kpi from claimed where claimed.kpi is not null)
