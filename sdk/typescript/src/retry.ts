import { LandfallError } from './errors.js';

/** How often and how long a call is tried again. */
export interface RetryPolicy {
  /** Tries in all; 1 never repeats. */
  readonly attempts: number;
  /** Upper end of the first wait, milliseconds; it doubles with each. */
  readonly base: number;
  /** Upper end of any wait, milliseconds. */
  readonly cap: number;
  /** A server that asks for a longer wait, milliseconds, is not waited for. */
  readonly longestRequest: number;
}

export const defaultRetry: RetryPolicy = { attempts: 5, base: 500, cap: 30_000, longestRequest: 120_000 };

/** Milliseconds to wait after try `attempt` (from 1) failed; undefined where it is not to be repeated. */
export function retryDelay(policy: RetryPolicy, attempt: number, error: LandfallError): number | undefined {
  const asked = error.retryAfter ?? 0;
  // A 500 is a fault that repeating seldom mends.
  if (!error.isTransient || error.status === 500 || attempt >= policy.attempts || asked > policy.longestRequest) {
    return undefined;
  }
  const whole = Math.min(policy.base * 2 ** (attempt - 1), policy.cap);
  return Math.max(whole / 2 + (whole / 2) * Math.random(), asked);
}

/** Milliseconds of a Retry-After header: seconds, or a date. */
export function retryAfter(headers: { get(name: string): string | null }): number | undefined {
  const text = headers.get('Retry-After');
  if (!text) return undefined;
  const seconds = Number(text);
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(text) - Date.now();
  return Number.isFinite(wait) ? Math.max(0, wait) : undefined;
}

/** Waits; rejects with the reason of the signal as soon as that aborts. */
export function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    signal?.addEventListener('abort', stop, { once: true });
  });
}

/** Calls `attempt` until it succeeds, fails for good or the policy ends. */
export async function withRetries<T>(
  policy: RetryPolicy,
  signal: AbortSignal | undefined,
  attempt: (number: number) => Promise<T>,
): Promise<T> {
  for (let number = 1; ; ++number) {
    try {
      return await attempt(number);
    } catch (error) {
      const delay = error instanceof LandfallError ? retryDelay(policy, number, error) : undefined;
      if (delay === undefined) throw error;
      await sleep(delay, signal);
    }
  }
}
