import { useState } from 'preact/hooks';
import { Fault } from '../frame/fault.tsx';
import { Icon } from '../frame/icons.tsx';
import { Link } from '../frame/router.tsx';
import { tell } from '../frame/toasts.tsx';
import { text } from '../language/en.ts';
import { client, sentenceOf, serverRoot } from '../server/client.ts';
import type { Look } from './look.ts';

const words = text.item;
/** Days until the key in copied addresses ends, to choose from. */
const lives = [1, 7, 30, 90] as const;

interface LinksPanelProps {
  readonly item: string;
  readonly name: string;
  /** The file that other programs open, by its key; none where the item has no raster. */
  readonly asset: string | undefined;
  readonly look: Look;
}

interface MintedKey {
  readonly secret: string;
  readonly ends: string | null | undefined;
}

function python({ item, asset }: LinksPanelProps, key: string): string {
  return [
    'from landfall_sdk import Landfall',
    '',
    `client = Landfall(api_key="${key}", base_url="${serverRoot}")`,
    `with client.open("${item}", "${asset}") as file, file.rasterio() as raster:`,
    '    pixels = raster.read()',
  ].join('\n');
}

/** How other programs take the item, by what they call it. */
function addresses(props: LinksPanelProps, key: string): readonly (readonly [string, string])[] {
  const { item, asset, look } = props;
  const root = `${serverRoot}/api/v1/items/${item}`;
  const drawn = new URLSearchParams({ ...look, key });
  const plain = new URLSearchParams({ key });
  const stac = ['STAC', `${root}/stac.json?${plain}`] as const;
  if (asset === undefined) return [stac];
  return [
    ['XYZ', `${root}/tiles/{z}/{x}/{y}.png?${drawn}`],
    ['WMTS', `${root}/wmts?${new URLSearchParams({ service: 'WMTS', request: 'GetCapabilities', key })}`],
    ['TileJSON', `${root}/tilejson.json?${drawn}`],
    stac,
    ['GDAL', `gdalinfo "/vsicurl/${root}/assets/${encodeURIComponent(asset)}?${plain}"`],
    ['Python', python(props, key)],
  ];
}

const copy = (value: string) =>
  navigator.clipboard.writeText(value).then(
    () => tell(words.copied),
    (error: unknown) => tell(sentenceOf(error)),
  );

/** Addresses of the item for other programs, with a key of their own that may only read and ends. */
export function LinksPanel(props: LinksPanelProps) {
  const [days, setDays] = useState<number>(30);
  const [key, setKey] = useState<MintedKey>();
  const [fault, setFault] = useState<string>();
  const mint = () => {
    setFault(undefined);
    const name = words.keyName(props.name).slice(0, 200);
    client.api_keys.create({ name, permissions: ['items:read'], expires_in_days: days }).then(
      (made) => setKey({ secret: made.key ?? '', ends: made.expires_at }),
      (error: unknown) => setFault(sentenceOf(error)),
    );
  };
  return (
    <section class="block">
      <h2>{words.links}</h2>
      {fault && <Fault sentence={fault} again={mint} />}
      {!key && !fault && (
        <div class="buttons">
          <select
            class="narrow"
            aria-label={words.keyLife}
            value={String(days)}
            onChange={(event) => setDays(Number(event.currentTarget.value))}
          >
            {lives.map((each) => (
              <option key={each} value={String(each)}>
                {words.keyEnds(each)}
              </option>
            ))}
          </select>
          <button type="button" class="quiet small" onClick={mint}>
            {words.makeKey}
          </button>
        </div>
      )}
      {key && (
        <>
          <ul class="links">
            {addresses(props, key.secret).map(([what, value]) => (
              <li key={what}>
                <b>{what}</b>
                <code>{value}</code>
                <button type="button" class="bare" aria-label={words.copy(what)} onClick={() => void copy(value)}>
                  <Icon name="copy" size={16} />
                </button>
              </li>
            ))}
          </ul>
          <p class="soft">
            {words.keyNote(key.ends ? text.day(key.ends) : undefined)}{' '}
            <Link to="organization/keys">{text.organization.keys}</Link>
          </p>
        </>
      )}
    </section>
  );
}
