import type { Landfall } from '../client.js';
import { base64, digestOf } from '../digest/digest.js';
import { Md5 } from '../digest/md5.js';
import { ConflictError, LandfallError, TransferAbortedError } from '../errors.js';
import type { CallOptions, Output } from '../operations.js';
import { type RetryPolicy, retryDelay, sleep } from '../retry.js';
import type { Fetch } from '../transport.js';
import { type Piece, type Remainder, remainderOf, type StoredFile } from './file.js';
import { PauseGate } from './pause.js';
import type { UploadFile, UploadOptions, UploadProgress, UploadResult } from './plan.js';
import { put } from './put.js';

interface Line {
  readonly retry: RetryPolicy;
  readonly fetch: Fetch | undefined;
}

/** Bytes of one file that arrived, and of pieces that are on their way. */
interface Tally {
  readonly name: string;
  readonly size: number;
  stored: number;
  readonly moving: Map<Piece, number>;
}

/** Tries of a transfer: about a minute, in which a server restarts. */
const patience = 8;
const askEvery = 2000;

/** Runs tasks, some at a time; the first that fails ends it when those that run are over. */
async function inParallel<T>(tasks: readonly T[], width: number, run: (task: T) => Promise<void>): Promise<void> {
  const left = tasks.values();
  let failed = false;
  const worker = async () => {
    for (const task of left) {
      if (failed) return;
      await run(task).catch((error: unknown) => {
        failed = true;
        throw error;
      });
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: Math.min(width, tasks.length) }, worker));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

/** An upload that is going on. */
export class Upload {
  /** Fulfils when the items are there. Whatever rejects it carries `uploadId`, which resumes what broke off. */
  readonly done: Promise<UploadResult>;
  readonly #gate = new PauseGate();
  readonly #abort = new AbortController();
  readonly #signal: AbortSignal;
  readonly #retry: RetryPolicy;
  readonly #tallies: Tally[];
  #id: string | undefined;
  #stage: UploadProgress['stage'] = 'sending';

  constructor(
    private readonly client: Landfall,
    private readonly files: readonly UploadFile[],
    private readonly options: UploadOptions,
    private readonly line: Line,
  ) {
    const { attempts } = line.retry;
    this.#retry = { ...line.retry, attempts: attempts === 1 ? 1 : Math.max(attempts, patience) };
    this.#signal = options.signal ? AbortSignal.any([options.signal, this.#abort.signal]) : this.#abort.signal;
    this.#tallies = files.map(({ name, blob }) => ({ name, size: blob.size, stored: 0, moving: new Map() }));
    this.done = this.#run();
  }

  /** The session's id, as soon as it is open. */
  get id(): string | undefined {
    return this.#id;
  }

  /** Stops sending; what is on its way is sent again later, at most one part a request. */
  pause(): void {
    this.#gate.pause();
    if (this.#stage !== 'processing' && this.#stage !== 'done') this.#report('paused');
  }

  /** Goes on after `pause`. */
  resume(): void {
    this.#gate.resume();
    if (this.#stage === 'paused') this.#report('sending');
  }

  /** Ends it. What arrived is kept for a day, for `resume`. */
  abort(reason?: unknown): void {
    this.#abort.abort(reason);
  }

  get #calls(): CallOptions {
    return { signal: this.#signal, retry: this.#retry };
  }

  async #run(): Promise<UploadResult> {
    try {
      const before = await this.#open();
      if (before?.status !== 'completed') await this.#sendAll(before?.files ?? []);
      return await this.#complete();
    } catch (error) {
      throw await this.#failure(error);
    }
  }

  /** Opens the session, or finds the one to resume. */
  async #open(): Promise<Output<'uploads.get'> | undefined> {
    const { options, files } = this;
    if (options.resume) {
      this.#id = options.resume;
      const session = await this.client.op('uploads.get', { upload_id: options.resume }, this.#calls);
      if (session.status === 'failed') {
        const detail = `The upload has failed and cannot be resumed: ${session.error_message ?? 'begin a new one'}`;
        throw new ConflictError(detail, { operation: 'uploads.resume', status: 409 });
      }
      return session;
    }
    const input = {
      project_id: options.project,
      transfer_method: 'browser' as const,
      file_count: files.length,
      total_bytes: files.reduce((sum, { blob }) => sum + blob.size, 0),
      target_collection_id: options.collection ?? null,
      target_item_id: options.item ?? null,
      asset_key: options.assetKey ?? null,
      is_categorical: options.isCategorical ?? false,
    };
    this.#id = (await this.client.op('uploads.initiate', input, this.#calls)).id;
    this.#report('sending');
    return undefined;
  }

  async #sendAll(before: readonly StoredFile[]): Promise<void> {
    const session = {
      client: this.client,
      uploadId: this.#id as string,
      partSize: this.options.partSize,
      options: this.#calls,
    };
    const width = this.options.parallel ?? 4;
    const small: { tally: Tally; remainder: Remainder }[] = [];
    for (const [n, file] of this.files.entries()) {
      const tally = this.#tallies[n] as Tally;
      await this.#gate.passed(this.#signal);
      const known = before.find((each) => each.file_name === file.name);
      const remainder = await remainderOf(session, file, known);
      tally.stored = remainder.stored;
      this.#report(this.#stage);
      if (remainder.pieces.length <= 1) {
        small.push({ tally, remainder });
        continue;
      }
      await inParallel(remainder.pieces, width, (piece) => this.#send(tally, piece));
      await remainder.finish();
    }
    await inParallel(small, width, async ({ tally, remainder }) => {
      for (const piece of remainder.pieces) await this.#send(tally, piece);
      await remainder.finish();
    });
  }

  /** Sends a piece until it has arrived, through pauses, lost connections and URLs whose time is over. */
  async #send(tally: Tally, piece: Piece): Promise<void> {
    for (let attempt = 1; ;) {
      await this.#gate.passed(this.#signal);
      const { running } = this.#gate;
      try {
        await this.#sendOnce(tally, piece, AbortSignal.any([this.#signal, running]));
        tally.moving.delete(piece);
        tally.stored += piece.body.size;
        this.#report('sending');
        return;
      } catch (error) {
        tally.moving.delete(piece);
        this.#signal.throwIfAborted();
        if (running.aborted) continue;
        const delay = this.#delayAfter(error, attempt++, piece);
        if (delay === undefined) throw error;
        this.#report('waiting', { reason: (error as LandfallError).detail, wait: delay });
        await sleep(delay, this.#signal);
        this.#report(this.#gate.isPaused ? 'paused' : 'sending');
      }
    }
  }

  async #sendOnce(tally: Tally, piece: Piece, signal: AbortSignal): Promise<void> {
    const digest = base64(await digestOf(new Md5(), piece.body, signal));
    await put(this.line.fetch, {
      url: await piece.url(),
      body: piece.body,
      headers: { 'Content-MD5': digest, ...(piece.type ? { 'Content-Type': piece.type } : {}) },
      signal,
      onSent: (bytes) => {
        if (signal.aborted) return;
        tally.moving.set(piece, bytes);
        this.#report('sending');
      },
    });
  }

