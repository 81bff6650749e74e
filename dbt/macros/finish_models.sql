{#- Hook after the models, for all that were built: fails where two rows of a model share its key (meta: key; NULL
    counts as a value: site rows have device_id NULL), then writes the descriptions into DuckDB's catalogue.
    One statement list: as tests and statements of each model they would take a third of a build. -#}
{% macro finish_models(results) %}
    begin transaction;
    {% for result in results if result.node.resource_type == 'model' and result.status == 'success' %}
        {% set model = result.node %}
        {% set key = model.config.meta.get('key') %}
        {% if key %}
            select error('{{ model.name }}: two rows share the key ' || to_json(twice))
            from (select {{ key | join(', ') }} from {{ model.relation_name }} group by all having count(*) > 1 limit 1) as twice;
        {% endif %}
        {% set kind = 'view' if model.config.materialized == 'view' else 'table' %}
        comment on {{ kind }} {{ model.relation_name }} is {{ duckdb_escape_comment(model.description) }};
        {% for column in model.columns.values() %}
            comment on column {{ model.relation_name }}.{{ adapter.quote(column.name) }} is {{ duckdb_escape_comment(column.description) }};
        {% endfor %}
    {% endfor %}
    commit;
{% endmacro %}
