{#- What a day is to a demand-response programme of a utility system: a holiday is of the weekend. -#}
{% macro day_type(system_id, day) -%}
    case
        when
            isodow({{ day }}) >= 6
            or exists (
                select 1 from {{ source('reference', 'holidays') }} as holidays
                where holidays.system_id = {{ system_id }} and holidays.holiday_on = {{ day }}
            )
            then 'weekend'
        else 'weekday'
    end
{%- endmacro %}
