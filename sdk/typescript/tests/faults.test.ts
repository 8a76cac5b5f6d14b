import assert from 'node:assert/strict';
import test from 'node:test';
import { ConnectionError, NotFoundError, RateLimitedError, ServerError } from 'landfall-sdk';
import { client, failure, type Fault, project, withLine } from './server.ts';

const transient: Record<string, Fault> = {
  'a busy server': { status: 503 },
  'a gateway that lost its server': { status: 502 },
  'a gateway that waited too long': { status: 504, reaches: true },
  'a rate limit': { status: 429, headers: { 'Retry-After': '0' } },
  'a cut before the server': { status: 0 },
  'a cut behind the server': { status: 0, reaches: true },
  'a page of a proxy in HTML': { status: 503, body: '<html>busy</html>' },
};

for (const [name, fault] of Object.entries(transient)) {
  test(`${name} costs a repeat, and makes nothing twice`, async () =>
    withLine(async (line) => {
      line.choose = (_request, number) => (number <= 2 ? fault : undefined);
      const through = client({ baseUrl: line.url });
      const own = await through.projects.create({ name: `After ${name}` });
      assert.equal(line.seen.length, 3);
      assert.equal(new Set(line.seen.map((each) => each.headers['idempotency-key'])).size, 1);
      const names = (await through.projects.list({ limit: 1000 })).projects.map((each) => each.name);
      assert.equal(names.filter((each) => each === `After ${name}`).length, 1);
      assert.equal(own.name, `After ${name}`);
    }));
}

test('an answer that breaks off is asked for again', async () =>
  withLine(async (line) => {
    line.choose = (_request, number) => (number === 1 ? { cutAnswerAfter: 20 } : undefined);
    const page = await client({ baseUrl: line.url }).items.list({ project_id: project, limit: 1000 });
    assert.equal(page.items.length, page.total);
    assert.equal(line.seen.length, 2);
  }));

test('a wait that the server asks for is waited', async () =>
  withLine(async (line) => {
    line.choose = (_request, number) => (number === 1 ? { status: 429, headers: { 'Retry-After': '1' } } : undefined);
    const began = performance.now();
    await client({ baseUrl: line.url }).projects.list();
    assert.ok(performance.now() - began >= 990);
    assert.equal(line.seen.length, 2);
  }));

test('a wait that is longer than one waits is told at once', async () =>
  withLine(async (line) => {
    line.choose = () => ({ status: 429, headers: { 'Retry-After': '3600' } });
    const error = await failure(client({ baseUrl: line.url }).projects.list());
    assert.ok(error instanceof RateLimitedError);
    assert.equal(error.retryAfter, 3_600_000);
    assert.equal(line.seen.length, 1);
  }));

test('what is refused for good is not repeated', async () =>
  withLine(async (line) => {
    const through = client({ baseUrl: line.url });
    assert.ok((await failure(through.items.get({ item_id: 'it_unknown' }))) instanceof NotFoundError);
    assert.equal(line.seen.length, 1);
    line.choose = () => ({ status: 500, body: '{"title":"Internal","status":500,"detail":"Our fault"}' });
    const error = await failure(through.projects.list());
    assert.ok(error instanceof ServerError);
    assert.equal(error.detail, 'Our fault');
    assert.equal(line.seen.length, 2);
  }));

test('tries end, with the last failure', async () =>
  withLine(async (line) => {
    line.choose = () => ({ status: 503 });
    const error = await failure(client({ baseUrl: line.url, retry: { attempts: 3 } }).projects.list());
    assert.ok(error instanceof ServerError);
    assert.equal(line.seen.length, 3);
  }));

test('a server that is slow beyond the timeout is asked again, and a slow one within it is not', async () =>
  withLine(async (line) => {
    line.choose = (_request, number) => (number === 1 ? { delay: 2000 } : undefined);
    const through = client({ baseUrl: line.url, retry: { attempts: 1 } });
    const error = await failure(through.projects.list({}, { timeout: 100 }));
    assert.ok(error instanceof ConnectionError);
    assert.match(error.detail, /0\.1 s/);
    line.choose = () => ({ delay: 100 });
    assert.ok((await through.projects.list({}, { timeout: 60_000 })).total > 0);
    assert.equal(line.seen.length, 2);
  }));
