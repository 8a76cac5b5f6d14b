import { useCallback, useEffect, useMemo, useState } from 'preact/hooks';
import { client } from '../server/client.ts';
import { useLoaded } from '../server/loaded.ts';
import type { Collection, Item } from './items.ts';

/** Of items without a collection. */
export const uncollected = 'none';
const plain = '#0b8f6a';

/** One layer of the map: the items of a collection, or those without one. */
export interface Layer {
  readonly id: string;
  readonly name: string;
  readonly colour: string;
  readonly isShown: boolean;
  /** 0 to 1; of this browser only. */
  readonly opacity: number;
  readonly count: number;
}

export interface Layers {
  /** The uppermost first. */
  readonly layers: readonly Layer[];
  readonly collections: readonly Collection[];
  readonly fault: string | undefined;
  readonly again: () => void;
  readonly change: (layer: Layer, changes: Partial<Pick<Layer, 'isShown' | 'colour' | 'opacity'>>) => Promise<void>;
  /** Puts a layer at another place of the list. */
  readonly move: (layer: Layer, to: number) => Promise<void>;
}

type Local = Readonly<Record<string, { readonly opacity?: number; readonly isShown?: boolean }>>;

const storageOf = (project: string) => `landfall layers ${project}`;

function restored(project: string): Local {
  try {
    return JSON.parse(localStorage.getItem(storageOf(project)) ?? '{}') as Local;
  } catch {
    return {};
  }
}

const byOrder = (one: Collection, other: Collection) =>
  (other.layer_order ?? 0) - (one.layer_order ?? 0) || one.name.localeCompare(other.name);

const nameColour = (colour: string | null | undefined) => (colour && /^#[0-9a-f]{6}$/i.test(colour) ? colour : plain);

/** The layers of a project, as its collections say; what they do not say is kept in the browser. */
export function useLayers(project: string, items: readonly Item[], uncollectedName: string): Layers {
  const loaded = useLoaded((signal) => client.collections.list({ project_id: project }, { signal }), [project]);
  const [collections, setCollections] = useState<readonly Collection[]>([]);
  const [local, setLocal] = useState<Local>(() => restored(project));
  useEffect(() => loaded.value && setCollections(loaded.value.toSorted(byOrder)), [loaded.value]);

  const keep = useCallback(
    (id: string, changes: Local[string]) =>
      setLocal((before) => {
        const after = { ...before, [id]: { ...before[id], ...changes } };
        localStorage.setItem(storageOf(project), JSON.stringify(after));
        return after;
      }),
    [project],
  );

  const layers = useMemo(() => {
    const counts = new Map<string, number>();
    for (const { collection_id } of items)
      counts.set(collection_id ?? uncollected, (counts.get(collection_id ?? uncollected) ?? 0) + 1);
    const made = collections.map(({ id, name, color, show_on_map }): Layer => {
      const opacity = local[id]?.opacity ?? 1;
      return { id, name, colour: nameColour(color), isShown: show_on_map ?? true, opacity, count: counts.get(id) ?? 0 };
    });
    const rest = local[uncollected];
    const last: Layer = {
      id: uncollected,
      name: uncollectedName,
      colour: plain,
      isShown: rest?.isShown ?? true,
      opacity: rest?.opacity ?? 1,
      count: counts.get(uncollected) ?? 0,
    };
    return last.count > 0 || made.length === 0 ? [...made, last] : made;
  }, [collections, items, local, uncollectedName]);

  const update = useCallback(
    async (id: string, changes: { show_on_map?: boolean; color?: string; layer_order?: number }) => {
      setCollections((before) =>
        before.map((each) => (each.id === id ? { ...each, ...changes } : each)).toSorted(byOrder),
      );
      await client.collections.update({ project_id: project, collection_id: id, ...changes });
    },
    [project],
  );

  const change: Layers['change'] = useCallback(
    async (layer, { isShown, colour, opacity }) => {
      if (opacity !== undefined) keep(layer.id, { opacity });
      if (layer.id === uncollected) {
        if (isShown !== undefined) keep(layer.id, { isShown });
      } else if (isShown !== undefined) await update(layer.id, { show_on_map: isShown });
      else if (colour !== undefined) await update(layer.id, { color: colour });
    },
    [keep, update],
  );

  const move: Layers['move'] = useCallback(
    async (layer, to) => {
      const others = collections.filter((each) => each.id !== layer.id);
      const moved = collections.find((each) => each.id === layer.id);
      if (!moved) return;
      const wanted = [...others.slice(0, to), moved, ...others.slice(to)];
      // The uppermost has the highest number; only what has another one than before is written.
      const changes = wanted.map((each, n) => ({ id: each.id, order: wanted.length - n, was: each.layer_order }));
      await Promise.all(
        changes.filter(({ order, was }) => order !== was).map(({ id, order }) => update(id, { layer_order: order })),
      );
    },
    [collections, update],
  );

  return { layers, collections, fault: loaded.fault, again: loaded.again, change, move };
}
