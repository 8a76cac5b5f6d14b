-- What happened, for whoever wants to be told: written in the transaction that did it, taken away by one reader.
CREATE TABLE outbox (
    no BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id TEXT COLLATE "C" NOT NULL UNIQUE,
    type TEXT NOT NULL,
    organization_id TEXT COLLATE "C" NOT NULL,
    entity_type TEXT NOT NULL,
    entity_id TEXT COLLATE "C" NOT NULL,
    data TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
