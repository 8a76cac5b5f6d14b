import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Fault } from '../frame/fault.tsx';
import { Notice } from '../frame/notice.tsx';
import { address, go, setQuery } from '../frame/router.tsx';
import { useTitle } from '../frame/title.ts';
import { text } from '../language/en.ts';
import { MapPane } from '../map/map_pane.tsx';
import { usePictures } from '../map/pictures.ts';
import type { MapEvents, ProjectMap } from '../map/project_map.ts';
import { client } from '../server/client.ts';
import { type FindJobs, JobList } from '../jobs/job_list.tsx';
import { useLoaded } from '../server/loaded.ts';
import { UploadsPanel } from '../uploads/uploads_panel.tsx';
import { DropZone } from '../uploads/drop_zone.tsx';
import { uploadsOf } from '../uploads/queue.ts';
import { filtered, filterNames, filtersOf } from './filters.ts';
import { FiltersPanel } from './filters_panel.tsx';
import { ItemList } from './item_list.tsx';
import { type Box, boxAround, type Item, type Items, useItems } from './items.ts';
import { type Layers, uncollected, useLayers } from './layers.ts';
import { LayersPanel } from './layers_panel.tsx';
import { useSearch } from './search.ts';

const words = text.catalog;
const tabs = ['items', 'layers', 'uploads', 'jobs'] as const;
type Tab = (typeof tabs)[number];
const tabNames: Readonly<Record<Tab, string>> = {
  items: words.items,
  layers: words.layers,
  uploads: text.uploads.title,
  jobs: text.jobs.title,
};

function atOf(query: URLSearchParams): Box | undefined {
  const numbers = (query.get('at') ?? '').split(',').map(Number);
  return numbers.length === 4 && numbers.every(Number.isFinite) ? (numbers as unknown as Box) : undefined;
}

/** Where the map is, kept in the address as long as that is the page's. */
function useView(place: string) {
  const [view, setView] = useState<{ box: Box; zoom: number }>();
  const onMove = useCallback(
    (box: Box, zoom: number) => {
      setView({ box, zoom });
      if (address.value.path === place) setQuery({ at: box.map((degrees) => degrees.toFixed(4)).join(',') });
    },
    [place],
  );
  return { view, onMove };
}

/** What lies on the map: the items that pass, in the order of their layers, without those that are hidden. */
function useMapped(shown: readonly Item[], layers: Layers) {
  const byId = useMemo(
    () => new Map(layers.layers.map((layer, place) => [layer.id, { layer, place }])),
    [layers.layers],
  );
  const layerOf = useCallback((item: Item) => byId.get(item.collection_id ?? uncollected), [byId]);
  const mapped = useMemo(() => {
    const visible = shown.filter((item) => layerOf(item)?.layer.isShown ?? true);
    // The lowest first: layers from below, and within one the older before the newer.
    return visible.toSorted(
      (one, other) =>
        (layerOf(other)?.place ?? 0) - (layerOf(one)?.place ?? 0) || one.created_at.localeCompare(other.created_at),
    );
  }, [shown, layerOf]);
  const colourOf = useCallback((item: Item) => layerOf(item)?.layer.colour ?? '#0b8f6a', [layerOf]);
  const opacityOf = useCallback((item: Item) => layerOf(item)?.layer.opacity ?? 1, [layerOf]);
  return { mapped, colourOf, opacityOf };
}

function ListTab({
  project,
  items,
  shown,
  matched,
  highlighted,
  onHover,
}: {
  project: string;
  items: Items;
  shown: readonly Item[];
  matched: number;
  highlighted: string | undefined;
  onHover: (item: string | undefined) => void;
}) {
  const isAll = matched === items.total;
  return (
    <>
      <p class="count" role="status">
        {items.isLoading && items.items.length === 0
          ? text.loading
          : isAll
            ? words.matches(items.total)
            : words.of(matched, items.total)}
      </p>
      {shown.length < matched && <p class="count">{words.first(shown.length)}</p>}
      {items.fault && <Fault sentence={items.fault} again={items.again} />}
      {!items.isLoading && items.total === 0 && <Notice title={words.none} hint={words.noneHint} />}
      {!items.isLoading && items.total > 0 && matched === 0 && (
        <Notice title={words.noMatch} hint={words.noMatchHint} />
      )}
      <ItemList project={project} items={shown} highlighted={highlighted} onHover={onHover} />
    </>
  );
}

