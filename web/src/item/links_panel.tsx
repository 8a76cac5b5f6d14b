import { useState } from 'preact/hooks';
import { Fault } from '../frame/fault.tsx';
import { Icon } from '../frame/icons.tsx';
import { tell } from '../frame/toasts.tsx';
import { text } from '../language/en.ts';
import { client, sentenceOf, serverRoot } from '../server/client.ts';
import type { Look } from './look.ts';

const words = text.item;
/** Days until the key in copied addresses ends. */
const life = 30;

function addresses(item: string, look: Look, key: string): readonly (readonly [string, string])[] {
  const root = `${serverRoot}/api/v1/items/${item}`;
  const query = new URLSearchParams({ ...look, key });
  const plain = new URLSearchParams({ key });
  return [
    ['XYZ', `${root}/tiles/{z}/{x}/{y}.png?${query}`],
    ['TileJSON', `${root}/tilejson.json?${query}`],
    ['STAC', `${root}/stac.json?${plain}`],
    ['GDAL', `gdalinfo "/vsicurl/${root}/assets/data?${plain}"`],
    ['Python', `import rasterio\nrasterio.open("/vsicurl/${root}/assets/data?${plain}")`],
  ];
}

const copy = (value: string) =>
  navigator.clipboard.writeText(value).then(
    () => tell(words.copied),
    (error: unknown) => tell(sentenceOf(error)),
  );

/** Addresses of the item for other programs, with a key of their own that may only read and ends. */
export function LinksPanel({ item, name, look }: { item: string; name: string; look: Look }) {
  const [key, setKey] = useState<string>();
  const [fault, setFault] = useState<string>();
  const mint = () => {
    setFault(undefined);
    client.api_keys
      .create({ name: `Link to ${name}`.slice(0, 200), permissions: ['items:read'], expires_in_days: life })
      .then(
        (made) => setKey(made.key ?? undefined),
        (error: unknown) => setFault(sentenceOf(error)),
      );
  };
  return (
    <section class="block">
      <h2>{words.links}</h2>
      {fault && <Fault sentence={fault} again={mint} />}
      {!key && !fault && (
        <button type="button" class="quiet small" onClick={mint}>
          {words.makeKey}
        </button>
      )}
      {key && (
        <>
          <ul class="links">
            {addresses(item, look, key).map(([what, value]) => (
              <li key={what}>
                <b>{what}</b>
                <code>{value}</code>
                <button type="button" class="bare" aria-label={words.copy(what)} onClick={() => void copy(value)}>
                  <Icon name="copy" size={16} />
                </button>
              </li>
            ))}
          </ul>
          <p class="soft">{words.keyNote(life)}</p>
        </>
      )}
    </section>
  );
}
