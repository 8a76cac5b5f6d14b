-- What users ordered to be processed. The place in the queue is the row of the same id in job, once it was dispatched.
CREATE TABLE processing_job (
    id {{text}} PRIMARY KEY NOT NULL,
    organization_id {{text}} NOT NULL REFERENCES organization (id),
    project_id {{text}} NOT NULL,
    process {{text}} NOT NULL,
    name {{text}},
    source_item_id {{text}},
    parameters {{text}} NOT NULL,
    aoi_geometry {{text}},
    credits BIGINT NOT NULL,
    credits_settled BIGINT,
    dispatched_at BIGINT,
    cancelled_at BIGINT,
    created_by {{text}},
    created_at BIGINT NOT NULL,
    deleted_at BIGINT
);
CREATE INDEX processing_job_organization ON processing_job (organization_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX processing_job_waiting ON processing_job (organization_id)
    WHERE dispatched_at IS NULL AND cancelled_at IS NULL AND deleted_at IS NULL;

-- What jobs spent.
CREATE TABLE credit_entry (
    job_id {{text}} NOT NULL,
    at BIGINT NOT NULL,
    organization_id {{text}} NOT NULL REFERENCES organization (id),
    amount BIGINT NOT NULL,
    PRIMARY KEY (job_id, at)
);
CREATE INDEX credit_entry_organization ON credit_entry (organization_id, at);
