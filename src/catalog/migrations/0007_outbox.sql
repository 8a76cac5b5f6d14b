-- What happened, for whoever wants to be told: written in the transaction that did it, taken away by one reader.
CREATE TABLE outbox (
    no {{row_number}},
    id {{text}} NOT NULL UNIQUE,
    type {{text}} NOT NULL,
    organization_id {{text}} NOT NULL,
    entity_type {{text}} NOT NULL,
    entity_id {{text}} NOT NULL,
    data {{text}} NOT NULL,
    created_at BIGINT NOT NULL
);
