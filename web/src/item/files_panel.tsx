import { Icon } from '../frame/icons.tsx';
import { tell } from '../frame/toasts.tsx';
import { text } from '../language/en.ts';
import { client, sentenceOf } from '../server/client.ts';
import type { Asset } from './look.ts';

const words = text.item;
/** How a sha2-256 multihash in hexadecimal begins. */
const multihash = '1220';

/** Gives a file to the browser, which keeps it where downloads go. */
async function download(asset: Asset): Promise<void> {
  const { url } = await client.items.asset.download({ item_id: asset.item_id, asset_id: asset.id });
  const link = Object.assign(document.createElement('a'), { href: url, download: asset.title ?? asset.key });
  link.click();
}

/** The files of an item, to have and to compare. */
export function FilesPanel({ assets }: { assets: readonly Asset[] }) {
  return (
    <section class="block">
      <h2>{words.files}</h2>
      <ul class="files">
        {assets.map((asset) => (
          <li key={asset.id}>
            <div>
              <b>{asset.title ?? asset.key}</b>
              <span class="soft">
                {asset.key}
                {asset.file_size_bytes != null && ` · ${text.bytes(asset.file_size_bytes)}`}
              </span>
              {asset.checksum?.startsWith(multihash) && (
                <details>
                  <summary class="soft">{words.checksum}</summary>
                  <code>{asset.checksum.slice(multihash.length)}</code>
                </details>
              )}
            </div>
            <button
              type="button"
              class="bare"
              aria-label={words.download(asset.title ?? asset.key)}
              onClick={() => void download(asset).catch((error: unknown) => tell(sentenceOf(error)))}
            >
              <Icon name="download" />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
