-- Who is signed in, and the keys that sign access tokens. A session is a family of refresh tokens, or a browser's; of
-- either secret only the digest is kept.
CREATE TABLE token_key (
    id {{text}} PRIMARY KEY NOT NULL,
    private_key {{text}} NOT NULL,
    created_at BIGINT NOT NULL,
    retired_at BIGINT
);

CREATE TABLE sign_in_session (
    id {{text}} PRIMARY KEY NOT NULL,
    kind {{text}} NOT NULL,
    user_id {{text}},
    api_key_id {{text}},
    organization_id {{text}},
    scopes {{text}} NOT NULL,
    client {{text}} NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX sign_in_session_user ON sign_in_session (user_id);
CREATE INDEX sign_in_session_api_key ON sign_in_session (api_key_id);
CREATE INDEX sign_in_session_expiry ON sign_in_session (expires_at);

CREATE TABLE session_secret (
    digest {{text}} PRIMARY KEY NOT NULL,
    session_id {{text}} NOT NULL REFERENCES sign_in_session (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX session_secret_session ON session_secret (session_id);
