import type { Item } from '../catalog/items.ts';
import { timeOf } from '../catalog/items.ts';
import { text } from '../language/en.ts';
import { type Asset, bandNames } from './look.ts';

const words = text.item;

/** Where an item lies, as the middle of its box. */
function placeOf(item: Item): string | undefined {
  const [west, south, east, north] = (item.bbox ?? []) as [number?, number?, number?, number?];
  if (west === undefined || south === undefined || east === undefined || north === undefined) return undefined;
  const lon = (((west + (east < west ? east + 360 : east)) / 2 + 540) % 360) - 180;
  return text.coordinates(lon, (south + north) / 2);
}

function valueText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What is known of an item, in the words of people. */
export function FactsPanel({ item, asset }: { item: Item; asset: Asset | undefined }) {
  const time = timeOf(item);
  const facts: readonly (readonly [string, string | undefined])[] = [
    [words.kind, text.types[item.type] ?? item.type],
    [
      words.date,
      time
        ? item.end_datetime
          ? `${text.day(time)} – ${text.day(item.end_datetime)}`
          : text.day(time)
        : text.catalog.undated,
    ],
    [words.place, placeOf(item) ?? text.catalog.noPlace],
    [words.resolution, item.gsd == null ? undefined : text.catalog.resolution(item.gsd)],
    [words.bands, asset ? `${bandNames(asset).join(', ')} (${asset.data_type ?? ''})` : undefined],
    [words.clouds, item.cloud_cover == null ? undefined : text.catalog.clouds(item.cloud_cover)],
    [words.added, text.moment(item.created_at)],
    [words.description, item.description ?? undefined],
  ];
  const properties = Object.entries(item.properties ?? {});
  return (
    <section class="block">
      <dl class="facts">
        {facts.map(([name, value]) =>
          value === undefined ? null : (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
        )}
      </dl>
      {properties.length > 0 && (
        <details>
          <summary>{words.properties}</summary>
          <dl class="facts">
            {properties.map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{valueText(value)}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </section>
  );
}
