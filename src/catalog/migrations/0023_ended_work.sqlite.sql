-- Jobs and upload sessions that ended are removed after a while: found by when they ended.
CREATE INDEX job_ended ON job (updated_at) WHERE state IN ('completed', 'failed', 'dead', 'cancelled');
CREATE INDEX upload_ended ON upload (ended_at) WHERE ended_at IS NOT NULL;
-- So far none was ever removed.
CREATE TRIGGER job_use_delete AFTER DELETE ON job BEGIN
    INSERT INTO catalog_use (organization_id, kind, slot, bytes) VALUES (OLD.organization_id, 'live', 0, -(500 +
        length(CAST(OLD.payload || coalesce(OLD.result, '') || coalesce(OLD.error_message, '') AS BLOB))))
    ON CONFLICT (organization_id, kind, slot) DO UPDATE SET bytes = bytes + excluded.bytes;
END;
CREATE TRIGGER upload_use_delete AFTER DELETE ON upload BEGIN
    INSERT INTO catalog_use (organization_id, kind, slot, bytes) VALUES (OLD.organization_id, 'live', 0, -(500 +
        length(CAST(OLD.item_ids || coalesce(OLD.progress_status, '') || coalesce(OLD.error_message, '') AS BLOB))))
    ON CONFLICT (organization_id, kind, slot) DO UPDATE SET bytes = bytes + excluded.bytes;
END;
