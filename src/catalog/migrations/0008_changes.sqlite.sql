-- Which organizations' catalog was changed, for the servers' caches. Numbers are never given twice, so that whoever
-- remembers the last one that it saw misses none after old rows were removed.
CREATE TABLE catalog_change (
    no INTEGER PRIMARY KEY AUTOINCREMENT,
    organization_id TEXT NOT NULL,
    at BIGINT NOT NULL DEFAULT (unixepoch() * 1000000)
);
