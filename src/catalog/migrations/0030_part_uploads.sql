-- Files that come in parts: those of upload sessions, and others whose target says what they are for.
CREATE TABLE part_upload (
    id {{text}} PRIMARY KEY NOT NULL,
    organization_id {{text}} NOT NULL REFERENCES organization (id),
    project_id {{text}} NOT NULL,
    principal_id {{text}} NOT NULL,
    blob_key {{text}} NOT NULL UNIQUE,
    target {{text}} NOT NULL,
    upload_id {{text}},
    file_name {{text}} NOT NULL,
    content_type {{text}} NOT NULL,
    declared {{text}} NOT NULL,
    part_size BIGINT,
    size BIGINT,
    sha256 {{text}},
    state {{text}} NOT NULL,
    received_bytes BIGINT NOT NULL,
    reserved_bytes BIGINT NOT NULL CHECK (reserved_bytes >= 0),
    claim_token {{text}},
    lease_until BIGINT,
    server_epoch BIGINT,
    etag {{text}},
    stored_size BIGINT,
    stored_sha256 {{text}},
    parts_digest {{text}},
    created_at BIGINT NOT NULL,
    last_activity_at BIGINT NOT NULL,
    expires_at BIGINT,
    ended_at BIGINT
);
CREATE UNIQUE INDEX part_upload_open ON part_upload (target) WHERE state = 'in-progress';
CREATE INDEX part_upload_target ON part_upload (target, id);
CREATE INDEX part_upload_session ON part_upload (upload_id, state) WHERE upload_id IS NOT NULL;
CREATE INDEX part_upload_project ON part_upload (project_id) WHERE state = 'in-progress';
CREATE INDEX part_upload_idle ON part_upload (last_activity_at) WHERE state = 'in-progress';
CREATE INDEX part_upload_ended ON part_upload (ended_at) WHERE ended_at IS NOT NULL;

-- What is counted of the parts that have come; their bytes and digests are the store's.
CREATE TABLE part_upload_part (
    part_upload_id {{text}} NOT NULL REFERENCES part_upload (id),
    number BIGINT NOT NULL,
    size BIGINT NOT NULL,
    put_at BIGINT NOT NULL,
    PRIMARY KEY (part_upload_id, number)
);

-- How an asset's checksum stands to its bytes, where it was not taken when they came.
ALTER TABLE asset ADD COLUMN checksum_state {{text}};
