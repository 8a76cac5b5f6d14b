/** One field that the server refuses, of a 422. */
export interface FieldProblem {
  /** Where: `["body", "bbox"]`. */
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  readonly type: string;
}

/** What the server says of a refusal (RFC 9457); of a 422 `detail` is the list of the fields. */
export interface Problem {
  readonly type?: string;
  readonly title?: string;
  readonly status?: number;
  readonly detail?: string | readonly FieldProblem[];
  readonly request_id?: string;
}

/** What is known of a failure beside the problem itself. */
export interface FailureContext {
  /** The operation, or the step of a transfer. */
  readonly operation: string;
  /** HTTP status; 0 where no answer came. */
  readonly status: number;
  readonly problem?: Problem | undefined;
  /** Milliseconds after which the server wants to be asked again. */
  readonly retryAfter?: number | undefined;
  readonly cause?: unknown;
}

/**
 * Every failure of a call. `status` and the subclass say which kind, `detail` is a sentence for people. Holds no
 * credential and no signature of a URL.
 */
export class LandfallError extends Error {
  override name = 'LandfallError';
  readonly operation: string;
  readonly status: number;
  readonly detail: string;
  readonly problem: Problem | undefined;
  /** Quote it when you report something; it is in the server's log. */
  readonly requestId: string | undefined;
  readonly retryAfter: number | undefined;
  /** Of an upload that broke off and can be resumed, or that the server refused. */
  uploadId: string | undefined;

  constructor(detail: string, context: FailureContext) {
    super(`${context.operation}: ${detail}`, context.cause === undefined ? undefined : { cause: context.cause });
    this.operation = context.operation;
    this.status = context.status;
    this.detail = detail;
    this.problem = context.problem;
    this.requestId = context.problem?.request_id;
    this.retryAfter = context.retryAfter;
  }

  /** Whether the same call may succeed later: no answer, a busy or restarting server, a lost race. */
  get isTransient(): boolean {
    return (
      [0, 408, 429, 500, 502, 503, 504].includes(this.status) || (this.status === 409 && this.retryAfter !== undefined)
    );
  }
}

/** 400: the request itself is broken. */
export class MalformedRequestError extends LandfallError {
  override name = 'MalformedRequestError';
}

/** 401: no credential, or one that is unknown, expired or revoked. */
export class UnauthenticatedError extends LandfallError {
  override name = 'UnauthenticatedError';
}

/** 402: the quota or the standing of the organization. */
export class PaymentRequiredError extends LandfallError {
  override name = 'PaymentRequiredError';
}

/** 403: the scope or the role is missing. */
export class PermissionDeniedError extends LandfallError {
  override name = 'PermissionDeniedError';
}

/** 404: unknown, deleted, or somebody else's. */
export class NotFoundError extends LandfallError {
  override name = 'NotFoundError';
}

/** 409: the wrong state, a duplicate or a lost race. */
export class ConflictError extends LandfallError {
  override name = 'ConflictError';
}

/** 410: it was there and has expired. */
export class GoneError extends LandfallError {
  override name = 'GoneError';
}

/** 412: a condition does not hold; nothing was done. */
export class PreconditionFailedError extends LandfallError {
  override name = 'PreconditionFailedError';
}

/** 413: more than a limit or a session allows. */
export class PayloadTooLargeError extends LandfallError {
  override name = 'PayloadTooLargeError';
}

/** 422: `fields` says which are wrong, all of them at once. */
export class ValidationError extends LandfallError {
  override name = 'ValidationError';

  get fields(): readonly FieldProblem[] {
    return Array.isArray(this.problem?.detail) ? this.problem.detail : [];
  }
}

/** 429: a rate limit; `retryAfter` says until when. */
export class RateLimitedError extends LandfallError {
  override name = 'RateLimitedError';
}

/** 5xx: the server, or something that it stands on. */
export class ServerError extends LandfallError {
  override name = 'ServerError';
}

/** No answer: the network, a closed connection, or the time of a try was over. */
export class ConnectionError extends LandfallError {
  override name = 'ConnectionError';
}

/** The bytes are not those that were meant: a digest or a length differs. */
export class IntegrityError extends LandfallError {
  override name = 'IntegrityError';
}

/** A transfer was aborted by its signal or by `abort()`; `uploadId` resumes an upload. The name is that of `fetch`. */
export class TransferAbortedError extends LandfallError {
  override name = 'AbortError';
}

const byStatus: Readonly<Record<number, typeof LandfallError>> = {
  400: MalformedRequestError,
  401: UnauthenticatedError,
  402: PaymentRequiredError,
  403: PermissionDeniedError,
  404: NotFoundError,
  409: ConflictError,
  410: GoneError,
  412: PreconditionFailedError,
  413: PayloadTooLargeError,
  422: ValidationError,
  429: RateLimitedError,
};

/** A sentence from what the server said; of a 422 each field with what is wrong with it. */
function sentence(status: number, problem: Problem | undefined): string {
  const detail = problem?.detail;
  if (typeof detail === 'string') return detail;
  if (Array.isArray(detail) && detail.length > 0) {
    return detail.map((each: FieldProblem) => `${each.loc.slice(1).join('.') || 'body'}: ${each.msg}`).join('; ');
  }
  return problem?.title ?? `The server answered ${status}`;
}

/** The error of an answer. */
export function errorOf(context: FailureContext): LandfallError {
  const Kind = byStatus[context.status] ?? (context.status >= 500 ? ServerError : LandfallError);
  return new Kind(sentence(context.status, context.problem), context);
}
