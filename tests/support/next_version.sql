-- What the next version of the program may do to the schema beside servers of this one: it adds.
ALTER TABLE item ADD COLUMN next_note TEXT;
ALTER TABLE job ADD COLUMN next_weight BIGINT NOT NULL DEFAULT 1;
CREATE TABLE next_thing (id TEXT PRIMARY KEY NOT NULL, item_id TEXT REFERENCES item (id));
CREATE INDEX next_thing_item ON next_thing (item_id);
