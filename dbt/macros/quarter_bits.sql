{#- The quarters of the clock hour (bits 0 to 3) that a step of at most one hour touches. -#}
{% macro quarter_bits(start, seconds) -%}
    (
        (1 << (cast(floor((minute({{ start }}) * 60 + second({{ start }}) + {{ seconds }} - 1) / 900) as integer) + 1))
        - (1 << cast(floor((minute({{ start }}) * 60 + second({{ start }})) / 900) as integer))
    )
{%- endmacro %}
