-- What was found in a file of an upload session that is read in parts: JSON. It counts until the session ends.
ALTER TABLE upload_file ADD COLUMN probed TEXT;
CREATE TRIGGER upload_file_probed_update AFTER UPDATE OF probed ON upload_file BEGIN
    INSERT INTO catalog_use (organization_id, kind, slot, bytes) VALUES (NEW.organization_id, 'live', 0,
        length(CAST(coalesce(NEW.probed, '') AS BLOB)) - length(CAST(coalesce(OLD.probed, '') AS BLOB)))
    ON CONFLICT (organization_id, kind, slot) DO UPDATE SET bytes = bytes + excluded.bytes;
END;
CREATE TRIGGER upload_file_probed_delete AFTER DELETE ON upload_file WHEN OLD.probed IS NOT NULL BEGIN
    INSERT INTO catalog_use (organization_id, kind, slot, bytes) VALUES (OLD.organization_id, 'live', 0,
        -length(CAST(OLD.probed AS BLOB)))
    ON CONFLICT (organization_id, kind, slot) DO UPDATE SET bytes = bytes + excluded.bytes;
END;
