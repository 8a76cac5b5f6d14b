-- What an organization has subscribed to, and whether there are items that do not follow its last change of plan or
-- retention yet. Without a row it has the paid plan without limits.
CREATE TABLE subscription (
    organization_id {{text}} PRIMARY KEY NOT NULL REFERENCES organization (id),
    plan {{text}} NOT NULL,
    credits_limit BIGINT,
    retention_change {{text}},
    retention_changed_at BIGINT
);

-- Which server does what is done once for all of them, and when it was last done.
CREATE TABLE upkeep_turn (
    name {{text}} PRIMARY KEY NOT NULL,
    holder {{text}},
    held_until BIGINT NOT NULL,
    done_at BIGINT NOT NULL
);
