import { hex } from './digest/digest.js';
import { download, type DownloadOptions } from './download.js';
import { facts, type Fluent, type OperationFacts } from './generated/operations.js';
import type { Arguments, CallOptions, Input, Listed, ListOperation, OperationId, Output } from './operations.js';
import { entries, pages } from './pages.js';
import { defaultRetry, type RetryPolicy, withRetries } from './retry.js';
import { type Exchange, type Fetch, read, send } from './transport.js';
import { type UploadFile, type UploadOptions, type UploadResult } from './upload/plan.js';
import { Upload } from './upload/upload.js';

/** Who calls, as the server sees it (OpenID Connect's userinfo). */
export interface Userinfo {
  /** The id of the user or of the key. */
  readonly sub: string;
  readonly geopera_principal_type: string;
  /** The organization that the caller works in. */
  readonly geopera_org_id: string | null;
  readonly name?: string;
  readonly email?: string;
  /** What the caller may do, separated by spaces. */
  readonly scope: string;
}

/** How to reach a server, and as whom. */
export interface LandfallOptions {
  /** Where the server is, with its path prefix if it has one; else `LANDFALL_URL`, else the origin of the page. */
  baseUrl?: string;
  /** An API key; else `LANDFALL_TOKEN`. */
  apiKey?: string;
  /** An access token, or what gives one: it is asked before every try, so that it may renew the token. */
  token?: string | (() => string | Promise<string>);
  /** Goes by the cookie of a browser that signed in, on pages of the server itself. */
  session?: boolean;
  /** How failures are repeated: `{ attempts: 1 }` never. */
  retry?: Partial<RetryPolicy>;
  /** Milliseconds of one try of an operation until its answer begins; 120 000 by default, 0: any time. */
  timeout?: number;
  /** Instead of the global `fetch`. */
  fetch?: Fetch;
}

interface Surroundings {
  readonly location?: { readonly origin: string };
  readonly process?: { readonly env?: Record<string, string | undefined> };
}

const defaultTimeout = 120_000;
const surroundings = globalThis as unknown as Surroundings;

/** 128 random bits; `crypto.randomUUID` is missing on pages without TLS. */
function randomKey(): string {
  return hex(crypto.getRandomValues(new Uint8Array(16)));
}

function serverOf(options: LandfallOptions): string {
  const url = options.baseUrl ?? surroundings.process?.env?.['LANDFALL_URL'] ?? surroundings.location?.origin;
  if (!url) throw new TypeError('Say where the server is: new Landfall({ baseUrl: "https://…" }), or set LANDFALL_URL');
  return url.replace(/\/+$/, '');
}

/**
 * A client of one server. Every operation is a method by its id, `client.items.list({ project_id })`, and
 * `client.op('items.list', { project_id })` is the same. A failure is a `LandfallError`; an aborted call rejects with the
 * reason of its signal.
 */
export class Landfall {
  /** Where the server is, without a slash at the end. */
  readonly baseUrl: string;
  readonly #credential: () => string | undefined | Promise<string>;
  readonly #isSession: boolean;
  readonly #retry: RetryPolicy;
  readonly #timeout: number;
  readonly #fetch: Fetch;
  readonly #ownFetch: Fetch | undefined;

  constructor(options: LandfallOptions = {}) {
    this.baseUrl = serverOf(options);
    this.#isSession = options.session === true;
    const { token } = options;
    const fixed = options.apiKey ?? (typeof token === 'string' ? token : undefined);
    const fallback = this.#isSession ? undefined : surroundings.process?.env?.['LANDFALL_TOKEN'];
    this.#credential = typeof token === 'function' ? async () => token() : () => fixed ?? fallback;
    this.#retry = { ...defaultRetry, ...options.retry };
    this.#timeout = options.timeout ?? defaultTimeout;
    this.#ownFetch = options.fetch;
    this.#fetch = options.fetch ?? ((input, init) => fetch(input, init));
    Object.assign(this, callTree(this));
  }

