-- The coordinate reference system, a code or WKT, of files of the session that declare none.
ALTER TABLE upload ADD COLUMN crs {{text}};
