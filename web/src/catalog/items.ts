import type { Output } from 'landfall-sdk';
import { useCallback, useEffect, useState } from 'preact/hooks';
import { client, sentenceOf } from '../server/client.ts';

export type Item = Output<'items.list'>['items'][number];
export type Collection = Output<'collections.list'>[number];
/** West, south, east, north in degrees. */
export type Box = readonly [number, number, number, number];

/** So many items are kept in the browser, where filters answer at once; of more the server is asked. */
const most = 20_000;
const pageSize = 1000;

export interface Items {
  readonly items: readonly Item[];
  readonly total: number;
  readonly isLoading: boolean;
  readonly fault: string | undefined;
  /** There are more than a browser keeps: `items` is empty. */
  readonly isVast: boolean;
  /** Another one each time that it is loaded again. */
  readonly turn: number;
  readonly again: () => void;
}

const nothing = { items: [], total: 0, isLoading: true, fault: undefined, isVast: false };

/** The items of a project, which come page after page. */
export function useItems(project: string): Items {
  const [state, setState] = useState<Omit<Items, 'again' | 'turn'>>(nothing);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    const load = async () => {
      let items: Item[] = [];
      for await (const page of client.pages('items.list', { project_id: project, limit: pageSize }, { signal })) {
        const { total } = page;
        if (total > most) return setState({ ...nothing, total, isLoading: false, isVast: true });
        items = items.concat(page.items);
        const isLoading = items.length < total;
        // A reload shows what was there until all is there again.
        if (turn === 0 || !isLoading) setState({ ...nothing, items, total, isLoading });
        if (!isLoading) return;
      }
      setState((before) => ({ ...before, items, isLoading: false }));
    };
    load().catch((error: unknown) => {
      if (!signal.aborted) setState((before) => ({ ...before, isLoading: false, fault: sentenceOf(error) }));
    });
    return () => controller.abort();
  }, [project, turn]);
  const again = useCallback(() => setTurn((before) => before + 1), []);
  return { ...state, turn, again };
}

/** The box around an item; undefined where it has no place, and for the eastern part of one across the antimeridian. */
export function boxOf(item: Item): Box | undefined {
  const box = item.bbox;
  if (!box || box.length !== 4) return undefined;
  const [west, south, east, north] = box as [number, number, number, number];
  return west <= east ? [west, south, east, north] : [west, south, east + 360, north];
}

/** When an item was taken: its time, or the beginning of its span. */
export const timeOf = (item: Item): string | undefined => item.datetime ?? item.start_datetime ?? undefined;

export function boxAround(items: readonly Item[]): Box | undefined {
  let around: [number, number, number, number] | undefined;
  for (const item of items) {
    const box = boxOf(item);
    if (!box) continue;
    around = around
      ? [
          Math.min(around[0], box[0]),
          Math.min(around[1], box[1]),
          Math.max(around[2], box[2]),
          Math.max(around[3], box[3]),
        ]
      : [...box];
  }
  return around;
}

export const touches = (one: Box, other: Box): boolean => {
  const latitudes = one[1] <= other[3] && other[1] <= one[3];
  // Maps go round the world more than once.
  return latitudes && [-360, 0, 360].some((turn) => one[0] + turn <= other[2] && other[0] <= one[2] + turn);
};
