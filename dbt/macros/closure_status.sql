{#- green, amber, red by the closure gates (a boundary belongs to the milder class), or why there is no closure. -#}
{% macro closure_status(closure_pct, reason) -%}
    case
        when {{ reason }} = 'not_independent' then 'not_independent'
        when {{ closure_pct }} is null then 'missing_source'
        when abs({{ closure_pct }}) <= {{ parameter('closure_green_pct') }} then 'green'
        when abs({{ closure_pct }}) <= {{ parameter('closure_amber_pct') }} then 'amber'
        else 'red'
    end
{%- endmacro %}
