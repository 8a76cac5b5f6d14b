import type { Listed, Messages } from './generated/operations.js';
import type { RetryPolicy } from './retry.js';

export type { Fluent, Listed, Messages } from './generated/operations.js';

/** The id of an operation, such as `items.list`. */
export type OperationId = keyof Messages;

/** What an operation takes. */
export type Input<Id extends OperationId> = Messages[Id]['input'];

/** What an operation answers; a `Blob` where that is a picture. */
export type Output<Id extends OperationId> = Messages[Id]['output'];

/** An operation that lists something. */
export type ListOperation = keyof Listed & OperationId;

/** For one call. */
export interface CallOptions {
  /** Ends the call and what it waits for; the promise then rejects with the reason of the signal. */
  signal?: AbortSignal;
  /** Milliseconds of one try until the answer begins; else that of the client. */
  timeout?: number;
  /** Makes repeats of the call safe beyond this one; the client makes one itself where the operation takes any. */
  idempotencyKey?: string;
  /** Instead of the client's. */
  retry?: Partial<RetryPolicy>;
}

/** The rest of a call's arguments: the input may be left out where nothing in it is required. */
export type Arguments<Id extends OperationId> = Messages[Id]['needsInput'] extends true
  ? [input: Input<Id>, options?: CallOptions]
  : [input?: Input<Id>, options?: CallOptions];

/** A call of one operation. */
export type Call<Id extends OperationId> = (...rest: Arguments<Id>) => Promise<Output<Id>>;
