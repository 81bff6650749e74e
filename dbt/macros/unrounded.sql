{#- A rate (twelve decimals) or concentration (nine) as it is stored: computed in DOUBLE, then exact for sums and texts, and
    nothing is rounded to the precision of a limit. NULL where O2 is so near to that of air that no number fits. -#}
{% macro unrounded(expression, digits=12) -%}
    try_cast({{ expression }} as decimal(24, {{ digits }}))
{%- endmacro %}
