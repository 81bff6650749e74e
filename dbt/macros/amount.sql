{#- The one exact type of linear quantities: six decimals; the rounding, if any, happens here and once. -#}
{% macro amount(expression) -%}
    cast({{ expression }} as decimal(18, 6))
{%- endmacro %}
