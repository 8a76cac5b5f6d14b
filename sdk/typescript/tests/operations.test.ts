import assert from 'node:assert/strict';
import test from 'node:test';
import { inspect } from 'node:util';
import {
  ConflictError,
  Geopera,
  Landfall,
  LandfallError,
  NotFoundError,
  UnauthenticatedError,
  ValidationError,
  type Output,
} from 'landfall-sdk';
import { baseUrl, client, failure, project, scene, small, token, withLine } from './server.ts';

test('an operation is called by its id and by its method alike', async () => {
  const made = await client().op('items.create', { project_id: project, type: 'user_raster', name: 'Zürich <b>' });
  const fluent = await client().items.get({ item_id: made.id });
  assert.deepEqual(await client().op('items.get', { item_id: made.id }), fluent);
  assert.equal(fluent.item.name, 'Zürich <b>');
  assert.equal(Geopera, Landfall);
});

test('a slash behind the address of the server does no harm', async () => {
  const projects = await client({ baseUrl: `${baseUrl}//` }).projects.list();
  assert.ok(projects.total > 0);
});

test('a token that is renewed is asked for before each call', async () => {
  const tokens = ['gpra_wrong', token];
  const renewing = new Landfall({ baseUrl, token: async () => tokens.shift() ?? token });
  assert.ok((await failure(renewing.projects.list())) instanceof UnauthenticatedError);
  assert.ok((await renewing.projects.list()).total > 0);
});

test('a refusal is an error of its kind with a sentence', async () => {
  const error: LandfallError = await failure(client().items.get({ item_id: 'it_unknown' }));
  assert.ok(error instanceof NotFoundError && error instanceof Error);
  assert.equal(error.status, 404);
  assert.equal(error.operation, 'items.get');
  assert.ok(error.detail.length > 10 && error.message.includes(error.detail));
  assert.equal(error.problem?.type, 'urn:landfall:problem:not-found');
  assert.match(error.requestId ?? '', /^req_/);
});

test('faulty fields are told all at once', async () => {
  const error: ValidationError = await failure(
    client().op('items.create', { project_id: project, name: '', type: 'nonsense' as 'user_raster' }),
  );
  assert.ok(error instanceof ValidationError);
  assert.deepEqual(new Set(error.fields.map((field) => field.loc.at(-1))), new Set(['name', 'type']));
  assert.match(error.detail, /name: .+; type: .+|type: .+; name: .+/);
});

test('no error and no client shows the credential', async () => {
  const secret = 'gpra_a_secret_of_mine';
  const stranger = client({ apiKey: secret });
  const refused = await failure(stranger.projects.list());
  const unreachable = await failure(
    new Landfall({ baseUrl: 'http://127.0.0.1:9', apiKey: secret, retry: { attempts: 1 } }).projects.list(),
  );
  assert.equal(unreachable.name, 'ConnectionError');
  for (const shown of [stranger, refused, unreachable, refused.stack, unreachable.cause]) {
    assert.ok(!inspect(shown, { depth: 10, showHidden: true }).includes(secret));
  }
  assert.ok(!JSON.stringify([stranger, refused]).includes(secret));
});

test('pages are fetched while one reads', async () =>
  withLine(async (line) => {
    const through = client({ baseUrl: line.url });
    const own = (await through.projects.create({ name: 'Pages' })).id;
    for (let n = 0; n < 7; ++n) await through.items.create({ project_id: own, type: 'user_raster', name: `Item ${n}` });
    const names: string[] = [];
    for await (const item of through.iterate('items.list', { project_id: own, limit: 3 })) names.push(item.name);
    assert.deepEqual(
      names.toSorted(),
      Array.from({ length: 7 }, (_, n) => `Item ${n}`),
    );
    assert.equal(line.count('POST', 'items.list'), 3);
    for await (const found of through.iterate('items.search', { project_id: own, limit: 2 })) {
      assert.ok(found);
      break;
    }
    assert.equal(line.count('POST', 'items.search'), 1);
  }));

