-- What was found in a file of an upload session that is read in parts: JSON. It counts until the session ends.
ALTER TABLE upload_file ADD COLUMN probed TEXT;
CREATE FUNCTION upload_file_probed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        PERFORM add_catalog_use(NEW.organization_id, 'live', coalesce(octet_length(NEW.probed), 0));
    END IF;
    PERFORM add_catalog_use(OLD.organization_id, 'live', -coalesce(octet_length(OLD.probed), 0));
    RETURN NULL;
END
$$;
CREATE TRIGGER upload_file_probed AFTER DELETE OR UPDATE OF probed ON upload_file
    FOR EACH ROW EXECUTE FUNCTION upload_file_probed();
