-- What jobs read and make: relations, and bytes too large for a row. Whose turn it is, and when the next is due.

CREATE TABLE job_link (
    job_id {{text}} NOT NULL REFERENCES job (id),
    role {{text}} NOT NULL,
    entity_type {{text}} NOT NULL,
    entity_id {{text}} NOT NULL,
    organization_id {{text}} NOT NULL,
    PRIMARY KEY (job_id, role, entity_type, entity_id)
);
CREATE INDEX job_link_entity ON job_link (organization_id, entity_type, entity_id);

CREATE TABLE job_blob (
    job_id {{text}} NOT NULL REFERENCES job (id),
    role {{text}} NOT NULL,
    name {{text}} NOT NULL,
    organization_id {{text}} NOT NULL,
    blob_key {{text}} NOT NULL,
    size BIGINT NOT NULL,
    sha256 {{text}} NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (job_id, role, name)
);
CREATE INDEX job_blob_key ON job_blob (blob_key);

INSERT INTO job_link (job_id, role, entity_type, entity_id, organization_id)
SELECT id, 'input', 'asset', CAST(payload AS {{json}}) ->> 'asset_id', organization_id FROM job
WHERE kind IN ('item.cog', 'item.thumbnail', 'item.scan') AND CAST(payload AS {{json}}) ->> 'asset_id' IS NOT NULL;
INSERT INTO job_link (job_id, role, entity_type, entity_id, organization_id)
SELECT id, 'output', 'asset', CAST(result AS {{json}}) ->> 'asset_id', organization_id FROM job
WHERE kind IN ('item.cog', 'item.thumbnail', 'item.scan') AND CAST(result AS {{json}}) ->> 'asset_id' IS NOT NULL;

DROP INDEX job_waiting;
DROP INDEX job_item;
CREATE INDEX job_turn ON job (organization_id, priority DESC, run_after, id, kind) WHERE state = 'pending';
CREATE INDEX job_due ON job (kind, run_after) WHERE state = 'pending';
CREATE INDEX job_busy ON job (organization_id) WHERE state = 'running';
