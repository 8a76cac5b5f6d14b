-- What the rows of an organization take of the catalog, bytes: their texts, and an estimate for the rest of a row with its
-- indexes. Triggers keep it, so that it holds whoever writes. Kinds: live, deleted (until it is purged), answers (of
-- idempotency keys), audit, records (that are only added).
CREATE TABLE catalog_use (
    organization_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    slot BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    PRIMARY KEY (organization_id, kind, slot)
);

INSERT INTO catalog_use (organization_id, kind, slot, bytes) SELECT organization_id, CASE WHEN deleted_at IS NULL THEN
    'live' ELSE 'deleted' END, 0, sum(1000 + length(CAST(record || properties || stac_extensions || facts || document
    || coalesce(geometry, '') || coalesce(description, '') || name AS BLOB))) FROM item WHERE organization_id IS NOT
    NULL GROUP BY 1, 2
ON CONFLICT (organization_id, kind, slot) DO UPDATE SET bytes = bytes + excluded.bytes;
CREATE TRIGGER item_use_insert AFTER INSERT ON item BEGIN
    INSERT INTO catalog_use (organization_id, kind, slot, bytes) VALUES (NEW.organization_id, CASE WHEN NEW.deleted_at
        IS NULL THEN 'live' ELSE 'deleted' END, 0, 1000 + length(CAST(NEW.record || NEW.properties ||
        NEW.stac_extensions || NEW.facts || NEW.document || coalesce(NEW.geometry, '') || coalesce(NEW.description,
        '') || NEW.name AS BLOB)))
    ON CONFLICT (organization_id, kind, slot) DO UPDATE SET bytes = bytes + excluded.bytes;
END;
CREATE TRIGGER item_use_update AFTER UPDATE OF record, properties, stac_extensions, facts, document, geometry,
    description, name, deleted_at ON item BEGIN
    INSERT INTO catalog_use (organization_id, kind, slot, bytes) VALUES (NEW.organization_id, CASE WHEN NEW.deleted_at
        IS NULL THEN 'live' ELSE 'deleted' END, 0, 1000 + length(CAST(NEW.record || NEW.properties ||
        NEW.stac_extensions || NEW.facts || NEW.document || coalesce(NEW.geometry, '') || coalesce(NEW.description,
        '') || NEW.name AS BLOB)))
    ON CONFLICT (organization_id, kind, slot) DO UPDATE SET bytes = bytes + excluded.bytes;
    INSERT INTO catalog_use (organization_id, kind, slot, bytes) VALUES (OLD.organization_id, CASE WHEN OLD.deleted_at
        IS NULL THEN 'live' ELSE 'deleted' END, 0, -(1000 + length(CAST(OLD.record || OLD.properties ||
        OLD.stac_extensions || OLD.facts || OLD.document || coalesce(OLD.geometry, '') || coalesce(OLD.description,
        '') || OLD.name AS BLOB))))
    ON CONFLICT (organization_id, kind, slot) DO UPDATE SET bytes = bytes + excluded.bytes;
END;
CREATE TRIGGER item_use_delete AFTER DELETE ON item BEGIN
    INSERT INTO catalog_use (organization_id, kind, slot, bytes) VALUES (OLD.organization_id, CASE WHEN OLD.deleted_at
        IS NULL THEN 'live' ELSE 'deleted' END, 0, -(1000 + length(CAST(OLD.record || OLD.properties ||
        OLD.stac_extensions || OLD.facts || OLD.document || coalesce(OLD.geometry, '') || coalesce(OLD.description,
        '') || OLD.name AS BLOB))))
    ON CONFLICT (organization_id, kind, slot) DO UPDATE SET bytes = bytes + excluded.bytes;
END;

INSERT INTO catalog_use (organization_id, kind, slot, bytes) SELECT organization_id, CASE WHEN deleted_at IS NULL THEN
    'live' ELSE 'deleted' END, 0, sum(500 + length(CAST(facts || roles || file_name || coalesce(statistics, '') ||
    coalesce(band_names, '') || coalesce(title, '') || coalesce(href, '') AS BLOB))) FROM asset WHERE organization_id
    IS NOT NULL GROUP BY 1, 2
