import { useEffect, useState } from 'preact/hooks';
import { text } from '../language/en.ts';
import type { Place } from '../map/project_map.ts';
import { client } from '../server/client.ts';
import { type Asset, bandNames } from './look.ts';

/** How long the pointer must rest before the server is asked. */
const restMs = 120;
/** Of files with more bands only those are read that the picture shows. */
const mostBands = 12;

interface PointerValuesProps {
  readonly item: string;
  readonly asset: Asset;
  readonly bands?: string | undefined;
  readonly expression?: string | undefined;
  readonly at: Place | undefined;
}

type Values = readonly (readonly [string, number | null])[];

async function valuesAt({ item, asset, bands, expression }: PointerValuesProps, at: Place, signal: AbortSignal) {
  const input = { item_id: item, coordinates: [[...at]] };
  const chosen = bandNames(asset).length > mostBands ? { bands: bands ?? '1' } : {};
  const asked = [
    client.items.point({ ...input, ...chosen }, { signal, retry: { attempts: 1 } }),
    ...(expression ? [client.items.point({ ...input, expression }, { signal, retry: { attempts: 1 } })] : []),
  ];
  const tables = await Promise.all(asked);
  return tables.flatMap((table) =>
    table.bands.map((name, n) => [name, (table.values[0]?.[n] ?? null) as number | null] as const),
  );
}

/** The values of the pixel under the pointer, asked for when it rests; where it is, at once. */
export function PointerValues(props: PointerValuesProps) {
  const { item, asset, bands, expression, at } = props;
  const [values, setValues] = useState<Values>();
  useEffect(() => {
    setValues(undefined);
    if (!at) return;
    const controller = new AbortController();
    const ask = () =>
      valuesAt(props, at, controller.signal).then(
        (found) => controller.signal.aborted || setValues(found),
        // Beside the picture, or of a formula that is refused elsewhere: then there are none.
        () => controller.signal.aborted || setValues([]),
      );
    const timer = setTimeout(() => void ask(), restMs);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [item, asset, bands, expression, at?.[0], at?.[1]]);
  if (!at) return null;
  const known = values?.filter(([, value]) => value !== null);
  return (
    <dl class="pointer-values" aria-label={text.item.values}>
      <div>
        <dt class="unseen">{text.item.place}</dt>
        <dd>{text.coordinates(at[0], at[1])}</dd>
      </div>
      {known?.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{text.value(value ?? 0)}</dd>
        </div>
      ))}
      {known?.length === 0 && (
        <div>
          <dt class="unseen">{text.item.values}</dt>
          <dd>{text.item.noValue}</dd>
        </div>
      )}
    </dl>
  );
}
