import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once as event } from 'node:events';
import test from 'node:test';
import { IntegrityError, TransferAbortedError, type UploadProgress, ValidationError } from 'landfall-sdk';
import { client, each, failure, large, once, project, scene, type Seen, small, withLine } from './server.ts';

const partSize = 5 * 1024 * 1024;
const blob = scene(large);
const parts = Math.ceil(blob.size / partSize);
const isPut = (request: Seen) => request.method === 'PUT';
const expired = '<Error><Code>AccessDenied</Code><Message>The URL has expired</Message></Error>';

const digest = async (bytes: Blob) =>
  Buffer.from(await crypto.subtle.digest('SHA-256', await bytes.arrayBuffer())).toString('hex');

async function stored(item: string): Promise<string> {
  return digest(await client().download(item, 'data'));
}

test('a file in one piece becomes an item, and progress says how far it is', async () => {
  const told: UploadProgress[] = [];
  const file = scene(small);
  const answer = await client().uploadFile(file, {
    project,
    name: 'harbour.tif',
    onProgress: (each) => told.push(each),
  });
  assert.equal(answer.status, 'completed');
  assert.equal((await client().items.get({ item_id: answer.item_ids[0] ?? '' })).item.name, 'harbour');
  assert.deepEqual([told.at(-1)?.stage, told.at(-1)?.sent, told.at(-1)?.total], ['done', file.size, file.size]);
  assert.ok(told.every((each) => each.uploadId === answer.id));
});

test('a name that a Blob has not is asked for', async () => {
  assert.ok((await failure(client().uploadFile(scene(small), { project }))) instanceof TypeError);
});

test('files that belong together make one item', async () => {
  const world = new Blob(['10\n0\n0\n-10\n465005\n5249995\n']);
  const files = [
    { name: 'ortho.tif', blob: scene(small) },
    { name: 'ortho.tfw', blob: world },
  ];
  const answer = await client().startUpload(files, { project }).done;
  assert.equal(answer.item_ids.length, 1);
  const assets = await client().items.list_assets({ item_id: answer.item_ids[0] ?? '' });
  assert.ok(assets.some((asset) => asset.file_size_bytes === world.size));
});

test('parts arrive through cuts, a busy server, turned bits and an expired URL', async () =>
  withLine(async (line) => {
    line.choose = each(
      once(isPut, { status: 0 }),
      once(isPut, { status: 0, reaches: true }),
      once(isPut, { status: 503, headers: { 'Retry-After': '0' } }),
      once(isPut, { corrupt: true }),
      once(isPut, { status: 403, body: expired }),
      once(({ path }) => path.endsWith('uploads.parts.complete'), { status: 502, reaches: true }),
      once(({ path }) => path.endsWith('uploads.complete'), { status: 0, reaches: true }),
    );
    const told: UploadProgress[] = [];
    const options = { project, name: 'through.tif', partSize, onProgress: (each: UploadProgress) => told.push(each) };
    const answer = await client({ baseUrl: line.url }).uploadFile(blob, options);
    assert.equal(answer.item_ids.length, 1);
    assert.equal(await stored(answer.item_ids[0] ?? ''), await digest(blob));
    assert.equal(line.count('PUT', '/storage/'), parts + 5);
    assert.ok(told.some((each) => each.stage === 'waiting' && each.reason));
    assert.ok(told.every((each) => each.sent <= each.total));
    assert.equal(told.at(-1)?.sent, blob.size);
  }));

test('an aborted upload is resumed by another client, which sends what is missing', async () =>
  withLine(async (line) => {
    const controller = new AbortController();
    const options = { project, name: 'resumed.tif', partSize, parallel: 1 };
    line.choose = (request) => {
      if (isPut(request) && line.count('PUT', '/storage/') === 3) controller.abort();
      return undefined;
    };
    const error = await failure(
      client({ baseUrl: line.url }).uploadFile(blob, { ...options, signal: controller.signal }),
    );
    assert.ok(error instanceof TransferAbortedError);
    assert.equal(error.name, 'AbortError');
    assert.ok(error.uploadId);
    line.choose = () => undefined;
    const before = line.count('PUT', '/storage/');
    const answer = await client({ baseUrl: line.url }).uploadFile(blob, { ...options, resume: error.uploadId });
    const again = line.count('PUT', '/storage/') - before;
    // The part that was on its way may have arrived or not.
    assert.ok(again === parts - 2 || again === parts - 3, `${again} parts were sent again`);
    assert.equal(answer.id, error.uploadId);
    assert.equal(await stored(answer.item_ids[0] ?? ''), await digest(blob));
  }));