ON CONFLICT (organization_id, kind, slot) DO UPDATE SET bytes = bytes + excluded.bytes;
CREATE TRIGGER asset_use_insert AFTER INSERT ON asset BEGIN
    INSERT INTO catalog_use (organization_id, kind, slot, bytes) VALUES (NEW.organization_id, CASE WHEN NEW.deleted_at
        IS NULL THEN 'live' ELSE 'deleted' END, 0, 500 + length(CAST(NEW.facts || NEW.roles || NEW.file_name ||
        coalesce(NEW.statistics, '') || coalesce(NEW.band_names, '') || coalesce(NEW.title, '') || coalesce(NEW.href,
        '') AS BLOB)))
    ON CONFLICT (organization_id, kind, slot) DO UPDATE SET bytes = bytes + excluded.bytes;
END;
CREATE TRIGGER asset_use_update AFTER UPDATE OF facts, roles, file_name, statistics, band_names, title, href,
    deleted_at ON asset BEGIN
    INSERT INTO catalog_use (organization_id, kind, slot, bytes) VALUES (NEW.organization_id, CASE WHEN NEW.deleted_at
        IS NULL THEN 'live' ELSE 'deleted' END, 0, 500 + length(CAST(NEW.facts || NEW.roles || NEW.file_name ||
        coalesce(NEW.statistics, '') || coalesce(NEW.band_names, '') || coalesce(NEW.title, '') || coalesce(NEW.href,
        '') AS BLOB)))
    ON CONFLICT (organization_id, kind, slot) DO UPDATE SET bytes = bytes + excluded.bytes;
    INSERT INTO catalog_use (organization_id, kind, slot, bytes) VALUES (OLD.organization_id, CASE WHEN OLD.deleted_at
        IS NULL THEN 'live' ELSE 'deleted' END, 0, -(500 + length(CAST(OLD.facts || OLD.roles || OLD.file_name ||
        coalesce(OLD.statistics, '') || coalesce(OLD.band_names, '') || coalesce(OLD.title, '') || coalesce(OLD.href,
        '') AS BLOB))))
    ON CONFLICT (organization_id, kind, slot) DO UPDATE SET bytes = bytes + excluded.bytes;
END;
CREATE TRIGGER asset_use_delete AFTER DELETE ON asset BEGIN
    INSERT INTO catalog_use (organization_id, kind, slot, bytes) VALUES (OLD.organization_id, CASE WHEN OLD.deleted_at
        IS NULL THEN 'live' ELSE 'deleted' END, 0, -(500 + length(CAST(OLD.facts || OLD.roles || OLD.file_name ||
        coalesce(OLD.statistics, '') || coalesce(OLD.band_names, '') || coalesce(OLD.title, '') || coalesce(OLD.href,
        '') AS BLOB))))
    ON CONFLICT (organization_id, kind, slot) DO UPDATE SET bytes = bytes + excluded.bytes;
END;

INSERT INTO catalog_use (organization_id, kind, slot, bytes) SELECT organization_id, CASE WHEN deleted_at IS NULL THEN
    'live' ELSE 'deleted' END, 0, sum(500 + length(CAST(name || document || coalesce(description, '') AS BLOB))) FROM
    collection WHERE organization_id IS NOT NULL GROUP BY 1, 2
ON CONFLICT (organization_id, kind, slot) DO UPDATE SET bytes = bytes + excluded.bytes;
CREATE TRIGGER collection_use_insert AFTER INSERT ON collection BEGIN
    INSERT INTO catalog_use (organization_id, kind, slot, bytes) VALUES (NEW.organization_id, CASE WHEN NEW.deleted_at
        IS NULL THEN 'live' ELSE 'deleted' END, 0, 500 + length(CAST(NEW.name || NEW.document ||
        coalesce(NEW.description, '') AS BLOB)))
    ON CONFLICT (organization_id, kind, slot) DO UPDATE SET bytes = bytes + excluded.bytes;
