import type { Output } from 'landfall-sdk';
import { boxOf, type Item, timeOf } from '../catalog/items.ts';
import { Fault } from '../frame/fault.tsx';
import { text } from '../language/en.ts';
import { client } from '../server/client.ts';
import { useLoaded } from '../server/loaded.ts';
import { rasterOf } from './look.ts';

const words = text.item;
const most = 100;

type Found = Pick<Item, 'id' | 'name' | 'type' | 'datetime' | 'start_datetime'>;

/** What one needs to know of an item to lay it beside another. */
export interface Beside {
  readonly item: Item;
  readonly asset: Output<'items.list_assets'>[number] | undefined;
}

/** The item that is laid beside the one of the page. */
export function useBeside(id: string | undefined) {
  return useLoaded(
    async (signal): Promise<Beside | undefined> => {
      if (!id) return undefined;
      const [{ item }, assets] = await Promise.all([
        client.items.get({ item_id: id }, { signal }),
        client.items.list_assets({ item_id: id }, { signal }),
      ]);
      return { item, asset: rasterOf(assets) };
    },
    [id],
  );
}

interface ComparePanelProps {
  readonly item: Item;
  readonly beside: string | undefined;
  readonly onBeside: (id: string | undefined) => void;
}

function label(found: Found): string {
  const time = timeOf(found as Item);
  return `${time ? text.day(time) : text.catalog.undated} · ${found.name}`;
}

/** The items that lie where this one lies, by date, of which one can be laid beside it. */
export function ComparePanel({ item, beside, onBeside }: ComparePanelProps) {
  const box = boxOf(item);
  const found = useLoaded(
    async (signal) => {
      if (!box) return [];
      const terms = { project_id: item.project_id, bbox: [...box], limit: most };
      const sortby = [{ field: 'datetime', direction: 'desc' as const }];
      const { features } = await client.items.search({ ...terms, sortby }, { signal });
      const all = features as unknown as Found[];
      return all.filter(({ id, type }) => id !== item.id && !type.endsWith('vector'));
    },
    [item.id, item.updated_at],
  );
  if (found.fault) return <Fault sentence={found.fault} again={found.again} />;
  if (!found.value || (found.value.length === 0 && !beside)) return null;
  const isListed = found.value.some(({ id }) => id === beside);
  return (
    <section class="block">
      <h2>{words.compare}</h2>
      <select
        aria-label={words.compareWith}
        value={beside ?? ''}
        onChange={(event) => onBeside(event.currentTarget.value || undefined)}
      >
        <option value="">{words.compareNone}</option>
        {beside && !isListed && <option value={beside}>{words.compareOther}</option>}
        {found.value.map((each) => (
          <option key={each.id} value={each.id}>
            {label(each)}
          </option>
        ))}
      </select>
    </section>
  );
}
