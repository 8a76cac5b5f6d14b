-- What an asset comes from, in columns. So far renditions said it in their facts, uploads in the lineage, and sidecars by
-- a creation time that equals their original's.
ALTER TABLE asset ADD COLUMN derived_from_asset {{text}};
ALTER TABLE asset ADD COLUMN rendition_kind {{text}};
ALTER TABLE asset ADD COLUMN upload_id {{text}};
ALTER TABLE asset ADD COLUMN sidecar_of {{text}};

UPDATE asset SET derived_from_asset = CAST(facts AS {{json}}) ->> 'rendition_of',
    rendition_kind = CAST(facts AS {{json}}) ->> 'kind'
WHERE is_rendition = 1 AND CAST(facts AS {{json}}) ->> 'kind' IN ('cog', 'thumbnail');

UPDATE asset SET upload_id = (
    SELECT min(e.dst_id) FROM provenance_edge e
    WHERE e.organization_id = asset.organization_id AND e.src_id = asset.id AND e.src_type = 'asset'
      AND e.dst_type = 'upload')
WHERE is_rendition = 0;

-- `sidecar_of` stays NULL for assets from before: which file a sidecar belongs to is told by rules about file names that
-- SQL does not have. Those are still found by creation time and name.