END;
CREATE TRIGGER collection_use_update AFTER UPDATE OF name, document, description, deleted_at ON collection BEGIN
    INSERT INTO catalog_use (organization_id, kind, slot, bytes) VALUES (NEW.organization_id, CASE WHEN NEW.deleted_at
        IS NULL THEN 'live' ELSE 'deleted' END, 0, 500 + length(CAST(NEW.name || NEW.document ||
        coalesce(NEW.description, '') AS BLOB)))
    ON CONFLICT (organization_id, kind, slot) DO UPDATE SET bytes = bytes + excluded.bytes;
    INSERT INTO catalog_use (organization_id, kind, slot, bytes) VALUES (OLD.organization_id, CASE WHEN OLD.deleted_at
        IS NULL THEN 'live' ELSE 'deleted' END, 0, -(500 + length(CAST(OLD.name || OLD.document ||
        coalesce(OLD.description, '') AS BLOB))))
    ON CONFLICT (organization_id, kind, slot) DO UPDATE SET bytes = bytes + excluded.bytes;
END;

INSERT INTO catalog_use (organization_id, kind, slot, bytes) SELECT organization_id, 'live', 0, sum(300 +
    length(CAST(name || config AS BLOB))) FROM visualization_profile WHERE organization_id IS NOT NULL GROUP BY 1, 2
ON CONFLICT (organization_id, kind, slot) DO UPDATE SET bytes = bytes + excluded.bytes;
CREATE TRIGGER visualization_profile_use_insert AFTER INSERT ON visualization_profile BEGIN
    INSERT INTO catalog_use (organization_id, kind, slot, bytes) VALUES (NEW.organization_id, 'live', 0, 300 +
        length(CAST(NEW.name || NEW.config AS BLOB)))
    ON CONFLICT (organization_id, kind, slot) DO UPDATE SET bytes = bytes + excluded.bytes;
END;
CREATE TRIGGER visualization_profile_use_update AFTER UPDATE OF name, config ON visualization_profile BEGIN
    INSERT INTO catalog_use (organization_id, kind, slot, bytes) VALUES (NEW.organization_id, 'live', 0, 300 +
        length(CAST(NEW.name || NEW.config AS BLOB)))
    ON CONFLICT (organization_id, kind, slot) DO UPDATE SET bytes = bytes + excluded.bytes;
    INSERT INTO catalog_use (organization_id, kind, slot, bytes) VALUES (OLD.organization_id, 'live', 0, -(300 +
        length(CAST(OLD.name || OLD.config AS BLOB))))
    ON CONFLICT (organization_id, kind, slot) DO UPDATE SET bytes = bytes + excluded.bytes;
END;
CREATE TRIGGER visualization_profile_use_delete AFTER DELETE ON visualization_profile BEGIN
    INSERT INTO catalog_use (organization_id, kind, slot, bytes) VALUES (OLD.organization_id, 'live', 0, -(300 +
        length(CAST(OLD.name || OLD.config AS BLOB))))
    ON CONFLICT (organization_id, kind, slot) DO UPDATE SET bytes = bytes + excluded.bytes;
END;

INSERT INTO catalog_use (organization_id, kind, slot, bytes) SELECT organization_id, 'live', 0, sum(500 +
    length(CAST(payload || coalesce(result, '') || coalesce(error_message, '') AS BLOB))) FROM job WHERE
    organization_id IS NOT NULL GROUP BY 1, 2
ON CONFLICT (organization_id, kind, slot) DO UPDATE SET bytes = bytes + excluded.bytes;
CREATE TRIGGER job_use_insert AFTER INSERT ON job BEGIN
    INSERT INTO catalog_use (organization_id, kind, slot, bytes) VALUES (NEW.organization_id, 'live', 0, 500 +
        length(CAST(NEW.payload || coalesce(NEW.result, '') || coalesce(NEW.error_message, '') AS BLOB)))
    ON CONFLICT (organization_id, kind, slot) DO UPDATE SET bytes = bytes + excluded.bytes;
END;
CREATE TRIGGER job_use_update AFTER UPDATE OF payload, result, error_message ON job BEGIN
    INSERT INTO catalog_use (organization_id, kind, slot, bytes) VALUES (NEW.organization_id, 'live', 0, 500 +
        length(CAST(NEW.payload || coalesce(NEW.result, '') || coalesce(NEW.error_message, '') AS BLOB)))
    ON CONFLICT (organization_id, kind, slot) DO UPDATE SET bytes = bytes + excluded.bytes;
    INSERT INTO catalog_use (organization_id, kind, slot, bytes) VALUES (OLD.organization_id, 'live', 0, -(500 +
        length(CAST(OLD.payload || coalesce(OLD.result, '') || coalesce(OLD.error_message, '') AS BLOB))))
    ON CONFLICT (organization_id, kind, slot) DO UPDATE SET bytes = bytes + excluded.bytes;
