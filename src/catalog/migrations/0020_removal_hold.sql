-- Who asks that no stored bytes are removed for a while: a backup, which copies them after it has copied the catalog.
CREATE TABLE removal_hold (
    id {{text}} PRIMARY KEY NOT NULL,
    expires_at BIGINT NOT NULL
);
