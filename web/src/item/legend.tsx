import type { Output } from 'landfall-sdk';
import { text } from '../language/en.ts';
import { client } from '../server/client.ts';
import { useLoaded } from '../server/loaded.ts';
import { inputOf, type Look } from './look.ts';

type Entry = Output<'items.legend'>['entries'][number];

/** Entries that blend into each other, or one that stands alone. */
function runs(entries: readonly Entry[]): Entry[][] {
  const found: Entry[][] = [];
  let isOpen = false;
  for (const entry of entries) {
    const blends = entry.blends === true && entry.value != null;
    if (isOpen) found.at(-1)?.push(entry);
    else found.push([entry]);
    isOpen = blends;
  }
  return found;
}

function Ramp({ entries }: { entries: readonly Entry[] }) {
  const low = entries[0]?.value ?? 0;
  const high = entries.at(-1)?.value ?? 1;
  const placeOf = ({ value }: Entry) => (high > low ? (((value ?? low) - low) / (high - low)) * 100 : 0);
  const stops = entries.map((entry) => `${entry.color} ${placeOf(entry)}%`).join(', ');
  // Labels of many stops would cover each other: as many as there is room for.
  const step = Math.ceil((entries.length - 1) / 4);
  const told = entries.filter((_, n) => n % step === 0 || n === entries.length - 1);
  return (
    <div class="ramp">
      <span class="ramp-colours" style={{ background: `linear-gradient(to right, ${stops})` }} />
      <span class="ramp-labels">
        {told.map((entry) => (
          <small key={entry.value}>{entry.label}</small>
        ))}
      </span>
    </div>
  );
}

/** What the colours of an item's picture mean; nothing where they mean no values. */
export function Legend({ item, look }: { item: string; look: Look }) {
  const key = JSON.stringify(look);
  // A look that cannot be drawn says so elsewhere.
  const found = useLoaded(
    (signal) => client.items.legend({ item_id: item, ...inputOf(look) }, { signal }),
    [item, key],
  );
  const entries = found.value?.entries ?? [];
  if (entries.length === 0) return null;
  return (
    <section class="legend" aria-label={text.item.legend}>
      {runs(entries).map((run, n) =>
        run.length > 1 ? (
          <Ramp key={n} entries={run} />
        ) : (
          <span class="swatch" key={n}>
            <i style={{ background: run[0]?.color }} /> {run[0]?.label}
          </span>
        ),
      )}
    </section>
  );
}
