{#- Whether the emission monitor itself calls its values valid; a monitor that gives no status is taken at its word. -#}
{% macro is_monitor_valid() -%}
    coalesce(monitor_status, 'valid') = 'valid'
{%- endmacro %}
