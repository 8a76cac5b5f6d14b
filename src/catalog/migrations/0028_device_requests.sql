-- Programs that wait until somebody lets them in on a page of ours, and forms of such pages that were sent.
CREATE TABLE device_request (
    digest {{text}} PRIMARY KEY NOT NULL,
    user_code {{text}} NOT NULL UNIQUE,
    client {{text}} NOT NULL,
    scopes {{text}} NOT NULL,
    challenge {{text}},
    address {{text}} NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    interval_seconds BIGINT NOT NULL,
    polled_at BIGINT,
    state {{text}} NOT NULL,
    user_id {{text}},
    organization_id {{text}}
);
CREATE INDEX device_request_expiry ON device_request (expires_at);

CREATE TABLE sent_form (
    digest {{text}} PRIMARY KEY NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sent_form_expiry ON sent_form (expires_at);
