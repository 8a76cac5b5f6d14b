-- Whether an organization owes for its subscription: its files are not handed out then.
ALTER TABLE organization ADD COLUMN past_due BIGINT NOT NULL DEFAULT 0;
