{#- A number in a sentence: six significant digits, no trailing zeros. -#}
{% macro shown(number) -%}
    printf('%.6g', cast({{ number }} as double))
{%- endmacro %}
