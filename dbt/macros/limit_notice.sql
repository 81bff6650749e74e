{#- What stands beside every figure under a limit that nobody has checked against its source. -#}
{% macro limit_notice(limit_is_verified) -%}
    case when not {{ limit_is_verified }} then 'unverified limit' end
{%- endmacro %}
