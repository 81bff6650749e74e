{#- Start of the UTC bucket of `seconds` that holds an instant. -#}
{% macro bucket_start(instant, seconds) -%}
    time_bucket(to_seconds({{ seconds }}), {{ instant }}, timestamp '2000-01-01')
{%- endmacro %}
