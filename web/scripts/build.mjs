// Builds the console into build/web: index.html and, in assets/, files with a digest in their names, each coded
// beforehand as gzip and brotli where that is smaller. cmake/EmbedConsole.cmake puts them into the program.
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import esbuild from 'esbuild';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const source = (path) => at(`../src/${path}`);
const modules = (path) => at(`../node_modules/${path}`);
const target = at('../../build/web/');

/** Compressed bytes of script before the map draws, at most. */
const scriptBudget = 450 * 1024;
const leastBytes = 1024;

/** Every file by its path below build/web. */
const files = new Map();

async function copied(path) {
  const bytes = await readFile(path);
  const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 10);
  const extension = extname(path);
  const name = `assets/${basename(path, extension)}-${digest}${extension}`;
  files.set(name, bytes);
  return name;
}

const worker = await copied(modules('maplibre-gl/dist/maplibre-gl-csp-worker.js'));
const countries = await copied(modules('world-atlas/countries-50m.json'));

const shared = { bundle: true, minify: true, write: false, outdir: target, metafile: true, legalComments: 'none' };
const names = {
  entryNames: 'assets/[name]-[hash]',
  chunkNames: 'assets/[name]-[hash]',
  assetNames: 'assets/[name]-[hash]',
};

function keep(built) {
  for (const { path, contents } of built.outputFiles) files.set(path.slice(target.length), contents);
}

const entryOf = (built, path) => {
  const [name] = Object.entries(built.metafile.outputs).find(([, output]) => output.entryPoint?.endsWith(path));
  return name.slice(name.indexOf('assets/'));
};

const styles = await esbuild.build({
  ...shared,
  ...names,
  entryPoints: [source('styles/app.css'), source('styles/map.css')],
});
keep(styles);

const scripts = await esbuild.build({
  ...shared,
  ...names,
  entryPoints: [source('main.tsx')],
  format: 'esm',
  splitting: true,
  target: 'es2022',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  define: {
    MAP_WORKER: JSON.stringify(worker),
    MAP_STYLES: JSON.stringify(entryOf(styles, 'styles/map.css')),
    COUNTRIES: JSON.stringify(countries),
    'process.env.NODE_ENV': '"production"',
  },
});
keep(scripts);

const page = (await readFile(at('../index.html'), 'utf8'))
  .replace('{{styles}}', entryOf(styles, 'styles/app.css'))
  .replace('{{script}}', entryOf(scripts, 'main.tsx'));
files.set('index.html', Buffer.from(page));
files.set('licences.txt', Buffer.from(await licences()));

/** What the licences of others ask for: their text. */
async function licences() {
  const texts = ['The base map is made of Natural Earth (public domain), as world-atlas packs it.'];
  for (const name of ['maplibre-gl', 'preact', '@preact/signals', 'topojson-client', 'world-atlas']) {
    const file = name === 'maplibre-gl' ? 'LICENSE.txt' : 'LICENSE';
    texts.push(`${name}\n\n${await readFile(modules(`${name}/${file}`), 'utf8')}`);
  }
  return texts.join(`\n${'-'.repeat(80)}\n\n`);
}

await rm(target, { recursive: true, force: true });
await mkdir(`${target}assets`, { recursive: true });
let scriptBytes = 0;
for (const [name, bytes] of files) {
  await writeFile(target + name, bytes);
  if (bytes.length < leastBytes || name === 'index.html') continue;
  const gzip = gzipSync(bytes, { level: 9 });
  const brotli = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } });
  if (gzip.length < bytes.length * 0.95) await writeFile(`${target}${name}.gz`, gzip);
  if (brotli.length < bytes.length * 0.95) await writeFile(`${target}${name}.br`, brotli);
  if (name.endsWith('.js')) scriptBytes += gzip.length;
  console.log(`${name}  ${bytes.length}  gzip ${gzip.length}  br ${brotli.length}`);
}
console.log(`all scripts: ${scriptBytes} bytes as gzip`);
if (scriptBytes > scriptBudget) {
  console.error(`The console may have ${scriptBudget} bytes of compressed script.`);
  process.exit(1);
}
