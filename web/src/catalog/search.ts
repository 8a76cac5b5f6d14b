import { useEffect, useState } from 'preact/hooks';
import { client, sentenceOf } from '../server/client.ts';
import { type Filters, isFiltered } from './filters.ts';
import type { Box, Item } from './items.ts';

/** So many of what is found are shown; who needs others filters on. */
export const mostShown = 5000;
const pageSize = 1000;
/** How long filters must stay as they are before the server is asked. */
const restMs = 250;

export interface Found {
  readonly items: readonly Item[];
  /** Of all that is found, exactly. */
  readonly total: number;
  readonly isLoading: boolean;
  readonly fault: string | undefined;
}

const whole = (degrees: number, most: number) => Math.min(most, Math.max(-most, degrees));

/** What the map shows as the server takes it: one round of the world at most, west greater than east across its seam. */
function boxFor([west, south, east, north]: Box): number[] {
  const wrapped = (lon: number) => ((((lon + 180) % 360) + 360) % 360) - 180;
  const [left, right] = east - west >= 360 ? [-180, 180] : [wrapped(west), wrapped(east)];
  return [left, whole(south, 90), right, whole(north, 90)];
}

function termsOf(project: string, filters: Filters, view: Box | undefined) {
  const { words, type, collection, cloud, from, to, isInView } = filters;
  const query = {
    ...(words.trim() ? { name: { contains: words.trim() } } : {}),
    ...(cloud < 100 ? { cloud_cover: { lte: cloud } } : {}),
  };
  const [begin, end] = [from ? `${from}T00:00:00Z` : '..', to ? `${to}T23:59:59.999Z` : '..'];
  return {
    project_id: project,
    limit: pageSize,
    ...(Object.keys(query).length > 0 ? { query } : {}),
    ...(type ? { type: type as Item['type'] } : {}),
    ...(collection ? { collections: [collection] } : {}),
    ...(from || to ? { datetime: `${begin}/${end}` } : {}),
    ...(isInView && view ? { bbox: boxFor(view) } : {}),
  };
}

/** What passes the filters, as the server finds it; nothing is asked unless it is wanted. */
export function useSearch(project: string, filters: Filters, view: Box | undefined, isWanted: boolean, turn: number) {
  const [found, setFound] = useState<Found>();
  useEffect(() => {
    if (!isWanted) return setFound(undefined);
    const controller = new AbortController();
    const { signal } = controller;
    const ask = async () => {
      let items: Item[] = [];
      setFound((before) => before && { ...before, isLoading: true });
      for await (const page of client.pages('items.search', termsOf(project, filters, view), { signal })) {
        items = items.concat(page.features as unknown as Item[]);
        const isLoading = items.length < Math.min(page.numberMatched, mostShown);
        setFound({ items, total: page.numberMatched, isLoading, fault: undefined });
        if (!isLoading) return;
      }
    };
    const timer = setTimeout(
      () =>
        void ask().catch(
          (error: unknown) =>
            signal.aborted || setFound({ items: [], total: 0, isLoading: false, fault: sentenceOf(error) }),
        ),
      isFiltered(filters) ? restMs : 0,
    );
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [project, filters, view, isWanted, turn]);
  return found;
}
