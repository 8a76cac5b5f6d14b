import { useEffect, useRef, useState } from 'preact/hooks';
import type { Box, Item } from '../catalog/items.ts';
import { Fault } from '../frame/fault.tsx';
import { text } from '../language/en.ts';
import type { MapEvents, Picture, ProjectMap } from './project_map.ts';

interface MapPaneProps {
  /** What is outlined; the first time that there is anything, the map begins there. */
  readonly items: readonly Item[];
  readonly colourOf: (item: Item) => string;
  readonly pictures: readonly Picture[];
  readonly highlighted: string | undefined;
  /** Where to begin. */
  readonly at: Box | undefined;
  readonly events: MapEvents;
  /** Gets the map once it is drawn. */
  readonly onReady: (map: ProjectMap) => void;
}

const dark = matchMedia('(prefers-color-scheme: dark)');
const theme = () => (dark.matches ? 'dark' : 'light');

/** The map; what draws it is fetched with it. */
export function MapPane(props: MapPaneProps) {
  const place = useRef<HTMLDivElement>(null);
  const latest = useRef(props);
  latest.current = props;
  const [map, setMap] = useState<ProjectMap>();
  const [fault, setFault] = useState<string>();

  useEffect(() => {
    let opened: ProjectMap | undefined;
    let isGone = false;
    const events: MapEvents = {
      onMove: (view, zoom) => latest.current.events.onMove(view, zoom),
      onHover: (item) => latest.current.events.onHover(item),
      onOpen: (item) => latest.current.events.onOpen(item),
      onPoint: (at) => latest.current.events.onPoint?.(at),
    };
    const open = async () => {
      const { ProjectMap } = await import('./project_map.ts');
      opened = await ProjectMap.open(place.current as HTMLElement, theme(), latest.current.at, events);
      if (isGone) return opened.close();
      setMap(opened);
      latest.current.onReady(opened);
    };
    open().catch(() => setFault(text.map.failed));
    return () => {
      isGone = true;
      opened?.close();
    };
  }, []);

  useEffect(() => {
    const follow = () => map?.setTheme(theme());
    dark.addEventListener('change', follow);
    return () => dark.removeEventListener('change', follow);
  }, [map]);
  useEffect(() => map?.setOutlines(props.items, props.colourOf), [map, props.items, props.colourOf]);
  useEffect(() => map?.setPictures(props.pictures), [map, props.pictures]);
  useEffect(() => map?.highlight(props.highlighted), [map, props.highlighted]);

  return (
    <div class="map-pane" aria-busy={!map && !fault}>
      <div class="map" ref={place} />
      {!map && !fault && <p class="map-note">{text.loading}</p>}
      {fault && <Fault sentence={fault} />}
    </div>
  );
}