test('a process that is killed leaves what another one goes on with', async () => {
  const script = `
    import { openAsBlob } from 'node:fs';
    import { Landfall } from 'landfall-sdk';
    const blob = await openAsBlob(process.env.LARGE_SCENE);
    await new Landfall().uploadFile(blob, {
      project: process.env.PROJECT, name: 'killed.tif', partSize: ${partSize}, parallel: 1,
      onProgress: ({ uploadId, sent }) => console.log(uploadId, sent),
    });`;
  await withLine(async (line) => {
    line.choose = (request) => (isPut(request) && line.count('PUT', '/storage/') > 2 ? { delay: 60_000 } : undefined);
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      env: { ...process.env, LANDFALL_URL: line.url },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let resume = '';
    for await (const chunk of child.stdout) {
      const [id = '', sent] = String(chunk).trim().split('\n').at(-1)?.split(' ') ?? [];
      resume = id;
      if (Number(sent) >= 2 * partSize) break;
    }
    child.kill('SIGKILL');
    await event(child, 'exit');
    line.choose = () => undefined;
    const before = line.count('PUT', '/storage/');
    const answer = await client({ baseUrl: line.url }).uploadFile(blob, {
      project,
      name: 'killed.tif',
      partSize,
      resume,
    });
    assert.equal(line.count('PUT', '/storage/') - before, parts - 2);
    assert.equal(await stored(answer.item_ids[0] ?? ''), await digest(blob));
  });
});

test('another file under the same name is not mixed with what has arrived', async () =>
  withLine(async (line) => {
    const controller = new AbortController();
    const options = { project, name: 'mixed.tif', partSize, parallel: 1 };
    line.choose = (request) => {
      if (isPut(request) && line.count('PUT', '/storage/') === 2) controller.abort();
      return undefined;
    };
    const { uploadId } = await failure(
      client({ baseUrl: line.url }).uploadFile(blob, { ...options, signal: controller.signal }),
    );
    const bytes = new Uint8Array(await blob.arrayBuffer());
    bytes[100] = (bytes[100] ?? 0) ^ 1;
    const other = await failure(client().uploadFile(new Blob([bytes]), { ...options, resume: uploadId }));
    assert.ok(other instanceof IntegrityError);
    assert.match(other.detail, /mixed\.tif .* part 1 differs/);
    const shorter = await failure(client().uploadFile(blob.slice(0, -1), { ...options, resume: uploadId }));
    assert.match(shorter.detail, /bytes, not/);
    const answer = await client().uploadFile(blob, { ...options, resume: uploadId });
    assert.equal(await stored(answer.item_ids[0] ?? ''), await digest(blob));
    assert.deepEqual(await client().uploadFile(blob, { ...options, resume: uploadId }), answer);
  }));

test('a paused upload sends nothing until it goes on', async () =>
  withLine(async (line) => {
    const upload = client({ baseUrl: line.url }).startUpload([{ name: 'paused.tif', blob }], {
      project,
      partSize,
      parallel: 1,
      onProgress: ({ stage, sent }) => {
        if (stage === 'sending' && sent >= partSize && !paused) {
          paused = true;
          upload.pause();
          setTimeout(() => {
            during = line.seen.length;
            setTimeout(() => {
              after = line.seen.length;
              upload.resume();
            }, 300);
          }, 300);
        }
      },
    });
    let [paused, during, after] = [false, -1, -2];
    const answer = await upload.done;
    assert.equal(during, after);
    assert.equal(await stored(answer.item_ids[0] ?? ''), await digest(blob));
  }));

test('a file that the server refuses says why and ends its session', async () => {
  const error = await failure(client().uploadFile(new Blob(['II*\0 no raster']), { project, name: 'broken.tif' }));
  assert.ok(error instanceof ValidationError);
  assert.match(error.detail, /broken\.tif/);
  const session = await client().uploads.get({ upload_id: error.uploadId ?? '' });
  assert.equal(session.status, 'failed');
  const again = await failure(
    client().uploadFile(scene(small), { project, name: 'broken.tif', resume: error.uploadId ?? '' }),
  );
  assert.match(again.detail, /cannot be resumed/);
});

test('an upload that cannot be sent at all is ended and told', async () => {
  const error = await failure(client().uploadFile(scene(small), { project: 'prj_unknown', name: 'a.tif' }));
  assert.equal(error.status, 404);
  assert.equal(error.uploadId, undefined);
});
