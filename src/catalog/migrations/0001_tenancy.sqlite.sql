-- Organizations, users, projects, keys and usage. Instants are microseconds since 1970, booleans 0 or 1, JSON is text.

CREATE TABLE organization (
    id TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    slug TEXT NOT NULL UNIQUE,
    profile TEXT NOT NULL,
    enterprise_billing BIGINT NOT NULL,
    quota_bytes BIGINT,
    retention_days BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE app_user (
    id TEXT PRIMARY KEY NOT NULL,
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    is_system_admin BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX app_user_email ON app_user (lower(email));

CREATE TABLE membership (
    organization_id TEXT NOT NULL REFERENCES organization (id),
    user_id TEXT NOT NULL REFERENCES app_user (id),
    role TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (organization_id, user_id)
);
CREATE INDEX membership_user ON membership (user_id);

CREATE TABLE project (
    no INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    organization_id TEXT NOT NULL REFERENCES organization (id),
    name TEXT NOT NULL,
    description TEXT,
    gcs_region TEXT NOT NULL,
    is_archived BIGINT NOT NULL,
    created_by TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    deleted_at BIGINT
);
CREATE INDEX project_organization ON project (organization_id, created_at, id);

CREATE TABLE project_member (
    organization_id TEXT NOT NULL REFERENCES organization (id),
    project_id TEXT NOT NULL REFERENCES project (id),
    user_id TEXT NOT NULL REFERENCES app_user (id),
    role TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (project_id, user_id)
);
CREATE INDEX project_member_user ON project_member (user_id, organization_id);

CREATE TABLE api_key (
    id TEXT PRIMARY KEY NOT NULL,
    organization_id TEXT NOT NULL REFERENCES organization (id),
    name TEXT NOT NULL,
    prefix TEXT NOT NULL,
    secret_hash TEXT NOT NULL UNIQUE,
    permissions TEXT NOT NULL,
    rate_limit BIGINT,
    expires_at BIGINT,
    revoked_at BIGINT,
    last_used_at BIGINT,
    created_by TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX api_key_organization ON api_key (organization_id, created_at, id);

CREATE TABLE signing_key (
    access_key_id TEXT PRIMARY KEY NOT NULL,
    secret TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE usage_counter (
    organization_id TEXT NOT NULL REFERENCES organization (id),
    kind TEXT NOT NULL,
    value BIGINT NOT NULL,
    PRIMARY KEY (organization_id, kind)
);

CREATE TABLE usage_entry (
    id TEXT PRIMARY KEY NOT NULL,
    organization_id TEXT NOT NULL REFERENCES organization (id),
    kind TEXT NOT NULL,
    delta BIGINT NOT NULL,
    reason TEXT NOT NULL,
    ref_id TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX usage_entry_kind ON usage_entry (organization_id, kind, at);

CREATE TABLE audit_log (
    id TEXT PRIMARY KEY NOT NULL,
    at BIGINT NOT NULL,
    request_id TEXT NOT NULL,
    principal_id TEXT NOT NULL,
    principal_type TEXT NOT NULL,
    organization_id TEXT,
    operation_id TEXT NOT NULL,
    side_effect TEXT NOT NULL,
    outcome TEXT NOT NULL,
    targets TEXT NOT NULL,
    ip TEXT NOT NULL,
    user_agent TEXT NOT NULL,
    duration_us BIGINT NOT NULL
);
CREATE INDEX audit_log_organization ON audit_log (organization_id, at, id);

CREATE TABLE idempotency_key (
    scope TEXT NOT NULL,
    operation TEXT NOT NULL,
    client_key TEXT NOT NULL,
    body_hash TEXT NOT NULL,
    owner TEXT NOT NULL,
    state TEXT NOT NULL,
    lease_until BIGINT NOT NULL,
    status BIGINT,
    content_type TEXT,
    response TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (scope, operation, client_key)
);
CREATE INDEX idempotency_key_expiry ON idempotency_key (expires_at);

CREATE TABLE rate_window (
    subject TEXT NOT NULL,
    window_start BIGINT NOT NULL,
    used BIGINT NOT NULL,
    PRIMARY KEY (subject, window_start)
);
CREATE INDEX rate_window_start ON rate_window (window_start);
