// What the compiler must accept and refuse; never run.
import { Landfall, type LandfallError, type Output } from 'landfall-sdk';

const client = new Landfall({ apiKey: 'gpra_…', baseUrl: 'https://imagery.example.org' });

export async function accepted(): Promise<void> {
  const { items, total }: { items: { id: string; name: string }[]; total: number } = await client.items.list({
    project_id: 'prj_1',
  });
  const tile: Blob = await client.items.tile.render({ item_id: items[0]?.id ?? '', z: total, x: 0, y: 0 });
  const session: Output<'uploads.initiate'> = await client.op('uploads.initiate', { project_id: 'prj_1' });
  const keys: Output<'api_keys.list'> = await client.api_keys.list();
  for await (const project of client.iterate('projects.list')) project.role satisfies string;
  for await (const part of client.iterate('uploads.parts.list', { parts_id: 'pu_1' }))
    part.part_number satisfies number;
  const bytes: Blob = await client.download('it_1', 'data');
  const nothing: void = await client.download('it_1', 'data', { to: new WritableStream() });
  void [tile, session.expires_at, keys[0]?.name, bytes, nothing];
}

export async function refused(error: LandfallError): Promise<void> {
  // @ts-expect-error no such operation
  await client.op('items.lists', { project_id: 'prj_1' });
  // @ts-expect-error a field of another type
  await client.items.list({ project_id: 1 });
  // @ts-expect-error an unknown field
  await client.items.list({ project_id: 'prj_1', limits: 3 });
  // @ts-expect-error a required field is missing
  await client.items.get({});
  // @ts-expect-error the input is required
  await client.items.get();
  // @ts-expect-error no list
  client.iterate('items.get', { item_id: 'it_1' });
  // @ts-expect-error the value is none of the enumeration
  await client.items.create({ project_id: 'prj_1', name: 'A', type: 'satellite' });
  // @ts-expect-error read only
  error.status = 200;
}
