// Writes src/generated from the server's OpenAPI document: schema.ts, the types of every message, and operations.ts, what
// the client has to know of each operation: whether it takes an idempotency key, answers bytes, and how its pages follow.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import openapiTS, { astToString } from 'openapi-typescript';

const documentUrl = new URL('../../../docs/openapi.json', import.meta.url);
const folder = new URL('../src/generated/', import.meta.url);
const prefix = '/v1/op/';
const json = 'application/json';

const document = JSON.parse(await readFile(documentUrl, 'utf8'));
const resolve = (schema) => (schema?.$ref ? document.components.schemas[schema.$ref.split('/').pop()] : (schema ?? {}));

/** The property that holds what a list is about, beside counts, links and warnings. */
function listedProperty(output) {
  const lists = Object.entries(output.properties ?? {}).filter(([, value]) => resolve(value).type === 'array');
  const entries = lists.filter(([name]) => !['links', 'warnings'].includes(name));
  return entries.length === 1 ? entries[0][0] : undefined;
}

/** How the next page is asked for: by `page_token`, `after` or `page`, or else by `offset`; undefined where there is one. */
function pagingOf(input, output) {
  const asks = input.properties ?? {};
  const tells = output.properties ?? {};
  if (asks.page_token && tells.next_token) return 'page_token';
  if (asks.after && tells.next_after) return 'after';
  if (asks.page && tells.links) return 'page';
  return asks.offset && tells.total ? 'offset' : undefined;
}

function describe(post) {
  // What is made answers 201, for one.
  const status = Object.keys(post.responses).find((each) => each.startsWith('2'));
  const { content } = post.responses[status];
  const [media] = Object.keys(content);
  const output = resolve(content[media].schema);
  const input = resolve(post.requestBody?.content?.[json]?.schema);
  const isRead = post['x-side-effect'] === 'read';
  const listed = !isRead ? undefined : output.type === 'array' ? '' : listedProperty(output);
  return {
    summary: post.summary,
    idempotent: (post.parameters ?? []).some((each) => each.name.toLowerCase() === 'idempotency-key'),
    raw: post['x-raw-response'] === true,
    status,
    media,
    needsInput: (input.required ?? []).length > 0,
    paging: listed ? pagingOf(input, output) : undefined,
    listed,
  };
}

const operations = Object.entries(document.paths)
  .filter(([path, methods]) => path.startsWith(prefix) && methods.post)
  .map(([, methods]) => [methods.post.operationId, describe(methods.post)]);

/** The nested form of the ids: client.items.asset.download. */
function tree() {
  const root = {};
  for (const [id, what] of operations) {
    const parts = id.split('.');
    let node = root;
    for (const part of parts) node = (node.children ??= {})[part] ??= {};
    Object.assign(node, { id, what });
  }
  return root;
}

function printed(node, depth) {
  const indent = '  '.repeat(depth);
  return Object.entries(node.children ?? {})
    .map(([name, child]) => {
      const parts = [];
      if (child.id) parts.push(`Call<'${child.id}'>`);
      if (child.children) parts.push(`{\n${printed(child, depth + 1)}${indent}}`);
      const comment = child.what ? `${indent}/** ${child.what.summary.replaceAll('*/', '* /')} */\n` : '';
      return `${comment}${indent}${name}: ${parts.join(' & ')};\n`;
    })
    .join('');
}

function types([id, what]) {
  const responses = `operations['${id}']['responses'][${what.status}]['content']`;
  const output = what.raw ? 'Blob' : `${responses}['${what.media}']`;
  return `  '${id}': {\n    input: Body<'${id}'>;\n    output: ${output};\n    needsInput: ${what.needsInput};\n  };\n`;
}

function listedTypes([id, what]) {
  if (what.listed === undefined) return '';
  const list = `Messages['${id}']['output']${what.listed ? `['${what.listed}']` : ''}`;
  return `  '${id}': NonNullable<${list}>[number];\n`;
}

function facts([id, { idempotent, raw, paging, listed }]) {
  return `  '${id}': ${JSON.stringify({ idempotent, raw, paging, listed })},\n`;
}

const text = `// Written by scripts/generate.mjs.
import type { Call } from '../operations.js';
import type { operations } from './schema.js';

type Body<Id extends keyof operations> = operations[Id] extends { requestBody?: { content: { 'application/json': infer T } } } ? T : object;

/** What each operation takes and answers. */
export interface Messages {
${operations.map(types).join('')}}

/** What each list is a list of. */
export interface Listed {
${operations.map(listedTypes).join('')}}

/** The operations by the parts of their ids. */
export interface Fluent {
${printed(tree(), 1)}}

export interface OperationFacts {
  readonly idempotent: boolean;
  readonly raw: boolean;
  readonly paging?: 'page_token' | 'after' | 'page' | 'offset';
  readonly listed?: string;
}

export const facts: Readonly<Record<keyof Messages, OperationFacts>> = {
${operations.map(facts).join('')}};
`;

const schema = astToString(await openapiTS(documentUrl, { defaultNonNullable: false, emptyObjectsUnknown: true }));
await mkdir(folder, { recursive: true });
await writeFile(new URL('schema.ts', folder), `// Written by openapi-typescript.\n${schema}`);
await writeFile(new URL('operations.ts', folder), text);
