import assert from 'node:assert/strict';
import test from 'node:test';
import { IntegrityError, NotFoundError } from 'landfall-sdk';
import { client, each, failure, large, once, project, scene, type Seen, withLine } from './server.ts';

const blob = scene(large);
const isGet = (request: Seen) => request.method === 'GET';
const uploaded = client()
  .uploadFile(blob, { project, name: 'download.tif' })
  .then(({ item_ids }) => item_ids[0] ?? '');

const equal = async (one: Blob, other: Blob) =>
  assert.ok(Buffer.from(await one.arrayBuffer()).equals(Buffer.from(await other.arrayBuffer())));

/** The digest of a file that came in parts follows. */
async function checksum(item: string): Promise<string> {
  for (;;) {
    const [data] = (await client().items.list_assets({ item_id: item })).filter((asset) => asset.key === 'data');
    if (data?.checksum) return data.checksum;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

test('the bytes of an asset come as they are, and progress says how many', async () => {
  const item = await uploaded;
  const told: number[] = [];
  const got = await client().download(item, 'data', { onProgress: (received, total) => told.push(received / total) });
  await equal(got, blob);
  assert.equal(told.at(-1), 1);
  assert.deepEqual(
    told,
    told.toSorted((a, b) => a - b),
  );
});

test('a line that breaks is gone on with where it broke, over expired addresses too', async () => {
  const item = await uploaded;
  await withLine(async (line) => {
    line.choose = each(
      once(isGet, { status: 503, headers: { 'Retry-After': '0' } }),
      once(isGet, { cutAnswerAfter: 1_000_000 }),
      once(isGet, { status: 403 }),
      once(isGet, { cutAnswerAfter: 2_000_000 }),
    );
    await equal(await client({ baseUrl: line.url }).download(item, 'data'), blob);
    const ranges = line.seen.filter(isGet).map(({ headers }) => Number(/\d+/.exec(headers.range ?? '0')?.[0]));
    assert.equal(ranges.length, 5);
    assert.ok((ranges[4] ?? 0) > (ranges[2] ?? 0) && (ranges[2] ?? 0) > 0);
    assert.equal(line.count('POST', 'items.asset.download'), 2);
  });
});

test('bytes that are not the asset are refused, in a stream as well', async () => {
  const item = await uploaded;
  await checksum(item);
  await withLine(async (line) => {
    const wrong = { status: 200, body: 'x'.repeat(blob.size) };
    line.choose = once(isGet, wrong);
    const error = await failure(client({ baseUrl: line.url }).download(item, 'data'));
    assert.ok(error instanceof IntegrityError);
    assert.match(error.detail, /SHA-256/);
    line.choose = once(isGet, wrong);
    let aborted: unknown;
    const to = new WritableStream<Uint8Array>({ abort: (reason) => void (aborted = reason) });
    const streamed = await failure(client({ baseUrl: line.url }).download(item, 'data', { to }));
    assert.ok(streamed instanceof IntegrityError);
    assert.equal(aborted, streamed);
  });
});

test('bytes go into a stream', async () => {
  const item = await uploaded;
  const kept: Uint8Array[] = [];
  let closed = false;
  const to = new WritableStream<Uint8Array>({
    write: (chunk) => void kept.push(chunk),
    close: () => void (closed = true),
  });
  await client().download(item, 'data', { to });
  assert.ok(closed);
  assert.ok(Buffer.concat(kept).equals(Buffer.from(await blob.arrayBuffer())));
});

test('an asset that is not there is told with those that are', async () => {
  const error = await failure(client().download(await uploaded, 'nothing'));
  assert.ok(error instanceof NotFoundError);
  assert.match(error.detail, /'nothing'.*data/);
});

test('an aborted download rejects with the reason of its signal', async () => {
  const item = await uploaded;
  const controller = new AbortController();
  const onProgress = () => controller.abort('enough');
  assert.equal(await failure(client().download(item, 'data', { signal: controller.signal, onProgress })), 'enough');
});
