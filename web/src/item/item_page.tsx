import { useCallback, useMemo, useState } from 'preact/hooks';
import type { Area } from '../area/area.ts';
import { AreaPanel } from '../area/area_panel.tsx';
import type { Item } from '../catalog/items.ts';
import { Fault } from '../frame/fault.tsx';
import { Icon } from '../frame/icons.tsx';
import { address, go, Link, setQuery } from '../frame/router.tsx';
import { useTitle } from '../frame/title.ts';
import { tell } from '../frame/toasts.tsx';
import { text } from '../language/en.ts';
import type { ProjectMap } from '../map/project_map.ts';
import { client, sentenceOf, serverRoot } from '../server/client.ts';
import { useLoaded } from '../server/loaded.ts';
import { ComparePanel, useBeside } from './compare_panel.tsx';
import { EditDialog } from './edit_dialog.tsx';
import { FactsPanel } from './facts_panel.tsx';
import { FilesPanel } from './files_panel.tsx';
import { ItemMap } from './item_map.tsx';
import { LineagePanel } from './lineage_panel.tsx';
import { LinksPanel } from './links_panel.tsx';
import { type Look, lookOf, queryOf, rasterOf } from './look.ts';
import { LookPanel } from './look_panel.tsx';
import { usePicture } from './picture.ts';

const words = text.item;

async function load(item: string, signal: AbortSignal) {
  const options = { signal };
  const [found, assets, profiles] = await Promise.all([
    client.items.get({ item_id: item }, options),
    client.items.list_assets({ item_id: item }, options),
    client.visualization.profiles.list({ item_id: item }, options),
  ]);
  const collections = await client.collections.list({ project_id: found.item.project_id }, options);
  return { item: found.item, assets, profiles, collections };
}

function Actions({ item, edit }: { item: Item; edit: () => void }) {
  const refused = (error: unknown) => tell(sentenceOf(error));
  const duplicate = () =>
    void client.items
      .duplicate({ item_id: item.id })
      .then((copy) => go(`projects/${item.project_id}/items/${copy.id}`), refused);
  const remove = () =>
    void client.items.delete({ item_id: item.id }).then(() => {
      const restore = () =>
        void client.items
          .restore({ item_id: item.id })
          .then(() => go(`projects/${item.project_id}/items/${item.id}`), refused);
      tell(words.removed(item.name), { label: words.undo, run: restore });
      go(`projects/${item.project_id}`);
    }, refused);
  return (
    <div class="buttons">
      <button type="button" class="quiet small" onClick={edit}>
        {words.edit}
      </button>
      <button type="button" class="quiet small" onClick={duplicate}>
        {words.duplicate}
      </button>
      <button type="button" class="quiet small danger" onClick={remove}>
        {words.remove}
      </button>
      <a class="small" href={`${serverRoot}/api/v1/items/${item.id}/stac.json`} target="_blank" rel="noreferrer">
        {words.asStac}
      </a>
    </div>
  );
}

/** One item: its picture with the look one wants, what is known of it, its files, and ways to use it elsewhere. */
export function ItemPage({ project, item: id }: { project: string; item: string }) {
  const found = useLoaded((signal) => load(id, signal), [id]);
  const { query } = address.value;
  const look = useMemo(() => lookOf(query), [query]);
  const { item, assets = [], profiles = [], collections = [] } = found.value ?? {};
  const raster = useMemo(() => rasterOf(assets), [assets]);
  const { picture, fault } = usePicture(item, look);
  const [isEditing, setEditing] = useState(false);
  const besideId = query.get('beside') ?? undefined;
  const beside = useBeside(besideId).value;
  const [map, setMap] = useState<ProjectMap>();
  const [area, setArea] = useState<Area>();
  const onLook = useCallback((wanted: Look) => setQuery(queryOf(wanted)), []);
  useTitle(item?.name);
  if (found.fault) return <Fault sentence={found.fault} again={found.again} />;
  if (!item) return <p class="loading">{text.loading}</p>;
  return (
    <div class="explore item-page">
      <aside class="panel" aria-label={item.name}>
        <div class="panel-scroll">
          <p>
            <Link to={`projects/${project}`} class="back">
              <Icon name="back" size={16} /> {words.back}
            </Link>
          </p>
          <h1>{item.name}</h1>
          <Actions item={item} edit={() => setEditing(true)} />
          {fault && (
            <p class="fault" role="alert">
              {fault}
            </p>
          )}
          <FactsPanel item={item} asset={raster} />
          {raster && item.bbox && (
            <LookPanel item={id} asset={raster} profiles={profiles} look={look} onLook={onLook} onSaved={found.again} />
          )}
          {item.bbox && (
            <ComparePanel item={item} beside={besideId} onBeside={(other) => setQuery({ beside: other })} />
          )}
          {raster && item.bbox && (
            <AreaPanel item={item} expression={look.expression} map={map} area={area} onArea={setArea} />
          )}
          <FilesPanel assets={assets} />
          <LineagePanel project={project} item={id} />
          <LinksPanel item={id} name={item.name} asset={raster?.key} look={look} />
        </div>
      </aside>
      <ItemMap item={item} raster={raster} look={look} picture={picture} beside={beside} area={area} onMap={setMap} />
      {isEditing && (
        <EditDialog item={item} collections={collections} close={() => setEditing(false)} onSaved={found.again} />
      )}
    </div>
  );
}