function ProjectJobs({ project }: { project: string }) {
  const find: FindJobs = useCallback(
    (terms, signal) => client.processing.project_jobs.list({ project_id: project, ...terms }, { signal }),
    [project],
  );
  return <JobList find={find} />;
}

/** A project: its items on a map and in a list, its layers, and what is being uploaded. */
export function ExplorePage({ project }: { project: string }) {
  const opened = useLoaded((signal) => client.projects.get({ project_id: project }, { signal }), [project]);
  const items = useItems(project);
  const { query } = address.value;
  // What else stands in the address, as where the map is, must not have everything filtered and drawn again.
  const filters = useMemo(() => filtersOf(query), [filterNames.map((name) => query.get(name) ?? '').join('\n')]);
  const { view, onMove } = useView(`projects/${project}`);
  const filterView = filters.isInView ? view?.box : undefined;
  const found = useSearch(project, filters, filterView, items.isVast, items.turn);
  const loaded = found ?? items;
  const shown = useMemo(
    () => (items.isVast ? loaded.items : filtered(items.items, filters, filterView)),
    [items.isVast, loaded.items, filters, filterView],
  );
  const layers = useLayers(project, loaded.items, words.uncollected);
  const { mapped, colourOf, opacityOf } = useMapped(shown, layers);
  const pictures = usePictures(mapped, opacityOf, view?.box, view?.zoom ?? 0);
  const [highlighted, setHighlighted] = useState<string>();
  const map = useRef<ProjectMap>(undefined);
  const began = useRef(atOf(query));
  const tab = (tabs as readonly string[]).includes(query.get('tab') ?? '') ? (query.get('tab') as Tab) : 'items';
  useTitle(opened.value?.name);

  const fitAll = useCallback(() => {
    const box = boxAround(loaded.items);
    if (box) map.current?.fit(box);
  }, [loaded.items]);
  // The first time that there is something, unless the address says where to look.
  useEffect(() => {
    if (began.current || !map.current || loaded.items.length === 0) return;
    const box = boxAround(loaded.items);
    if (box) map.current.fit(box, 'jump');
    if (box) began.current = box;
  }, [loaded.items, view === undefined]);

  const events: MapEvents = {
    onMove,
    onHover: setHighlighted,
    onOpen: (item) => go(`projects/${project}/items/${item}`),
  };
  const onArrived = useCallback(
    async (ids: readonly string[]) => {
      items.again();
      const [first] = ids;
      const box = first ? boxAround([(await client.items.get({ item_id: first })).item]) : undefined;
      if (box) map.current?.fit(box);
    },
    [items.again],
  );
  if (opened.fault) return <Fault sentence={opened.fault} again={opened.again} />;
  return (
    <DropZone project={project}>
      <div class="explore">
        <aside class="panel" aria-label={opened.value?.name ?? text.loading}>
          <h1>{opened.value?.name ?? '…'}</h1>
          <div class="tabs" role="tablist">
            {tabs.map((each) => (
              <button
                key={each}
                type="button"
                role="tab"
                aria-selected={tab === each}
                onClick={() => setQuery({ tab: each === 'items' ? undefined : each })}
              >
                {tabNames[each]}
                {each === 'uploads' && uploadsOf(project).length > 0 && (
                  <span class="badge">{uploadsOf(project).length}</span>
                )}
              </button>
            ))}
          </div>
          {tab === 'items' && (
            <>
              <FiltersPanel
                filters={filters}
                items={items.items}
                isVast={items.isVast}
                collections={layers.collections}
                view={filterView}
              />
              <ListTab
                project={project}
                items={{ ...items, fault: loaded.fault, isLoading: loaded.isLoading || (items.isVast && !found) }}
                shown={shown}
                matched={found?.total ?? shown.length}
                highlighted={highlighted}
                onHover={setHighlighted}
              />
            </>
          )}
          {tab === 'jobs' && <ProjectJobs project={project} />}
          {tab === 'layers' && <LayersPanel project={project} layers={layers} />}
          <div class="tab-uploads" hidden={tab !== 'uploads'}>
            <UploadsPanel project={project} onArrived={onArrived} />
          </div>
        </aside>
        <div class="map-side">
          <MapPane
            items={mapped}
            colourOf={colourOf}
            pictures={pictures}
            highlighted={highlighted}
            at={began.current ?? boxAround(loaded.items)}
            events={events}
            onReady={(ready) => (map.current = ready)}
          />
          <button type="button" class="quiet small map-fit" onClick={fitAll}>
            {text.map.fit}
          </button>
        </div>
      </div>
    </DropZone>
  );
}
