-- Users that may not sign in for now, and users and organizations that are gone: their rows stay, for what they made
-- names them. Links that let somebody join or choose a password: of their secrets only the digests are kept.
ALTER TABLE app_user ADD COLUMN disabled_at BIGINT;
ALTER TABLE app_user ADD COLUMN deleted_at BIGINT;
ALTER TABLE organization ADD COLUMN deleted_at BIGINT;

CREATE TABLE invitation (
    digest {{text}} PRIMARY KEY NOT NULL,
    organization_id {{text}} NOT NULL REFERENCES organization (id),
    email {{text}} NOT NULL,
    role {{text}} NOT NULL,
    project_id {{text}},
    project_role {{text}},
    invited_by {{text}} NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX invitation_organization ON invitation (organization_id);
CREATE INDEX invitation_expiry ON invitation (expires_at);

CREATE TABLE password_link (
    digest {{text}} PRIMARY KEY NOT NULL,
    user_id {{text}} NOT NULL REFERENCES app_user (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX password_link_user ON password_link (user_id);
CREATE INDEX password_link_expiry ON password_link (expires_at);