  /** Calls an operation: `client.op('items.get', { item_id })`. */
  async op<Id extends OperationId>(id: Id, ...[input, options]: Arguments<Id>): Promise<Output<Id>> {
    return (await this.#call(id, input ?? {}, options ?? {})) as Output<Id>;
  }

  /** Who the credential, or the cookie of a session, belongs to. */
  async userinfo(options: CallOptions = {}): Promise<Userinfo> {
    return (await this.#post('userinfo', '/realms/public/protocol/openid-connect/userinfo', {}, options)) as Userinfo;
  }

  /** Every entry of a list or a search, page after page: `for await (const item of client.iterate('items.list', …))`. */
  iterate<Id extends ListOperation>(id: Id, ...rest: Arguments<Id>): AsyncGenerator<Listed[Id], void, undefined> {
    return entries(id, (rest[0] ?? {}) as Input<Id>, this.#pageCall(id), rest[1] ?? {});
  }

  /** The pages of a list or a search, as the operation answers them, for those who want its totals too. */
  pages<Id extends ListOperation>(id: Id, ...rest: Arguments<Id>): AsyncGenerator<Output<Id>, void, undefined> {
    return pages(id, (rest[0] ?? {}) as Input<Id>, this.#pageCall(id), rest[1] ?? {});
  }

  /** Uploads one file, which becomes one item or joins one: answers when the item is there. */
  uploadFile(file: Blob, options: UploadOptions & { name?: string }): Promise<UploadResult> {
    const name = options.name ?? (file as Partial<File>).name;
    if (!name)
      return Promise.reject(new TypeError('A Blob has no name; say it: uploadFile(blob, { name: "scene.tif", … })'));
    return this.startUpload([{ name, blob: file }], options).done;
  }

  /** Begins to upload files that belong together, a raster with its sidecars, in one session; pauses, goes on, aborts. */
  startUpload(files: readonly UploadFile[], options: UploadOptions): Upload {
    return new Upload(this, files, options, { retry: this.#retry, fetch: this.#ownFetch });
  }

  /** The bytes of an asset, checked against its digest: as a `Blob`, or into a stream. `asset` is a key or an id. */
  download(item: string, asset: string, options: DownloadOptions & { to: WritableStream<Uint8Array> }): Promise<void>;
  download(item: string, asset: string, options?: DownloadOptions): Promise<Blob>;
  download(item: string, asset: string, options: DownloadOptions = {}): Promise<Blob | void> {
    return download(this, { item, asset }, options, { retry: this.#retry, fetch: this.#fetch });
  }

  #pageCall(id: OperationId) {
    return (input: Record<string, unknown>, options: CallOptions) => this.#call(id, input, options);
  }

  async #headers(key: string | undefined): Promise<Record<string, string>> {
    const credential = await this.#credential();
    const headers: Record<string, string> = { 'Content-Type': 'application/json' };
    if (credential) headers['Authorization'] = `Bearer ${credential}`;
    if (this.#isSession) headers['X-Landfall-Console'] = '1';
    if (key) headers['Idempotency-Key'] = key;
    return headers;
  }

  #call(id: OperationId, input: object, options: CallOptions): Promise<unknown> {
    return this.#post(id, `/v1/op/${id}`, input, options);
  }

  async #post(name: string, path: string, input: object, options: CallOptions): Promise<unknown> {
    // An operation that this library does not know is the server's to refuse.
    const known = (facts as Partial<Record<string, OperationFacts>>)[name];
    const key = options.idempotencyKey ?? (known?.idempotent ? randomKey() : undefined);
    return withRetries({ ...this.#retry, ...options.retry }, options.signal, async () => {
      const exchange: Exchange = {
        operation: name,
        url: this.baseUrl + path,
        method: 'POST',
        headers: await this.#headers(key),
        body: JSON.stringify(input),
        credentials: this.#isSession ? 'same-origin' : 'omit',
        signal: options.signal,
        timeout: options.timeout ?? this.#timeout,
      };
      const response = await send(this.#fetch, exchange);
      return read<unknown>(exchange, () => (known?.raw ? response.blob() : response.json()));
    });
  }
}

/** The operations as methods of nested objects, by the parts of their ids. */
export interface Landfall extends Fluent {}

type Branch = { [name: string]: Branch };

function callTree(client: Landfall): Branch {
  const root: Branch = {};
  for (const id of Object.keys(facts) as OperationId[]) {
    const parts = id.split('.');
    const last = parts.pop() as string;
    let node = root;
    for (const part of parts) node = node[part] ??= {};
    const call = (input?: object, options?: CallOptions) => (client.op as Function).call(client, id, input, options);
    // What is an operation and a group of some, too, keeps what it has.
    node[last] = Object.assign(call, node[last]) as unknown as Branch;
  }
  return root;
}
