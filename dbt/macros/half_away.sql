{#- EPA's rounding: DECIMAL, half away from zero. The cast to twelve decimals gives exact ties back that a binary float missed. -#}
{% macro half_away(expression, digits) -%}
    try_cast(round(try_cast({{ expression }} as decimal(38, 12)), {{ digits }}) as decimal(18, {{ digits }}))
{%- endmacro %}
