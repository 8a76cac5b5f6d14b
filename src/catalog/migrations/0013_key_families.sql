-- Which key made a key: it lives no longer than its maker.
ALTER TABLE api_key ADD COLUMN parent_id {{text}};
CREATE INDEX api_key_parent ON api_key (parent_id);
