import { ConnectionError, errorOf, type Problem } from './errors.js';
import { retryAfter } from './retry.js';

/** A request whose failure is told as an error of ours. */
export interface Exchange {
  /** The operation or the step, for errors. */
  readonly operation: string;
  readonly url: string;
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly headers: Record<string, string>;
  readonly body?: string | Blob;
  readonly credentials: 'omit' | 'same-origin';
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds until the head of the answer must be there; 0: any time. */
  readonly timeout: number;
}

/** The function that does the requests: the global `fetch`, or one of your own. */
export type Fetch = (input: string, init: RequestInit) => Promise<Response>;

/** What is left of a connection that failed: why, without addresses, for those of `/storage` hold a signature. */
function reasonOf(error: unknown): string {
  const cause =
    error instanceof Error ? ((error.cause as { code?: string } | undefined)?.code ?? error.name) : 'unknown';
  return `The server did not answer (${cause}). Check its address and the network, then try again`;
}

/** The problem that an answer tells; what is none, as the page of a proxy, tells nothing. */
export async function problemOf(response: Response): Promise<Problem | undefined> {
  const text = await response.text().catch(() => '');
  const code = /<Code>(\w+)<\/Code>/.exec(text)?.[1];
  if (code) return { title: code, detail: /<Message>([^<]*)<\/Message>/.exec(text)?.[1] ?? code, type: code };
  try {
    const problem: unknown = JSON.parse(text);
    return typeof problem === 'object' && problem !== null ? (problem as Problem) : undefined;
  } catch {
    return undefined;
  }
}

/** Sends once. Gives the answer if it is a success; else throws the error of its status, or that none came. */
export async function send(fetcher: Fetch, exchange: Exchange): Promise<Response> {
  const { operation, url, signal, timeout } = exchange;
  signal?.throwIfAborted();
  const overdue = new AbortController();
  const timer = timeout > 0 ? setTimeout(() => overdue.abort(), timeout) : undefined;
  let response: Response;
  try {
    response = await fetcher(url, {
      method: exchange.method,
      headers: exchange.headers,
      ...(exchange.body === undefined ? {} : { body: exchange.body }),
      credentials: exchange.credentials,
      signal: signal ? AbortSignal.any([signal, overdue.signal]) : overdue.signal,
    });
  } catch (error) {
    signal?.throwIfAborted();
    if (overdue.signal.aborted) {
      throw new ConnectionError(`No answer within ${timeout / 1000} s`, { operation, status: 0 });
    }
    throw new ConnectionError(reasonOf(error), { operation, status: 0 });
  } finally {
    clearTimeout(timer);
  }
  if (response.ok) return response;
  const problem = await problemOf(response);
  throw errorOf({ operation, status: response.status, problem, retryAfter: retryAfter(response.headers) });
}

/** Reads the body of a success; a connection that breaks in the middle is a connection that was lost. */
export async function read<T>(exchange: Exchange, body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    exchange.signal?.throwIfAborted();
    throw new ConnectionError(reasonOf(error), { operation: exchange.operation, status: 0 });
  }
}
