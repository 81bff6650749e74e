{#- Whether readings of a device are expected on a day: commissioned ≤ day < retired.
    A device without any date (a meter that was always there) always is; one only delivered or installed is not. -#}
{% macro is_expected_on(device, day) -%}
    (
        case
            when {{ device }}.commissioned_on is not null then {{ device }}.commissioned_on <= {{ day }}
            else {{ device }}.delivered_on is null and {{ device }}.installed_on is null
        end
        and ({{ device }}.retired_on is null or {{ day }} < {{ device }}.retired_on)
    )
{%- endmacro %}
