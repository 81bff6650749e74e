{#- The column of the chain that a limit's missing_rule names; the best estimate where the rule is unknown. -#}
{% macro filled_by(missing_rule, ending) -%}
    case coalesce({{ missing_rule }}, 'load_bin')
        {% for chain in var('filled_masses') %}
            when '{{ chain }}' then {{ chain }}_{{ ending }}
        {% endfor %}
    end
{%- endmacro %}
