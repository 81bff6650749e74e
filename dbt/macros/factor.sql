{#- A number of reference.factors; NULL where the campus has none, and then everything computed from it is. -#}
{% macro factor(factor_id) -%}
    (
        select max_by(listed.value, coalesce(listed.valid_from, date '0001-01-01'))
        from {{ source('reference', 'factors') }} as listed
        where listed.factor_id = '{{ factor_id }}' and listed.valid_to is null
    )
{%- endmacro %}