END;

INSERT INTO catalog_use (organization_id, kind, slot, bytes) SELECT organization_id, 'live', 0, sum(300 + size) FROM
    job_blob WHERE organization_id IS NOT NULL GROUP BY 1, 2
ON CONFLICT (organization_id, kind, slot) DO UPDATE SET bytes = bytes + excluded.bytes;
CREATE TRIGGER job_blob_use_insert AFTER INSERT ON job_blob BEGIN
    INSERT INTO catalog_use (organization_id, kind, slot, bytes) VALUES (NEW.organization_id, 'live', 0, 300 +
        NEW.size)
    ON CONFLICT (organization_id, kind, slot) DO UPDATE SET bytes = bytes + excluded.bytes;
END;
CREATE TRIGGER job_blob_use_delete AFTER DELETE ON job_blob BEGIN
    INSERT INTO catalog_use (organization_id, kind, slot, bytes) VALUES (OLD.organization_id, 'live', 0, -(300 +
        OLD.size))
    ON CONFLICT (organization_id, kind, slot) DO UPDATE SET bytes = bytes + excluded.bytes;
END;

INSERT INTO catalog_use (organization_id, kind, slot, bytes) SELECT organization_id, 'live', 0, sum(500 +
    length(CAST(item_ids || coalesce(progress_status, '') || coalesce(error_message, '') AS BLOB))) FROM upload WHERE
    organization_id IS NOT NULL GROUP BY 1, 2
ON CONFLICT (organization_id, kind, slot) DO UPDATE SET bytes = bytes + excluded.bytes;
CREATE TRIGGER upload_use_insert AFTER INSERT ON upload BEGIN
    INSERT INTO catalog_use (organization_id, kind, slot, bytes) VALUES (NEW.organization_id, 'live', 0, 500 +
        length(CAST(NEW.item_ids || coalesce(NEW.progress_status, '') || coalesce(NEW.error_message, '') AS BLOB)))
    ON CONFLICT (organization_id, kind, slot) DO UPDATE SET bytes = bytes + excluded.bytes;
END;
CREATE TRIGGER upload_use_update AFTER UPDATE OF item_ids, progress_status, error_message ON upload BEGIN
    INSERT INTO catalog_use (organization_id, kind, slot, bytes) VALUES (NEW.organization_id, 'live', 0, 500 +
        length(CAST(NEW.item_ids || coalesce(NEW.progress_status, '') || coalesce(NEW.error_message, '') AS BLOB)))
    ON CONFLICT (organization_id, kind, slot) DO UPDATE SET bytes = bytes + excluded.bytes;
    INSERT INTO catalog_use (organization_id, kind, slot, bytes) VALUES (OLD.organization_id, 'live', 0, -(500 +
        length(CAST(OLD.item_ids || coalesce(OLD.progress_status, '') || coalesce(OLD.error_message, '') AS BLOB))))
    ON CONFLICT (organization_id, kind, slot) DO UPDATE SET bytes = bytes + excluded.bytes;
END;

INSERT INTO catalog_use (organization_id, kind, slot, bytes) SELECT organization_id, 'live', 0, sum(400 +
    length(CAST(file_name || object_path AS BLOB))) FROM upload_file WHERE organization_id IS NOT NULL GROUP BY 1, 2
ON CONFLICT (organization_id, kind, slot) DO UPDATE SET bytes = bytes + excluded.bytes;
CREATE TRIGGER upload_file_use_insert AFTER INSERT ON upload_file BEGIN
    INSERT INTO catalog_use (organization_id, kind, slot, bytes) VALUES (NEW.organization_id, 'live', 0, 400 +
        length(CAST(NEW.file_name || NEW.object_path AS BLOB)))
    ON CONFLICT (organization_id, kind, slot) DO UPDATE SET bytes = bytes + excluded.bytes;
