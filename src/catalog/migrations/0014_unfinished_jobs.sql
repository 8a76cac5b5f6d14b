-- Which jobs end with the item that they are about.
CREATE INDEX job_unfinished ON job (item_id) WHERE state IN ('pending', 'running');
