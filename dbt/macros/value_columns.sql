{#- Names of the value columns of a kind, from the YAML of `affected.<kind>`: what is not a base column. -#}
{% macro value_columns(kind) -%}
    {% set names = [] %}
    {% if execute %}
        {% set base = ['site_id', 'device_id', 'feed_id', 'interval_start_utc', 'interval_s', 'file_id',
                       'row_number', 'method', 'utc_date'] %}
        {% for node in graph.sources.values() if node.source_name == 'affected' and node.name == kind %}
            {% for name in node.columns if name not in base %}{% do names.append(name) %}{% endfor %}
        {% endfor %}
    {% endif %}
    {{ return(names) }}
{%- endmacro %}
