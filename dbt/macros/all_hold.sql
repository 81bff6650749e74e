{#- Whether all of a group hold, as three-valued logic has it: one false settles it, one unknown leaves it open. -#}
{% macro all_hold(condition) -%}
    case when bool_or(not ({{ condition }})) then false when count({{ condition }}) = count(*) then true end
{%- endmacro %}
