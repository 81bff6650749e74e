{#- Whether a comparison of reference.limit_conditions holds; NULL where the quantity is not known. -#}
{% macro comparison_holds(quantity, condition) -%}
    case {{ condition }}.comparison
        when '<' then {{ quantity }} < {{ condition }}.value
        when '<=' then {{ quantity }} <= {{ condition }}.value
        when '>' then {{ quantity }} > {{ condition }}.value
        when '>=' then {{ quantity }} >= {{ condition }}.value
        else true
    end
{%- endmacro %}
