import { useEffect, useRef, useState } from 'preact/hooks';
import { type Box, boxOf, type Item, touches } from '../catalog/items.ts';
import { client } from '../server/client.ts';
import type { Picture } from './project_map.ts';

/** At most so many pictures lie on the map at once; smaller ones are their outlines. */
const most = 40;
const leastPixels = 24;
/** Below the zoom that the server calls the least, a picture is small but still one. */
const zoomsBelow = 3;

interface Drawing {
  readonly tiles: string;
  readonly minzoom: number;
  readonly maxzoom: number;
}

const drawings = new Map<string, Promise<Drawing | undefined>>();

/** How an item is drawn; undefined where it cannot be. Asked for once, until the item changes. */
function drawingOf(item: Item): Promise<Drawing | undefined> {
  const key = `${item.id} ${item.updated_at}`;
  const known = drawings.get(key);
  if (known) return known;
  const drawing = client.items.tile.tilejson({ item_id: item.id }).then(
    ({ tiles, minzoom, maxzoom }) => ({
      tiles: tiles[0] ?? '',
      minzoom: Math.max(0, (minzoom ?? 0) - zoomsBelow),
      maxzoom: maxzoom ?? 18,
    }),
    () => undefined,
  );
  drawings.set(key, drawing);
  return drawing;
}

/** Degrees of longitude that a pixel shows. */
const degreesAPixel = (zoom: number) => 360 / (512 * 2 ** zoom);

/** Items that are worth a picture at this zoom; the first of `items` are the lowest. */
function worth(items: readonly Item[], view: Box, zoom: number): Item[] {
  const wide = leastPixels * degreesAPixel(zoom);
  const seen = items.filter((item) => {
    const box = boxOf(item);
    return box !== undefined && box[2] - box[0] >= wide && touches(box, view) && !item.type.endsWith('vector');
  });
  return seen.slice(-most);
}

/** The pictures of items for what the map shows, in the order of the items. */
export function usePictures(
  items: readonly Item[],
  opacityOf: (item: Item) => number,
  view: Box | undefined,
  zoom: number,
): readonly Picture[] {
  const [pictures, setPictures] = useState<readonly Picture[]>([]);
  const wanted = useRef(0);
  useEffect(() => {
    if (!view) return;
    const turn = ++wanted.current;
    const chosen = worth(items, view, zoom);
    void Promise.all(chosen.map(drawingOf)).then((all) => {
      if (turn !== wanted.current) return;
      setPictures(
        chosen.flatMap((item, n) => {
          const drawing = all[n];
          const bounds = boxOf(item);
          return drawing && bounds ? [{ id: item.id, bounds, opacity: opacityOf(item), ...drawing }] : [];
        }),
      );
    });
  }, [items, opacityOf, view, zoom]);
  return pictures;
}
