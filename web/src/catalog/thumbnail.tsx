import { useEffect, useState } from 'preact/hooks';
import { Icon } from '../frame/icons.tsx';
import { client } from '../server/client.ts';
import type { Item } from './items.ts';

/** So many pictures are kept. */
const most = 500;
const kept = new Map<string, Promise<string | undefined>>();

async function fetchPicture(item: Item): Promise<string | undefined> {
  const assets = await client.items.list_assets({ item_id: item.id });
  const thumbnail = assets.find((asset) => asset.roles?.includes('thumbnail'));
  return thumbnail && URL.createObjectURL(await client.download(item.id, thumbnail.id));
}

/** The address of an item's small picture; undefined where there is none (yet). */
function pictureOf(item: Item): Promise<string | undefined> {
  const key = `${item.id} ${item.updated_at}`;
  const known = kept.get(key);
  if (known) return known;
  const picture = fetchPicture(item).catch(() => undefined);
  kept.set(key, picture);
  void picture.then((url) => url ?? kept.delete(key));
  const [oldest] = kept.keys();
  if (kept.size > most && oldest !== undefined) {
    void kept.get(oldest)?.then((url) => url && URL.revokeObjectURL(url));
    kept.delete(oldest);
  }
  return picture;
}

export function Thumbnail({ item }: { item: Item }) {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    let isWanted = true;
    setUrl(undefined);
    // Whoever scrolls past wants none.
    const timer = setTimeout(() => void pictureOf(item).then((found) => isWanted && setUrl(found)), 80);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [item.id, item.updated_at]);
  return <span class="thumbnail">{url ? <img src={url} alt="" /> : <Icon name="image" />}</span>;
}
