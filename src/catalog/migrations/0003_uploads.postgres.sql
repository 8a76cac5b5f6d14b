-- Upload sessions and their files.

CREATE TABLE upload (
    id TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organization (id),
    project_id TEXT COLLATE "C" NOT NULL REFERENCES project (id),
    created_by TEXT COLLATE "C",
    principal_id TEXT COLLATE "C" NOT NULL,
    transfer_method TEXT COLLATE "C" NOT NULL,
    file_count BIGINT NOT NULL,
    total_bytes BIGINT NOT NULL,
    reserved_bytes BIGINT NOT NULL CHECK (reserved_bytes >= 0),
    target_collection_id TEXT COLLATE "C",
    target_item_id TEXT COLLATE "C",
    asset_key TEXT COLLATE "C",
    is_categorical BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    bytes_uploaded BIGINT NOT NULL,
    progress_status TEXT COLLATE "C",
    error_message TEXT COLLATE "C",
    error_step TEXT COLLATE "C",
    item_ids TEXT COLLATE "C" NOT NULL,
    claim_token TEXT COLLATE "C",
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
    upload_id TEXT COLLATE "C" NOT NULL REFERENCES upload (id),
    organization_id TEXT COLLATE "C" NOT NULL,
    file_name TEXT COLLATE "C" NOT NULL,
    content_type TEXT COLLATE "C" NOT NULL,
    object_path TEXT COLLATE "C" NOT NULL,
    blob_key TEXT COLLATE "C",
    size BIGINT NOT NULL,
    md5 TEXT COLLATE "C" NOT NULL,
    sha256 TEXT COLLATE "C" NOT NULL,
    put_at BIGINT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (upload_id, file_name)
);
CREATE INDEX upload_file_blob ON upload_file (blob_key) WHERE blob_key IS NOT NULL;
