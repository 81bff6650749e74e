{#- How the value of a column of readings came about. What was cleaned before values had methods goes by its row's. -#}
{% macro method_of(column) -%}
    case when {{ column }} is not null then coalesce({{ column }}_method, method) end
{%- endmacro %}
