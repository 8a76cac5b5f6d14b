-- The durable queue.

CREATE TABLE job (
    id TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organization (id),
    project_id TEXT COLLATE "C",
    item_id TEXT COLLATE "C",
    payload TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    priority BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    max_attempts BIGINT NOT NULL,
    run_after BIGINT NOT NULL,
    lease_owner TEXT COLLATE "C",
    lease_until BIGINT,
    progress DOUBLE PRECISION NOT NULL,
    stage TEXT COLLATE "C",
    error_message TEXT COLLATE "C",
    result TEXT COLLATE "C",
    dedupe_key TEXT COLLATE "C",
    is_hidden BIGINT NOT NULL,
    created_by TEXT COLLATE "C",
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
