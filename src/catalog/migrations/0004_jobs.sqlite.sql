-- The durable queue.

CREATE TABLE job (
    id TEXT PRIMARY KEY NOT NULL,
    kind TEXT NOT NULL,
    organization_id TEXT NOT NULL REFERENCES organization (id),
    project_id TEXT,
    item_id TEXT,
    payload TEXT NOT NULL,
    state TEXT NOT NULL,
    priority BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    max_attempts BIGINT NOT NULL,
    run_after BIGINT NOT NULL,
    lease_owner TEXT,
    lease_until BIGINT,
    progress DOUBLE PRECISION NOT NULL,
    stage TEXT,
    error_message TEXT,
    result TEXT,
    dedupe_key TEXT,
    is_hidden BIGINT NOT NULL,
    created_by TEXT,
    created_at BIGINT NOT NULL,
    started_at BIGINT,
    completed_at BIGINT,
    updated_at BIGINT NOT NULL,
    deleted_at BIGINT
);
CREATE UNIQUE INDEX job_dedupe ON job (organization_id, dedupe_key)
    WHERE dedupe_key IS NOT NULL AND state IN ('pending', 'running');
CREATE INDEX job_waiting ON job (priority DESC, run_after, id) WHERE state = 'pending';
CREATE INDEX job_running ON job (lease_until) WHERE state = 'running';
CREATE INDEX job_organization ON job (organization_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX job_item ON job (item_id, kind) WHERE item_id IS NOT NULL;
