{% for column in ['short_tons_measured', 'short_tons_best_estimate', 'short_tons_low'] %}
    {{ 'union all' if not loop.first }}
    select '{{ column }}' as column_name, site_id, month, pollutant
    from {{ ref('emissions_monthly') }}
    group by site_id, month, pollutant
    having sum({{ column }}) filter (where unit_id is null) is distinct from sum({{ column }}) filter (where unit_id is not null)
        and ('{{ column }}' = 'short_tons_measured' or count(*) filter (where {{ column }} is null) = 0)
{% endfor %}
