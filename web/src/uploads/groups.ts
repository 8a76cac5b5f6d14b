import type { UploadFile } from 'landfall-sdk';

/** Ends of names of files that only describe another one of the same name. */
const sidecars = [
  '.aux.xml',
  '.wld',
  '.tfw',
  '.tifw',
  '.jgw',
  '.pgw',
  '.j2w',
  '.wpw',
  '.prj',
  '.qpj',
  '.ovr',
  '.msk',
  '.rpb',
  '_rpc.txt',
  '_mtl.txt',
  '.shx',
  '.dbf',
  '.cpg',
  '.sbn',
  '.sbx',
  '.qix',
  '.qml',
  '.shp.xml',
  '.xml',
  '.vat.dbf',
];

const lower = (name: string) => name.toLowerCase();
const isSidecar = (name: string) => sidecars.some((end) => lower(name).endsWith(end));
const stemOf = (name: string) => lower(name.replace(/\.[^.]*$/, ''));

/** Files that go into one session: a primary one with what describes it. */
export interface Group {
  readonly name: string;
  readonly files: readonly UploadFile[];
}

/** Whether a file describes the primary file of this stem. */
const belongs = (name: string, stem: string) =>
  lower(name).startsWith(`${stem}.`) || lower(name).startsWith(`${stem}_`);

/** Sorts files that were chosen into sessions. What describes none of them goes alone, and the server says what it is. */
export function grouped(files: readonly UploadFile[]): Group[] {
  const primaries = files.filter(({ name }) => !isSidecar(name));
  const left = new Set(files.filter(({ name }) => isSidecar(name)));
  // The longest stem first, so that scene_b1.aux.xml goes with scene_b1.tif, not with scene.tif.
  const byStem = primaries
    .map((primary) => ({ primary, stem: stemOf(primary.name) }))
    .toSorted((a, b) => b.stem.length - a.stem.length);
  const groups = byStem.map(({ primary, stem }): Group => {
    const own = [...left].filter(({ name }) => belongs(name, stem));
    for (const file of own) left.delete(file);
    return { name: primary.name, files: [primary, ...own] };
  });
  return [...groups, ...[...left].map((file): Group => ({ name: file.name, files: [file] }))];
}

/** The files of a drop, those in folders too, at any depth. */
export async function filesOf(dropped: DataTransfer): Promise<UploadFile[]> {
  // The list is gone as soon as this function waits, so the entries are taken first.
  const entries = [...dropped.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  const found: UploadFile[] = [];
  const walk = async (entry: FileSystemEntry): Promise<void> => {
    if (entry.isFile) {
      const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
      if (!file.name.startsWith('.')) found.push({ name: file.name, blob: file });
      return;
    }
    const reader = (entry as FileSystemDirectoryEntry).createReader();
    for (;;) {
      const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
      if (some.length === 0) return;
      for (const each of some) await walk(each);
    }
  };
  for (const entry of entries) await walk(entry);
  return found;
}
