import { type Box, boxOf, type Item, timeOf, touches } from './items.ts';

/** What of the items is wanted; every filter stands in the address. */
export interface Filters {
  readonly words: string;
  readonly type: string;
  /** An id, `none` for items without one, or empty. */
  readonly collection: string;
  /** Percent; 100: any. */
  readonly cloud: number;
  /** Days, `2024-05-31`, or empty. */
  readonly from: string;
  readonly to: string;
  readonly isInView: boolean;
}

export const filtersOf = (query: URLSearchParams): Filters => ({
  words: query.get('q') ?? '',
  type: query.get('type') ?? '',
  collection: query.get('collection') ?? '',
  cloud: Number(query.get('cloud') ?? 100),
  from: query.get('from') ?? '',
  to: query.get('to') ?? '',
  isInView: query.get('view') === '1',
});

/** The names under which filters stand in the address. */
export const filterNames = ['q', 'type', 'collection', 'cloud', 'from', 'to', 'view'] as const;

export const isFiltered = (filters: Filters): boolean =>
  filters.words !== '' ||
  filters.type !== '' ||
  filters.collection !== '' ||
  filters.cloud < 100 ||
  filters.from !== '' ||
  filters.to !== '' ||
  filters.isInView;

function hasTime(item: Item, filters: Filters): boolean {
  if (!filters.from && !filters.to) return true;
  const begin = timeOf(item);
  if (!begin) return false;
  const end = item.end_datetime ?? begin;
  return (!filters.from || end.slice(0, 10) >= filters.from) && (!filters.to || begin.slice(0, 10) <= filters.to);
}

function hasWords(item: Item, words: string): boolean {
  const text = `${item.name}\n${item.description ?? ''}\n${item.stac_id}`.toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** Whether an item passes; `view` is what the map shows. */
function passes(item: Item, filters: Filters, view: Box | undefined): boolean {
  if (filters.type && item.type !== filters.type) return false;
  if (filters.collection && (item.collection_id ?? 'none') !== filters.collection) return false;
  if (filters.cloud < 100 && !(item.cloud_cover != null && item.cloud_cover <= filters.cloud)) return false;
  if (filters.isInView && view) {
    const box = boxOf(item);
    if (!box || !touches(box, view)) return false;
  }
  return hasTime(item, filters) && (filters.words === '' || hasWords(item, filters.words));
}

export const filtered = (items: readonly Item[], filters: Filters, view: Box | undefined): Item[] =>
  items.filter((item) => passes(item, filters, view));
