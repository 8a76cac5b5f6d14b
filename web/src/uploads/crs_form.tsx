import { useState } from 'preact/hooks';
import { text } from '../language/en.ts';
import { client, sentenceOf } from '../server/client.ts';
import { useLoaded } from '../server/loaded.ts';

const words = text.uploads;

/** Asks for the coordinate reference system of an item that has none; nothing where it has a place. */
export function CrsForm({ item, onPlaced }: { item: string; onPlaced: () => void }) {
  const [sought, setSought] = useState('');
  const [fault, setFault] = useState<string>();
  const loaded = useLoaded((signal) => client.items.get({ item_id: item }, { signal }), [item]);
  const found = useLoaded(
    async (signal) => (sought.trim() ? (await client.crs.search({ q: sought, limit: 8 }, { signal })).crs : []),
    [sought],
  );
  if (!loaded.value || loaded.value.item.bbox || loaded.value.item.type !== 'user_raster') return null;
  const place = (code: string) => {
    setFault(undefined);
    client.items.set_crs({ item_id: item, crs: code }).then(
      () => (loaded.again(), onPlaced()),
      (error: unknown) => setFault(sentenceOf(error)),
    );
  };
  return (
    <div class="crs">
      <p>{words.noCrs}</p>
      <input
        type="search"
        aria-label={words.crsSearch}
        placeholder={words.crsSearch}
        value={sought}
        onInput={(event) => setSought(event.currentTarget.value)}
      />
      {(fault ?? found.fault) && <p class="fault">{fault ?? found.fault}</p>}
      <ul>
        {found.value?.map(({ code, name }) => (
          <li key={code}>
            <button type="button" class="quiet small" onClick={() => place(code)}>
              {code} {name}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
