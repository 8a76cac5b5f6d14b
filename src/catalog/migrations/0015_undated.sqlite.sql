-- An item without any time is found and sorted by when it was created, as its document shows it; and says so there.
UPDATE item_key SET t_start = created_at, t_end = created_at,
    place = (place & -65536) | min(65535, created_at / 86400000000 + 25567) WHERE t_start IS NULL;
UPDATE item SET document = substr(document, 1, instr(document, '"properties":{') - 1) || '"properties":{"landfall:undated":true,' || substr(document, instr(document, '"properties":{') + 14)
WHERE datetime IS NULL AND start_datetime IS NULL AND end_datetime IS NULL AND instr(document, '"properties":{') > 0;
