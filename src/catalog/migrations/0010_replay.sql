-- What a stored answer carries besides its body, and what its caller had to be allowed: a repeat must be as well.
ALTER TABLE idempotency_key ADD COLUMN head TEXT;
ALTER TABLE idempotency_key ADD COLUMN checks TEXT;
-- Refusals were kept under a number that only the program knew. A repeat of one runs again: it changed nothing.
DELETE FROM idempotency_key WHERE content_type = 'failure';
