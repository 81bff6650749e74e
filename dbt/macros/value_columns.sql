{#- Value columns of a kind → how their values came about, from the YAML of `affected.<kind>`: columns that are neither
    base columns nor methods; where values have no methods of their own the row's counts. -#}
{% macro value_columns(kind) -%}
    {% set methods = {} %}
    {% if execute %}
        {% set base = ['site_id', 'device_id', 'feed_id', 'interval_start_utc', 'interval_s', 'file_id',
                       'row_number', 'method', 'utc_date'] %}
        {% for node in graph.sources.values() if node.source_name == 'affected' and node.name == kind %}
            {% for name in node.columns if name not in base and not name.endswith('_method') %}
                {% set has_methods = name ~ '_method' in node.columns %}
                {% do methods.update({name: method_of(name) if has_methods else 'method'}) %}
            {% endfor %}
        {% endfor %}
    {% endif %}
    {{ return(methods) }}
{%- endmacro %}
