// Puts the project's licence beside the package, which npm then packs.
import { copyFile } from 'node:fs/promises';

await copyFile(new URL('../../../LICENSE', import.meta.url), new URL('../LICENSE', import.meta.url));
