-- Which file a sidecar came with, for those from before there was a column for it: files of one upload became assets at
-- one instant. Where several files of data came into one item at that instant it stays open.
UPDATE asset SET sidecar_of = (
    SELECT min(p.id) FROM asset p
    WHERE p.organization_id = asset.organization_id AND p.item_id = asset.item_id AND p.created_at = asset.created_at
      AND p.roles = '["data"]' AND p.is_rendition = 0)
WHERE sidecar_of IS NULL AND is_rendition = 0 AND roles = '["metadata"]' AND 1 = (
    SELECT count(*) FROM asset p
    WHERE p.organization_id = asset.organization_id AND p.item_id = asset.item_id AND p.created_at = asset.created_at
      AND p.roles = '["data"]' AND p.is_rendition = 0);
