-- Jobs and upload sessions that ended are removed after a while: found by when they ended.
CREATE INDEX job_ended ON job (updated_at) WHERE state IN ('completed', 'failed', 'dead', 'cancelled');
CREATE INDEX upload_ended ON upload (ended_at) WHERE ended_at IS NOT NULL;
