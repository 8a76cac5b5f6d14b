import { ConnectionError, errorOf, LandfallError } from '../errors.js';
import { retryAfter } from '../retry.js';
import { type Fetch, problemOf, send } from '../transport.js';

/** Bytes on their way to a signed URL. */
export interface Put {
  readonly url: string;
  readonly body: Blob;
  readonly headers: Record<string, string>;
  readonly signal: AbortSignal;
  /** Called with the bytes that left so far, where the surroundings tell it. */
  readonly onSent: (bytes: number) => void;
}

const operation = 'uploads.put';
/** Milliseconds without any progress after which a try is given up: the server gives up at the same time. */
const idle = 60_000;

/** Sends once; throws the error of the answer. With a browser's XMLHttpRequest, which alone tells how far it is. */
export async function put(fetcher: Fetch | undefined, request: Put): Promise<void> {
  if (fetcher || typeof XMLHttpRequest === 'undefined') {
    const { url, headers, body, signal } = request;
    const send_ = { operation, url, method: 'PUT', headers, body, credentials: 'omit', signal, timeout: 0 } as const;
    await (await send(fetcher ?? fetch, send_)).arrayBuffer();
    request.onSent(body.size);
  } else {
    await putByBrowser(request);
  }
}

async function putByBrowser(request: Put): Promise<void> {
  const { url, headers, body, signal, onSent } = request;
  signal.throwIfAborted();
  const xhr = new XMLHttpRequest();
  await new Promise<void>((resolve, reject) => {
    let timer: ReturnType<typeof setTimeout>;
    const abort = () => xhr.abort();
    const watch = () => {
      clearTimeout(timer);
      timer = setTimeout(abort, idle);
    };
    xhr.open('PUT', url);
    for (const [name, value] of Object.entries(headers)) xhr.setRequestHeader(name, value);
    xhr.upload.onprogress = (event) => {
      watch();
      onSent(Math.min(event.loaded, body.size));
    };
    xhr.onloadend = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      if (signal.aborted) reject(signal.reason);
      else resolve();
    };
    signal.addEventListener('abort', abort, { once: true });
    watch();
    xhr.send(body);
  });
  if (xhr.status === 0)
    throw new ConnectionError('The connection was lost while bytes were sent', { operation, status: 0 });
  if (xhr.status >= 300) throw await refusal(xhr);
  onSent(body.size);
}

async function refusal(xhr: XMLHttpRequest): Promise<LandfallError> {
  const problem = await problemOf(new Response(xhr.responseText));
  const wait = retryAfter({ get: (name) => xhr.getResponseHeader(name) });
  return errorOf({ operation, status: xhr.status, problem, retryAfter: wait });
}
