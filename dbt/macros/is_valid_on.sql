{#- Whether a dated row holds on a day: [valid_from, valid_to), open ends are NULL. -#}
{% macro is_valid_on(row, day) -%}
    (
        ({{ row }}.valid_from is null or {{ row }}.valid_from <= {{ day }})
        and ({{ row }}.valid_to is null or {{ day }} < {{ row }}.valid_to)
    )
{%- endmacro %}
