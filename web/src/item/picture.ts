import { useEffect, useState } from 'preact/hooks';
import { boxOf, type Item } from '../catalog/items.ts';
import type { Picture } from '../map/project_map.ts';
import { client, sentenceOf } from '../server/client.ts';
import { inputOf, type Look } from './look.ts';

/** The item as a picture on the map, drawn with this look; the fault of a look that the server refuses. */
export function usePicture(item: Item | undefined, look: Look) {
  const [picture, setPicture] = useState<Picture>();
  const [fault, setFault] = useState<string>();
  const key = JSON.stringify(look);
  useEffect(() => {
    const bounds = item && boxOf(item);
    if (!item || !bounds || item.type.endsWith('vector')) return;
    const controller = new AbortController();
    client.items.tile.tilejson({ item_id: item.id, ...inputOf(look) }, { signal: controller.signal }).then(
      ({ tiles, minzoom, maxzoom }) => {
        setFault(undefined);
        setPicture({
          id: item.id,
          tiles: tiles[0] ?? '',
          bounds,
          minzoom: Math.max(0, (minzoom ?? 0) - 4),
          maxzoom: maxzoom ?? 18,
          opacity: 1,
        });
      },
      (error: unknown) => controller.signal.aborted || setFault(sentenceOf(error)),
    );
    return () => controller.abort();
  }, [item, key]);
  return { picture, fault };
}
