{#- Joins when two local days of a row begin: `begins` for the first, `ends` for the one after the last.
    A day outside the calendar has no row there; the day itself, taken as an instant, then lies on the right side. -#}
{% macro join_local_midnights(rows, first_day, day_after) -%}
    left join {{ ref('int_local_days') }} as begins
        on begins.site_id = {{ rows }}.site_id and begins.local_date = {{ rows }}.{{ first_day }}
    left join {{ ref('int_local_days') }} as ends
        on ends.site_id = {{ rows }}.site_id and ends.local_date = {{ rows }}.{{ day_after }}
{%- endmacro %}
