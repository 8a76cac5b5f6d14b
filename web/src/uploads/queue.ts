import { signal } from '@preact/signals';
import { LandfallError, type Output, type Upload, type UploadProgress } from 'landfall-sdk';
import { client, sentenceOf } from '../server/client.ts';
import type { Group } from './groups.ts';

/** Uploads at a time; each sends some parts at once. */
const width = 2;
/** How much of the speed until now counts beside that of the last moment. */
const inertia = 0.8;
/** How many first bytes the server looks at beforehand. */
const headBytes = 65_536;

type Verdict = Output<'uploads.preflight'>;

export interface Entry {
  readonly id: number;
  readonly project: string;
  readonly group: Group;
  readonly stage: UploadProgress['stage'] | 'waiting_turn' | 'checking' | 'failed' | 'aborted';
  readonly sent: number;
  readonly total: number;
  /** Bytes a second. */
  readonly speed: number;
  /** Why it waits or failed. */
  readonly reason?: string | undefined;
  /** What the server makes one aware of before it has all of it. */
  readonly doubts: readonly string[];
  readonly itemIds: readonly string[];
  /** The session, to go on with. */
  readonly uploadId?: string | undefined;
}

/** All uploads of this tab. */
export const entries = signal<readonly Entry[]>([]);
const running = new Map<number, Upload>();
/** Those whose first bytes are looked at. */
const starting = new Set<number>();
const listeners = new Set<(project: string, items: readonly string[]) => void>();
let last = 0;

export const uploadsOf = (project: string): readonly Entry[] =>
  entries.value.filter((entry) => entry.project === project);

/** Calls whoever is interested in items that came. */
export function onArrival(listener: (project: string, items: readonly string[]) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const change = (id: number, changes: Partial<Entry>) =>
  (entries.value = entries.value.map((entry) => (entry.id === id ? { ...entry, ...changes } : entry)));

/** Measures how fast bytes go. */
function speedometer() {
  let [at, bytes, speed] = [performance.now(), -1, 0];
  return (sent: number): number => {
    const now = performance.now();
    if (bytes < 0) [at, bytes] = [now, sent];
    if (now - at < 300) return speed;
    const latest = Math.max(0, ((sent - bytes) * 1000) / (now - at));
    speed = speed === 0 ? latest : inertia * speed + (1 - inertia) * latest;
    [at, bytes] = [now, sent];
    return speed;
  };
}

/** What the server thinks of the file by its first bytes; it says nothing where it cannot be asked. */
async function lookAhead({ group, uploadId }: Entry): Promise<Verdict | undefined> {
  const [primary] = group.files;
  if (!primary || uploadId) return undefined;
  const head = new Uint8Array(await primary.blob.slice(0, headBytes).arrayBuffer());
  let text = '';
  for (let at = 0; at < head.length; at += 8192) text += String.fromCharCode(...head.subarray(at, at + 8192));
  const input = { file_name: primary.name, size: primary.blob.size, head: btoa(text) };
  return client.uploads.preflight(input, { retry: { attempts: 1 } }).catch(() => undefined);
}

/** Looks at the first bytes, then sends all of it unless the server would refuse it. */
async function begin(entry: Entry): Promise<void> {
  starting.add(entry.id);
  change(entry.id, { stage: 'checking', doubts: [] });
  const verdict = await lookAhead(entry).catch(() => undefined);
  starting.delete(entry.id);
  if (!entries.value.some(({ id }) => id === entry.id)) return next();
  // What would place or describe a raster may come with it.
  const doubts = entry.group.files.length > 1 ? [] : (verdict?.reasons ?? []);
  if (verdict?.verdict === 'refused') {
    change(entry.id, { stage: 'failed', reason: verdict.reasons.join(' ') });
    return next();
  }
  change(entry.id, { doubts });
  send(entry);
}

function send(entry: Entry): void {
  const measure = speedometer();
  const upload = client.startUpload(entry.group.files, {
    project: entry.project,
    ...(entry.uploadId ? { resume: entry.uploadId } : {}),
    onProgress: ({ stage, sent, total, uploadId, reason }) =>
      change(entry.id, { stage, sent, total, uploadId, reason, speed: measure(sent) }),
  });
  running.set(entry.id, upload);
  change(entry.id, { stage: 'sending' });
  upload.done
    .then(
      ({ item_ids }) => {
        change(entry.id, { stage: 'done', itemIds: item_ids, reason: undefined });
        for (const listener of listeners) listener(entry.project, item_ids);
      },
      (error: unknown) => {
        const uploadId = error instanceof LandfallError ? error.uploadId : undefined;
        const isAborted = error instanceof LandfallError && error.name === 'AbortError';
        change(entry.id, { stage: isAborted ? 'aborted' : 'failed', reason: sentenceOf(error), uploadId });
      },
    )
    .finally(() => {
      running.delete(entry.id);
      next();
    });
}

/** Begins what waits, as far as there is room. */
function next(): void {
  for (const entry of entries.value) {
    if (running.size + starting.size >= width) return;
    if (entry.stage === 'waiting_turn') void begin(entry);
  }
}

/** Puts a group of files behind the others; `uploadId` goes on with a session that broke off. */
export function enqueue(project: string, group: Group, uploadId?: string): void {
  const total = group.files.reduce((sum, { blob }) => sum + blob.size, 0);
  const begun = { sent: 0, total, speed: 0, itemIds: [], doubts: [], uploadId };
  const entry: Entry = { id: ++last, project, group, stage: 'waiting_turn', ...begun };
  entries.value = [...entries.value, entry];
  next();
}

export const pause = (id: number): void => running.get(id)?.pause();
export const goOn = (id: number): void => running.get(id)?.resume();
export const stop = (id: number): void => running.get(id)?.abort();

/** Takes an upload off the list, which ends it if it runs. */
export function dismiss(id: number): void {
  stop(id);
  entries.value = entries.value.filter((entry) => entry.id !== id);
}

/** Begins again what failed or was stopped; what has arrived of it is not sent again. */
export function retry(id: number): void {
  change(id, { stage: 'waiting_turn', reason: undefined });
  next();
}