END;
CREATE TRIGGER upload_file_use_delete AFTER DELETE ON upload_file BEGIN
    INSERT INTO catalog_use (organization_id, kind, slot, bytes) VALUES (OLD.organization_id, 'live', 0, -(400 +
        length(CAST(OLD.file_name || OLD.object_path AS BLOB))))
    ON CONFLICT (organization_id, kind, slot) DO UPDATE SET bytes = bytes + excluded.bytes;
END;

INSERT INTO catalog_use (organization_id, kind, slot, bytes) SELECT organization_id, 'live', 0, sum(500 +
    length(CAST(name || coalesce(description, '') AS BLOB))) FROM project WHERE organization_id IS NOT NULL GROUP BY
    1, 2
ON CONFLICT (organization_id, kind, slot) DO UPDATE SET bytes = bytes + excluded.bytes;
CREATE TRIGGER project_use_insert AFTER INSERT ON project BEGIN
    INSERT INTO catalog_use (organization_id, kind, slot, bytes) VALUES (NEW.organization_id, 'live', 0, 500 +
        length(CAST(NEW.name || coalesce(NEW.description, '') AS BLOB)))
    ON CONFLICT (organization_id, kind, slot) DO UPDATE SET bytes = bytes + excluded.bytes;
END;
CREATE TRIGGER project_use_update AFTER UPDATE OF name, description ON project BEGIN
    INSERT INTO catalog_use (organization_id, kind, slot, bytes) VALUES (NEW.organization_id, 'live', 0, 500 +
        length(CAST(NEW.name || coalesce(NEW.description, '') AS BLOB)))
    ON CONFLICT (organization_id, kind, slot) DO UPDATE SET bytes = bytes + excluded.bytes;
    INSERT INTO catalog_use (organization_id, kind, slot, bytes) VALUES (OLD.organization_id, 'live', 0, -(500 +
        length(CAST(OLD.name || coalesce(OLD.description, '') AS BLOB))))
    ON CONFLICT (organization_id, kind, slot) DO UPDATE SET bytes = bytes + excluded.bytes;
END;

INSERT INTO catalog_use (organization_id, kind, slot, bytes) SELECT organization_id, 'live', 0, sum(400 +
    length(CAST(name || permissions AS BLOB))) FROM api_key WHERE organization_id IS NOT NULL GROUP BY 1, 2
ON CONFLICT (organization_id, kind, slot) DO UPDATE SET bytes = bytes + excluded.bytes;
CREATE TRIGGER api_key_use_insert AFTER INSERT ON api_key BEGIN
    INSERT INTO catalog_use (organization_id, kind, slot, bytes) VALUES (NEW.organization_id, 'live', 0, 400 +
        length(CAST(NEW.name || NEW.permissions AS BLOB)))
    ON CONFLICT (organization_id, kind, slot) DO UPDATE SET bytes = bytes + excluded.bytes;
END;

INSERT INTO catalog_use (organization_id, kind, slot, bytes) SELECT organization_id, 'records', 0, sum(500) FROM
    provenance_edge WHERE organization_id IS NOT NULL GROUP BY 1, 2
ON CONFLICT (organization_id, kind, slot) DO UPDATE SET bytes = bytes + excluded.bytes;
CREATE TRIGGER provenance_edge_use_insert AFTER INSERT ON provenance_edge BEGIN
    INSERT INTO catalog_use (organization_id, kind, slot, bytes) VALUES (NEW.organization_id, 'records', 0, 500)
    ON CONFLICT (organization_id, kind, slot) DO UPDATE SET bytes = bytes + excluded.bytes;
END;

INSERT INTO catalog_use (organization_id, kind, slot, bytes) SELECT organization_id, 'records', 0, sum(250) FROM
    usage_entry WHERE organization_id IS NOT NULL GROUP BY 1, 2
ON CONFLICT (organization_id, kind, slot) DO UPDATE SET bytes = bytes + excluded.bytes;
CREATE TRIGGER usage_entry_use_insert AFTER INSERT ON usage_entry BEGIN
    INSERT INTO catalog_use (organization_id, kind, slot, bytes) VALUES (NEW.organization_id, 'records', 0, 250)
    ON CONFLICT (organization_id, kind, slot) DO UPDATE SET bytes = bytes + excluded.bytes;
