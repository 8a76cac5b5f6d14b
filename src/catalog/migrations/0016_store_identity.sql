-- Which object store the objects lie in: one row, once it is known.
CREATE TABLE store_identity (
    one BIGINT PRIMARY KEY,
    name {{text}} NOT NULL,
    named_at BIGINT NOT NULL
);