test('lists by offset, by page and without pages are walked alike', async () => {
  const all = client();
  const projects: string[] = [];
  for (let n = 0; n < 3; ++n) await all.projects.create({ name: `Project ${n}` });
  for await (const each of all.iterate('projects.list', { limit: 2 })) projects.push(each.id);
  assert.equal(new Set(projects).size, projects.length);
  assert.equal(projects.length, (await all.projects.list()).total);

  for (let n = 0; n < 3; ++n) await all.collections.create({ project_id: project, name: `Collection ${n}` });
  const names: string[] = [];
  for await (const each of all.iterate('collections.list', { project_id: project })) names.push(each.name);
  assert.ok(names.includes('Collection 0') && names.includes('Collection 2'));

  const pages: Output<'stac.search'>[] = [];
  for await (const page of all.pages('stac.search', { limit: 2 })) pages.push(page);
  const total = pages[0]?.numberMatched ?? 0;
  assert.equal(pages.length, Math.max(1, Math.ceil(total / 2)));
  assert.equal(
    pages.reduce((sum, page) => sum + page.features.length, 0),
    total,
  );
});

test('ten thousand pages are each fetched once', async () => {
  const asked = new Set<number>();
  const endless = new Landfall({
    baseUrl,
    fetch: async (_url, init) => {
      const { page_token = '0' } = JSON.parse(String(init.body)) as { page_token?: string };
      const page = Number(page_token);
      asked.add(page);
      return Response.json({
        items: [{ id: `it_${page}` }],
        total: 10_000,
        next_token: page < 9999 ? `${page + 1}` : null,
      });
    },
  });
  let count = 0;
  for await (const item of endless.iterate('items.list', { project_id: project }))
    assert.equal(item.id, `it_${count++}`);
  assert.equal(count, 10_000);
  assert.equal(asked.size, 10_000);
});

test('a picture comes as a Blob', async () => {
  const {
    item_ids: [item = ''],
  } = await client().uploadFile(scene(small), { project, name: 'picture.tif' });
  const map = await client().items.tile.tilejson({ item_id: item });
  const [lon = 0, lat = 0] = map.center ?? [];
  const z = map.maxzoom ?? 12;
  const x = Math.floor(((lon + 180) / 360) * 2 ** z);
  const y = Math.floor(((1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2) * 2 ** z);
  const tile = await client().items.tile.render({ item_id: item, z, x, y, format: 'png' });
  assert.equal(tile.type, 'image/png');
  assert.deepEqual([...new Uint8Array(await tile.arrayBuffer()).subarray(1, 4)], [0x50, 0x4e, 0x47]);
});

test('an aborted call rejects with the reason of its signal', async () => {
  assert.equal(await failure(client().projects.list({}, { signal: AbortSignal.abort('enough') })), 'enough');
  await withLine(async (line) => {
    const controller = new AbortController();
    line.choose = () => {
      controller.abort(new Error('The page was left'));
      return { delay: 200 };
    };
    const error = await failure(client({ baseUrl: line.url }).projects.list({}, { signal: controller.signal }));
    assert.equal(error.message, 'The page was left');
    assert.equal(line.seen.length, 1);
  });
});

test('a session goes by the cookie and says that a page of ours calls', async () => {
  const calls: RequestInit[] = [];
  const page = new Landfall({
    baseUrl,
    session: true,
    fetch: async (_url, init) => {
      calls.push(init);
      return Response.json({ projects: [], total: 0 });
    },
  });
  await page.projects.list();
  assert.equal(calls[0]?.credentials, 'same-origin');
  assert.deepEqual(calls[0]?.headers, { 'Content-Type': 'application/json', 'X-Landfall-Console': '1' });
});

test('who calls is told', async () => {
  const who = await client().userinfo();
  assert.match(who.sub, /^(key|usr)_/);
  assert.match(who.geopera_org_id ?? '', /^org_/);
  assert.ok(who.scope.includes('items:read'));
});

test('a key of one idempotent call is one call', async () => {
  const idempotencyKey = `key-${Math.random()}`;
  const make = (name: string) => client().projects.create({ name }, { idempotencyKey });
  assert.equal((await make('Once')).id, (await make('Once')).id);
  assert.ok((await failure(make('Other'))) instanceof ConflictError);
});
