{#- Number of the version being built; the last column of every mart. -#}
{% macro version_id() -%}
    cast({{ var('version_id') }} as bigint)
{%- endmacro %}
