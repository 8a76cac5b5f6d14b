-- Sign-ins that failed, by address and by account, and the addresses from which an account has signed in before.
CREATE TABLE sign_in_failure (
    subject {{text}} PRIMARY KEY NOT NULL,
    failures BIGINT NOT NULL,
    since BIGINT NOT NULL,
    last_at BIGINT NOT NULL
);
CREATE INDEX sign_in_failure_last ON sign_in_failure (last_at);

CREATE TABLE sign_in_address (
    user_id {{text}} NOT NULL,
    address {{text}} NOT NULL,
    last_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, address)
);
CREATE INDEX sign_in_address_last ON sign_in_address (last_at);
