import type { Landfall } from './client.js';
import { type Digest, hex } from './digest/digest.js';
import { Sha256 } from './digest/sha256.js';
import { ConnectionError, IntegrityError, LandfallError, NotFoundError } from './errors.js';
import type { CallOptions, Output } from './operations.js';
import { type RetryPolicy, retryDelay, sleep } from './retry.js';
import { type Exchange, type Fetch, send } from './transport.js';

export interface DownloadOptions {
  /** Where the bytes go, instead of a `Blob`; it is closed at the end, or aborted with the error. */
  to?: WritableStream<Uint8Array>;
  onProgress?: (received: number, total: number) => void;
  signal?: AbortSignal;
}

interface Line {
  readonly retry: RetryPolicy;
  readonly fetch: Fetch;
}

interface Goal {
  readonly item: string;
  readonly asset: string;
}

type Asset = Output<'items.list_assets'>[number];

/** How a sha2-256 multihash in hexadecimal begins. */
const multihash = '1220';
/** Milliseconds until an answer must begin. */
const patience = 60_000;

const failure = (detail: string) => new IntegrityError(detail, { operation: 'items.asset.download', status: 0 });

/** Bytes that come over as many connections as it takes. */
class Transfer {
  #received = 0;
  #etag: string | null = null;
  #url: string | undefined;

  constructor(
    private readonly client: Landfall,
    private readonly goal: Goal,
    private readonly options: DownloadOptions,
    private readonly line: Line,
  ) {}

  /** All bytes in their order; each connection goes on where the one before broke. */
  async *chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    let attempt = 1;
    for (;;) {
      const before = this.#received;
      try {
        yield* this.#connection();
        return;
      } catch (error) {
        this.options.signal?.throwIfAborted();
        // Who gets something each time is not failing.
        if (this.#received > before) attempt = 1;
        const delay = this.#delayAfter(error, attempt++);
        if (delay === undefined) throw error;
        await sleep(delay, this.options.signal);
      }
    }
  }

  #delayAfter(error: unknown, attempt: number): number | undefined {
    if (!(error instanceof LandfallError)) return undefined;
    if (error.operation === 'storage.get' && error.status === 403) {
      this.#url = undefined; // its time is over
      return attempt < this.line.retry.attempts ? 0 : undefined;
    }
    return retryDelay(this.line.retry, attempt, error);
  }

  async *#connection(): AsyncGenerator<Uint8Array, void, undefined> {
    const { signal } = this.options;
    const calls: CallOptions = signal ? { signal } : {};
    const input = { item_id: this.goal.item, asset_id: this.goal.asset };
    this.#url ??= (await this.client.op('items.asset.download', input, calls)).url;
    const headers: Record<string, string> = this.#received > 0 ? { Range: `bytes=${this.#received}-` } : {};
    if (this.#received > 0 && this.#etag) headers['If-Match'] = this.#etag;
    const base = { operation: 'storage.get', method: 'GET', credentials: 'omit' } as const;
    const exchange: Exchange = { ...base, url: this.#url, headers, signal, timeout: patience };
    const response = await send(this.line.fetch, exchange);
    if (this.#received > 0 && response.status !== 206)
      throw failure('The server does not go on where the line broke; start again');
    this.#etag ??= response.headers.get('ETag');
    yield* this.#body(response);
  }

  async *#body(response: Response): AsyncGenerator<Uint8Array, void, undefined> {
    const reader = response.body?.getReader();
    const expected = Number(response.headers.get('Content-Length') ?? Number.NaN);
    let got = 0;
    try {
      for (;;) {
        const next = await reader?.read().catch(() => undefined);
        if (!next) throw new ConnectionError('The connection was lost', { operation: 'storage.get', status: 0 });
        if (next.done) break;
        got += next.value.length;
        this.#received += next.value.length;
        yield next.value;
      }
    } finally {
      await reader?.cancel().catch(() => undefined);
    }
    if (got < expected) throw new ConnectionError('The connection was lost', { operation: 'storage.get', status: 0 });
  }
}

async function find(client: Landfall, goal: Goal, calls: CallOptions): Promise<Asset> {
  const assets = await client.op('items.list_assets', { item_id: goal.item }, calls);
  const found = assets.find((asset) => asset.key === goal.asset || asset.id === goal.asset);
  if (found) return found;
  const keys = assets.map((asset) => asset.key).join(', ') || 'none';
  const detail = `The item has no asset '${goal.asset}'; it has: ${keys}`;
  throw new NotFoundError(detail, { operation: 'items.asset.download', status: 404 });
}

/** Refuses bytes that are not the asset's: by length, and by digest where the server has one. */
function check(asset: Asset, received: number, digest: Digest): void {
  if (asset.file_size_bytes != null && received !== asset.file_size_bytes) {
    throw failure(`${received} bytes came of ${asset.file_size_bytes}; download it again`);
  }
  const wanted = asset.checksum?.startsWith(multihash) ? asset.checksum.slice(multihash.length) : undefined;
  if (wanted && hex(digest.finish()) !== wanted) {
    throw failure('The bytes are not those that the server has: the SHA-256 differs. Download it again');
  }
}

/** The bytes of an asset, checked; as a Blob, or into `options.to`. */
export async function download(client: Landfall, goal: Goal, options: DownloadOptions, line: Line): Promise<Blob> {
  const { to, onProgress, signal } = options;
  const writer = to?.getWriter();
  const kept: Uint8Array[] = [];
  try {
    const asset = await find(client, goal, signal ? { signal } : {});
    const digest = new Sha256();
    let received = 0;
    for await (const chunk of new Transfer(client, { item: goal.item, asset: asset.id }, options, line).chunks()) {
      digest.update(chunk);
      received += chunk.length;
      if (writer) await writer.write(chunk);
      else kept.push(chunk);
      onProgress?.(received, asset.file_size_bytes ?? received);
    }
    check(asset, received, digest);
    await writer?.close();
    return new Blob(kept as BlobPart[], { type: asset.media_type ?? '' });
  } catch (error) {
    await writer?.abort(error).catch(() => undefined);
    throw error;
  }
}
