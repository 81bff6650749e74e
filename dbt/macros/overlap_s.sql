{#- Seconds of the 5 minutes from `interval_start_utc` that lie in [from_utc, until_utc); 0 where there is no such span. -#}
{% macro overlap_s(from_utc, until_utc) -%}
    cast(
        case
            when {{ from_utc }} is null or {{ until_utc }} is null then 0
            else greatest(0, date_diff(
                'second',
                greatest(interval_start_utc, {{ from_utc }}),
                least(interval_start_utc + interval 5 minutes, {{ until_utc }})
            ))
        end as integer
    )
{%- endmacro %}
