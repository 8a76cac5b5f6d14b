-- Deleted projects are emptied in small steps; `emptied_at` says that the last one is done.
ALTER TABLE project ADD COLUMN emptied_at BIGINT;
UPDATE project SET emptied_at = deleted_at WHERE deleted_at IS NOT NULL;
CREATE INDEX project_to_empty ON project (deleted_at) WHERE deleted_at IS NOT NULL AND emptied_at IS NULL;
CREATE INDEX item_deleted_of_project ON item (project_no) WHERE deleted_at IS NOT NULL;
-- So far no collection was ever removed.
CREATE TRIGGER collection_use_delete AFTER DELETE ON collection BEGIN
    INSERT INTO catalog_use (organization_id, kind, slot, bytes) VALUES (OLD.organization_id, CASE WHEN OLD.deleted_at
        IS NULL THEN 'live' ELSE 'deleted' END, 0, -(500 + length(CAST(OLD.name || OLD.document ||
        coalesce(OLD.description, '') AS BLOB))))
    ON CONFLICT (organization_id, kind, slot) DO UPDATE SET bytes = bytes + excluded.bytes;
END;
