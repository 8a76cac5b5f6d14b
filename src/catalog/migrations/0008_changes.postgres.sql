-- Which organizations' catalog was changed, for the servers' caches. A row says which transaction wrote it: a snapshot
-- tells by it what it did not see yet, however late that is committed.
CREATE TABLE catalog_change (
    xid XID8 NOT NULL DEFAULT pg_current_xact_id(),
    organization_id TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL DEFAULT CAST(extract(epoch FROM now()) * 1000000 AS BIGINT),
    PRIMARY KEY (xid, organization_id)
);
