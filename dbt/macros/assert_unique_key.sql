{#- Fails a model that has two rows of one key (meta: key); NULL counts as a value: site rows have device_id NULL.
    A statement after each model: as tests of dbt they would take a third of a build. -#}
{% macro assert_unique_key() %}
    {% set key = model.config.meta.get('key') %}
    {% if key %}
        select error('two rows share the key ' || to_json(twice)) as failure
        from (select {{ key | join(', ') }} from {{ this }} group by all having count(*) > 1 limit 1) as twice
    {% endif %}
{% endmacro %}
