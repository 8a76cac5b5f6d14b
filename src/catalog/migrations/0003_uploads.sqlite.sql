-- Upload sessions and their files.

CREATE TABLE upload (
    id TEXT PRIMARY KEY NOT NULL,
    organization_id TEXT NOT NULL REFERENCES organization (id),
    project_id TEXT NOT NULL REFERENCES project (id),
    created_by TEXT,
    principal_id TEXT NOT NULL,
    transfer_method TEXT NOT NULL,
    file_count BIGINT NOT NULL,
    total_bytes BIGINT NOT NULL,
    reserved_bytes BIGINT NOT NULL CHECK (reserved_bytes >= 0),
    target_collection_id TEXT,
    target_item_id TEXT,
    asset_key TEXT,
    is_categorical BIGINT NOT NULL,
    state TEXT NOT NULL,
    bytes_uploaded BIGINT NOT NULL,
    progress_status TEXT,
    error_message TEXT,
    error_step TEXT,
    item_ids TEXT NOT NULL,
    claim_token TEXT,
    lease_until BIGINT,
    server_epoch BIGINT,
    last_activity_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    expires_at BIGINT,
    ended_at BIGINT
);
CREATE INDEX upload_project ON upload (project_id, created_at, id);
CREATE INDEX upload_idle ON upload (last_activity_at) WHERE state IN ('pending', 'uploading', 'processing');

CREATE TABLE upload_file (
    upload_id TEXT NOT NULL REFERENCES upload (id),
    organization_id TEXT NOT NULL,
    file_name TEXT NOT NULL,
    content_type TEXT NOT NULL,
    object_path TEXT NOT NULL,
    blob_key TEXT,
    size BIGINT NOT NULL,
    md5 TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    put_at BIGINT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (upload_id, file_name)
);
CREATE INDEX upload_file_blob ON upload_file (blob_key) WHERE blob_key IS NOT NULL;
