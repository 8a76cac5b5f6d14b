-- Who fetched and drew how much in a month: of each project, item, user and API key.
CREATE TABLE usage_share (
    organization_id {{text}} NOT NULL REFERENCES organization (id),
    month BIGINT NOT NULL,
    dimension {{text}} NOT NULL,
    id {{text}} NOT NULL,
    kind {{text}} NOT NULL,
    amount BIGINT NOT NULL,
    PRIMARY KEY (organization_id, month, dimension, id, kind)
);

-- A file whose PUT the quota refused, until another one is stored.
ALTER TABLE upload_file ADD COLUMN over_quota BIGINT NOT NULL DEFAULT 0;
