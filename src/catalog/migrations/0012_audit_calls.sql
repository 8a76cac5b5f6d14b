-- One record may stand for many calls of a kind within a minute; and what is older than it must be kept goes.
ALTER TABLE audit_log ADD COLUMN calls BIGINT NOT NULL DEFAULT 1;
-- What the client calls its call; `request_id` is ours.
ALTER TABLE audit_log ADD COLUMN client_request_id {{text}};
CREATE INDEX audit_log_age ON audit_log (at);