  /** Milliseconds until the next try; undefined where the failure is for good. */
  #delayAfter(error: unknown, attempt: number, piece: Piece): number | undefined {
    if (!(error instanceof LandfallError)) return undefined;
    const isSpoilt = error.status === 400 && error.problem?.title === 'BadDigest';
    if (error.status === 403) piece.forget();
    if (error.status === 403 || isSpoilt) return attempt < this.#retry.attempts ? this.#retry.base : undefined;
    return retryDelay(this.#retry, attempt, error);
  }

  async #complete(): Promise<UploadResult> {
    const input = { upload_id: this.#id as string, crs: this.options.crs ?? null };
    this.#report('processing');
    for (;;) {
      const answer = await this.client.op('uploads.complete', input, this.#calls);
      if (answer.status !== 'processing') {
        this.#report('done');
        return answer;
      }
      await this.#readByServer(input.upload_id);
    }
  }

  /** Waits for what the server goes on reading after its first answer. */
  async #readByServer(uploadId: string): Promise<void> {
    for (;;) {
      await sleep(askEvery, this.#signal);
      const seen = await this.client.op('uploads.progress', { upload_id: uploadId }, this.#calls);
      if (seen.status !== 'processing') return;
    }
  }

  /** What a bad line or an abort broke off stays open; what the server refuses ends the session, which costs nothing then. */
  async #failure(error: unknown): Promise<unknown> {
    const operation = 'uploads';
    if (this.#signal.aborted) {
      const detail = 'The upload was aborted; what has arrived is kept for a day';
      const aborted = new TransferAbortedError(detail, { operation, status: 0, cause: this.#signal.reason });
      aborted.uploadId = this.#id;
      return aborted;
    }
    if (!(error instanceof LandfallError)) return error;
    error.uploadId ??= this.#id;
    const isOurs = !error.isTransient && ![0, 401, 402].includes(error.status);
    if (isOurs && this.#id && this.options.resume === undefined) {
      const input = { upload_id: this.#id, error_message: error.detail.slice(0, 1000), error_step: error.operation };
      // Failed already, or out of reach: it ends by itself.
      await this.client.op('uploads.fail', input, { retry: { attempts: 1 } }).catch(() => undefined);
    }
    return error;
  }

  #report(stage: UploadProgress['stage'], because: Pick<UploadProgress, 'reason' | 'wait'> = {}): void {
    this.#stage = stage;
    if (!this.options.onProgress) return;
    const sentOf = (tally: Tally) => [...tally.moving.values()].reduce((sum, bytes) => sum + bytes, tally.stored);
    const files = this.#tallies.map((tally) => ({ name: tally.name, size: tally.size, sent: sentOf(tally) }));
    const sum = (of: (file: (typeof files)[number]) => number) => files.reduce((total, file) => total + of(file), 0);
    const [sent, total] = [sum((file) => file.sent), sum((file) => file.size)];
    this.options.onProgress({ stage, sent, total, uploadId: this.#id, files, ...because });
  }
}