END;

INSERT INTO catalog_use (organization_id, kind, slot, bytes) SELECT organization_id, 'audit', 0, sum(350 +
    length(CAST(request_id || targets || user_agent || coalesce(client_request_id, '') AS BLOB))) FROM audit_log WHERE
    organization_id IS NOT NULL GROUP BY 1, 2
ON CONFLICT (organization_id, kind, slot) DO UPDATE SET bytes = bytes + excluded.bytes;
CREATE TRIGGER audit_log_use_insert AFTER INSERT ON audit_log WHEN NEW.organization_id IS NOT NULL BEGIN
    INSERT INTO catalog_use (organization_id, kind, slot, bytes) VALUES (NEW.organization_id, 'audit', 0, 350 +
        length(CAST(NEW.request_id || NEW.targets || NEW.user_agent || coalesce(NEW.client_request_id, '') AS BLOB)))
    ON CONFLICT (organization_id, kind, slot) DO UPDATE SET bytes = bytes + excluded.bytes;
END;
CREATE TRIGGER audit_log_use_delete AFTER DELETE ON audit_log WHEN OLD.organization_id IS NOT NULL BEGIN
    INSERT INTO catalog_use (organization_id, kind, slot, bytes) VALUES (OLD.organization_id, 'audit', 0, -(350 +
        length(CAST(OLD.request_id || OLD.targets || OLD.user_agent || coalesce(OLD.client_request_id, '') AS BLOB))))
    ON CONFLICT (organization_id, kind, slot) DO UPDATE SET bytes = bytes + excluded.bytes;
END;

INSERT INTO catalog_use (organization_id, kind, slot, bytes) SELECT scope, 'answers', 0, sum(300 +
    length(CAST(client_key || coalesce(response, '') || coalesce(head, '') || coalesce(checks, '') AS BLOB))) FROM
    idempotency_key WHERE scope IS NOT NULL GROUP BY 1, 2
ON CONFLICT (organization_id, kind, slot) DO UPDATE SET bytes = bytes + excluded.bytes;
CREATE TRIGGER idempotency_key_use_insert AFTER INSERT ON idempotency_key BEGIN
    INSERT INTO catalog_use (organization_id, kind, slot, bytes) VALUES (NEW.scope, 'answers', 0, 300 +
        length(CAST(NEW.client_key || coalesce(NEW.response, '') || coalesce(NEW.head, '') || coalesce(NEW.checks, '')
        AS BLOB)))
    ON CONFLICT (organization_id, kind, slot) DO UPDATE SET bytes = bytes + excluded.bytes;
END;
CREATE TRIGGER idempotency_key_use_update AFTER UPDATE OF response, head, checks ON idempotency_key BEGIN
    INSERT INTO catalog_use (organization_id, kind, slot, bytes) VALUES (NEW.scope, 'answers', 0, 300 +
        length(CAST(NEW.client_key || coalesce(NEW.response, '') || coalesce(NEW.head, '') || coalesce(NEW.checks, '')
        AS BLOB)))
    ON CONFLICT (organization_id, kind, slot) DO UPDATE SET bytes = bytes + excluded.bytes;
    INSERT INTO catalog_use (organization_id, kind, slot, bytes) VALUES (OLD.scope, 'answers', 0, -(300 +
        length(CAST(OLD.client_key || coalesce(OLD.response, '') || coalesce(OLD.head, '') || coalesce(OLD.checks, '')
        AS BLOB))))
    ON CONFLICT (organization_id, kind, slot) DO UPDATE SET bytes = bytes + excluded.bytes;
END;
CREATE TRIGGER idempotency_key_use_delete AFTER DELETE ON idempotency_key BEGIN
    INSERT INTO catalog_use (organization_id, kind, slot, bytes) VALUES (OLD.scope, 'answers', 0, -(300 +
        length(CAST(OLD.client_key || coalesce(OLD.response, '') || coalesce(OLD.head, '') || coalesce(OLD.checks, '')
        AS BLOB))))
    ON CONFLICT (organization_id, kind, slot) DO UPDATE SET bytes = bytes + excluded.bytes;
END;
