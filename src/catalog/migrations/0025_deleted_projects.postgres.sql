-- Deleted projects are emptied in small steps; `emptied_at` says that the last one is done.
ALTER TABLE project ADD COLUMN emptied_at BIGINT;
UPDATE project SET emptied_at = deleted_at WHERE deleted_at IS NOT NULL;
CREATE INDEX project_to_empty ON project (deleted_at) WHERE deleted_at IS NOT NULL AND emptied_at IS NULL;
CREATE INDEX item_deleted_of_project ON item (project_no) WHERE deleted_at IS NOT NULL;
