-- What the rows of an organization take of the catalog, bytes: their texts, and an estimate for the rest of a row with its
-- indexes. Triggers keep it, so that it holds whoever writes. Kinds: live, deleted (until it is purged), answers (of
-- idempotency keys), audit, records (that are only added).
CREATE TABLE catalog_use (
    organization_id TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    slot BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    PRIMARY KEY (organization_id, kind, slot)
);

CREATE FUNCTION add_catalog_use(organization TEXT, of_kind TEXT, more BIGINT) RETURNS VOID LANGUAGE sql AS $$
    INSERT INTO catalog_use (organization_id, kind, slot, bytes)
    SELECT organization, of_kind, pg_backend_pid() % 16, more WHERE organization IS NOT NULL AND more <> 0
    ON CONFLICT (organization_id, kind, slot) DO UPDATE SET bytes = catalog_use.bytes + excluded.bytes
$$;

-- For each table: whose a row is, of which kind, what it takes, and which changes matter. A change within one kind is
-- one addition.
DO $do$
DECLARE
    counted RECORD;
BEGIN
    FOR counted IN SELECT * FROM (VALUES
        ('item', 'r.organization_id', 'CASE WHEN r.deleted_at IS NULL THEN ''live'' ELSE ''deleted'' END',
            '1000 + octet_length(r.record) + octet_length(r.properties) + octet_length(r.stac_extensions) + ' ||
            'octet_length(r.facts) + octet_length(r.document) + coalesce(octet_length(r.geometry), 0) + ' ||
            'coalesce(octet_length(r.description), 0) + octet_length(r.name)',
            'OR UPDATE OF record, properties, stac_extensions, facts, document, geometry, description, name, deleted_at'),
        ('asset', 'r.organization_id', 'CASE WHEN r.deleted_at IS NULL THEN ''live'' ELSE ''deleted'' END',
            '500 + octet_length(r.facts) + octet_length(r.roles) + octet_length(r.file_name) + ' ||
            'coalesce(octet_length(r.statistics), 0) + coalesce(octet_length(r.band_names), 0) + ' ||
            'coalesce(octet_length(r.title), 0) + coalesce(octet_length(r.href), 0)',
            'OR UPDATE OF facts, roles, file_name, statistics, band_names, title, href, deleted_at'),
        ('collection', 'r.organization_id', 'CASE WHEN r.deleted_at IS NULL THEN ''live'' ELSE ''deleted'' END',
            '500 + octet_length(r.name) + octet_length(r.document) + coalesce(octet_length(r.description), 0)',
            'OR UPDATE OF name, document, description, deleted_at'),
        ('visualization_profile', 'r.organization_id', '''live''',
            '300 + octet_length(r.name) + octet_length(r.config)',
            'OR UPDATE OF name, config'),
        ('job', 'r.organization_id', '''live''',
            '500 + octet_length(r.payload) + coalesce(octet_length(r.result), 0) + ' ||
            'coalesce(octet_length(r.error_message), 0)',
            'OR UPDATE OF payload, result, error_message'),
        ('job_blob', 'r.organization_id', '''live''',
            '300 + r.size',
            ''),
        ('upload', 'r.organization_id', '''live''',
            '500 + octet_length(r.item_ids) + coalesce(octet_length(r.progress_status), 0) + ' ||
            'coalesce(octet_length(r.error_message), 0)',
            'OR UPDATE OF item_ids, progress_status, error_message'),
        ('upload_file', 'r.organization_id', '''live''',
            '400 + octet_length(r.file_name) + octet_length(r.object_path)',
            ''),
        ('project', 'r.organization_id', '''live''',
            '500 + octet_length(r.name) + coalesce(octet_length(r.description), 0)',
            'OR UPDATE OF name, description'),
        ('api_key', 'r.organization_id', '''live''',
            '400 + octet_length(r.name) + octet_length(r.permissions)',
            ''),
        ('provenance_edge', 'r.organization_id', '''records''',
            '500',
            ''),
        ('usage_entry', 'r.organization_id', '''records''',
            '250',
            ''),
        ('audit_log', 'r.organization_id', '''audit''',
            '350 + octet_length(r.request_id) + octet_length(r.targets) + octet_length(r.user_agent) + ' ||
            'coalesce(octet_length(r.client_request_id), 0)',
            ''),
        ('idempotency_key', 'r.scope', '''answers''',
            '300 + octet_length(r.client_key) + coalesce(octet_length(r.response), 0) + ' ||
            'coalesce(octet_length(r.head), 0) + coalesce(octet_length(r.checks), 0)',
            'OR UPDATE OF response, head, checks')
    ) AS t (name, owner, kind, bytes, changes) LOOP
        EXECUTE format('INSERT INTO catalog_use (organization_id, kind, slot, bytes) '
            'SELECT %s, %s, 0, sum(%s) FROM %I r WHERE %s IS NOT NULL GROUP BY 1, 2 '
            'ON CONFLICT (organization_id, kind, slot) DO UPDATE SET bytes = catalog_use.bytes + excluded.bytes',
            counted.owner, counted.kind, counted.bytes, counted.name, counted.owner);
        EXECUTE format($make$
            CREATE FUNCTION %1$I() RETURNS trigger LANGUAGE plpgsql AS $body$
            BEGIN
                IF TG_OP = 'UPDATE' AND (%3$s) = (%4$s) THEN
                    PERFORM add_catalog_use(%2$s, %3$s, (%5$s) - (%6$s));
                    RETURN NULL;
                END IF;
                IF TG_OP <> 'DELETE' THEN
                    PERFORM add_catalog_use(%2$s, %3$s, %5$s);
                END IF;
                IF TG_OP <> 'INSERT' THEN
                    PERFORM add_catalog_use(%7$s, %4$s, -(%6$s));
                END IF;
                RETURN NULL;
            END
            $body$
        $make$, counted.name || '_use', replace(counted.owner, 'r.', 'NEW.'), replace(counted.kind, 'r.', 'NEW.'),
            replace(counted.kind, 'r.', 'OLD.'), replace(counted.bytes, 'r.', 'NEW.'),
            replace(counted.bytes, 'r.', 'OLD.'), replace(counted.owner, 'r.', 'OLD.'));
        EXECUTE format('CREATE TRIGGER %I AFTER INSERT OR DELETE %s ON %I FOR EACH ROW EXECUTE FUNCTION %I()',
            counted.name || '_use', counted.changes, counted.name, counted.name || '_use');
    END LOOP;
END
$do$;
