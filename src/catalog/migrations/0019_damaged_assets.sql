-- What is wrong with an asset's bytes: they are not in the store, or not all of them can be read as what they are.
ALTER TABLE asset ADD COLUMN damage {{text}};
CREATE INDEX asset_damaged ON asset (damage, id) WHERE damage IS NOT NULL AND deleted_at IS NULL;
