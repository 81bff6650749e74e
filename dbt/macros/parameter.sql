{#- A gate of reference.parameters as a number; the default of dbt_project.yml where the campus has not decided it. -#}
{% macro parameter(parameter_id) -%}
    coalesce(
        (
            select max_by(decided.value, coalesce(decided.valid_from, date '0001-01-01'))
            from {{ source('reference', 'parameters') }} as decided
            where decided.parameter_id = '{{ parameter_id }}' and decided.valid_to is null
        ),
        {{ var('parameter_defaults')[parameter_id] }}
    )
{%- endmacro %}
