{#- Worst method of those columns of readings that are there, numbered from best to worst; NULL where none is. -#}
{% macro worst_method(columns) -%}
    greatest(
        {% for column in columns %}
            case {{ column }}_method
                when 'measured' then '1 measured' when 'calculated' then '2 calculated' when 'substituted' then '3 substituted'
            end{% if not loop.last %},{% endif %}
        {% endfor %}
    )
{%- endmacro %}
