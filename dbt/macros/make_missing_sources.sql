{#- Hook of the `dev` target: what a fresh clone or a copied version lacks is made from the sources' own YAML.
    `affected.<kind>` becomes all of `readings.<kind>` where those exist, else an empty table of the right types.
    dbt rolls back the transaction of a hook that runs before the models: hence the commit. -#}
{% macro make_missing_sources() -%}
    {% if execute and target.name == 'dev' %}
        {% for node in graph.sources.values() if adapter.get_relation(target.database, node.schema, node.name) is none %}
            {% set whole_schema = 'quality' if node.name == 'days' else 'readings' %}
            {% set whole = adapter.get_relation(target.database, whole_schema, node.name) %}
            create schema if not exists {{ node.schema }};
            {% if node.schema == 'affected' and whole is not none %}
                create view {{ node.schema }}.{{ node.name }} as from {{ whole }};
            {% else %}
                create table {{ node.schema }}.{{ node.name }} (
                    {%- for column in node.columns.values() %}{{ column.name }} {{ column.data_type }}, {% endfor -%}
                );
            {% endif %}
        {% endfor %}
        commit;
        begin transaction;
    {% endif %}
{%- endmacro %}
