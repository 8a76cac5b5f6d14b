-- An item without any time is found and sorted by when it was created, as its document shows it; and says so there.
UPDATE item_key SET t_start = created_at, t_end = created_at WHERE t_start IS NULL;
UPDATE item SET document = substr(document, 1, strpos(document, '"properties":{') - 1) || '"properties":{"landfall:undated":true,' || substr(document, strpos(document, '"properties":{') + 14)
WHERE datetime IS NULL AND start_datetime IS NULL AND end_datetime IS NULL AND strpos(document, '"properties":{') > 0;
