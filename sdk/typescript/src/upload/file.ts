import { digestOf, hex } from '../digest/digest.js';
import { Md5 } from '../digest/md5.js';
import { IntegrityError } from '../errors.js';
import type { Landfall } from '../client.js';
import type { CallOptions, Output } from '../operations.js';
import { PartUrls } from './part_urls.js';
import { mediaTypeOf, type UploadFile } from './plan.js';

/** Bytes that go in one request. */
export interface Piece {
  readonly body: Blob;
  /** Media type that the URL is signed for; parts have none. */
  readonly type?: string;
  url(): Promise<string>;
  /** The URL did not serve. */
  forget(): void;
}

/** What is left to send of a file. */
export interface Remainder {
  readonly pieces: readonly Piece[];
  /** Bytes that the server had before. */
  readonly stored: number;
  /** To be called when all pieces have arrived. */
  finish(): Promise<void>;
}

export type StoredFile = Output<'uploads.get'>['files'][number];

interface Session {
  readonly client: Landfall;
  readonly uploadId: string;
  readonly partSize: number | undefined;
  readonly options: CallOptions;
}

/** Files up to this many bytes, or up to one part, go in one piece. */
const onePiece = 8 * 1024 * 1024;

const md5 = async (blob: Blob, options: CallOptions) => digestOf(new Md5(), blob, options.signal);

/** S3's ETag: the MD5, or that of the MD5s of the parts with their number. */
async function etagOf(blob: Blob, partSize: number | undefined, options: CallOptions): Promise<string> {
  if (!partSize) return hex(await md5(blob, options));
  const whole = new Md5();
  let count = 0;
  for (let from = 0; from < blob.size || count === 0; from += partSize, ++count) {
    whole.update(await md5(blob.slice(from, from + partSize), options));
  }
  return `${hex(whole.finish())}-${count}`;
}

function mismatch(name: string, why: string): IntegrityError {
  const detail = `${name} is not the file that this upload began with: ${why}. Choose that file, or begin a new upload`;
  return new IntegrityError(detail, { operation: 'uploads.resume', status: 0 });
}

/** A file that had arrived as a whole: nothing is left of it, if it is the same. */
async function checkStored(file: UploadFile, stored: StoredFile, options: CallOptions): Promise<void> {
  if (stored.size !== file.blob.size) throw mismatch(file.name, `it has ${file.blob.size} bytes, not ${stored.size}`);
  const inParts = stored.etag?.includes('-');
  if (!stored.etag || (inParts && !stored.part_size)) return;
  const etag = await etagOf(file.blob, inParts ? (stored.part_size ?? undefined) : undefined, options);
  if (etag !== stored.etag) throw mismatch(file.name, 'its bytes differ');
}

function wholeFile({ client, uploadId, options }: Session, file: UploadFile): Piece {
  const type = mediaTypeOf(file);
  const input = { upload_id: uploadId, file_name: file.name, content_type: type };
  let url: Promise<string> | undefined;
  return {
    body: file.blob,
    type,
    url: () => (url ??= client.op('uploads.signed_url', input, options).then((signed) => signed.upload_url)),
    forget: () => (url = undefined),
  };
}

/** The numbers of the parts that the server has; throws where one of them is none of this file's. */
async function storedParts(
  session: Session,
  file: UploadFile,
  partsId: string,
  partSize: number,
): Promise<Set<number>> {
  const found = new Set<number>();
  for await (const part of session.client.iterate('uploads.parts.list', { parts_id: partsId }, session.options)) {
    const from = (part.part_number - 1) * partSize;
    const body = file.blob.slice(from, from + partSize);
    if (part.size !== body.size || hex(await md5(body, session.options)) !== part.etag) {
      throw mismatch(file.name, `part ${part.part_number} differs`);
    }
    found.add(part.part_number);
  }
  return found;
}

async function inParts(session: Session, file: UploadFile, before: StoredFile | undefined): Promise<Remainder> {
  const { client, uploadId, options } = session;
  const { size } = file.blob;
  if (before?.size != null && before.parts_id && before.size !== size) {
    throw mismatch(file.name, `it has ${size} bytes, not ${before.size}`);
  }
  const begun = await client.op(
    'uploads.parts.initiate',
    {
      upload_id: uploadId,
      file_name: file.name,
      size,
      part_size: session.partSize ?? null,
      content_type: mediaTypeOf(file),
    },
    options,
  );
  const { parts_id: partsId, part_size: partSize } = begun;
  const stored = before ? await storedParts(session, file, partsId, partSize) : new Set<number>();
  const all = Array.from({ length: Math.ceil(size / partSize) }, (_, n) => n + 1);
  const missing = all.filter((number) => !stored.has(number));
  const urls = new PartUrls(client, partsId, missing, options);
  const bodyOf = (number: number) => file.blob.slice((number - 1) * partSize, number * partSize);
  return {
    pieces: missing.map((number) => ({
      body: bodyOf(number),
      url: () => urls.of(number),
      forget: () => urls.forget(number),
    })),
    stored: [...stored].reduce((sum, number) => sum + bodyOf(number).size, 0),
    finish: async () => void (await client.op('uploads.parts.complete', { parts_id: partsId }, options)),
  };
}

/** What is to be sent of a file; `before` is what the session knows of it if it is resumed. */
export async function remainderOf(
  session: Session,
  file: UploadFile,
  before: StoredFile | undefined,
): Promise<Remainder> {
  const nothing = async () => {};
  if (before?.state === 'stored') {
    await checkStored(file, before, session.options);
    return { pieces: [], stored: file.blob.size, finish: nothing };
  }
  if (before?.parts_id || file.blob.size > (session.partSize ?? onePiece)) return inParts(session, file, before);
  return { pieces: [wholeFile(session, file)], stored: 0, finish: nothing };
}
