import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Area } from '../area/area.ts';
import { boxOf, type Item } from '../catalog/items.ts';
import { text } from '../language/en.ts';
import { MapPane } from '../map/map_pane.tsx';
import type { Picture, Place, ProjectMap } from '../map/project_map.ts';
import { Swipe } from '../map/swipe.tsx';
import type { Beside } from './compare_panel.tsx';
import { Legend } from './legend.tsx';
import type { Asset, Look } from './look.ts';
import { usePicture } from './picture.ts';
import { PointerValues } from './pointer_values.tsx';

const outline = () => '#0b8f6a';
const ignore = () => {};
const unlooked: Look = {};

interface ItemMapProps {
  readonly item: Item;
  readonly raster: Asset | undefined;
  readonly look: Look;
  readonly picture: Picture | undefined;
  readonly beside: Beside | undefined;
  readonly area: Area | undefined;
  /** Gets the map once it is drawn. */
  readonly onMap: (map: ProjectMap) => void;
}

/** The item on the map, with another beside it, an area, what the colours mean and the values under the pointer. */
export function ItemMap({ item, raster, look, picture, beside, area, onMap }: ItemMapProps) {
  const [map, setMap] = useState<ProjectMap>();
  const [pointed, setPointed] = useState<{ readonly at: Place; readonly isBeside: boolean }>();
  const besidePicture = usePicture(beside?.item, unlooked).picture;
  const items = useMemo(() => [item], [item]);
  const pictures = useMemo(() => (picture ? [picture] : []), [picture]);
  useEffect(() => map && void (map.area.area = area), [map, area]);
  const point = (isBeside: boolean) => (at: Place | undefined) => setPointed(at && { at, isBeside });
  if (!item.bbox)
    return (
      <div class="map-side">
        <p class="map-note">{text.item.notOnMap}</p>
      </div>
    );
  return (
    <div class="map-side">
      <MapPane
        items={items}
        colourOf={outline}
        pictures={pictures}
        highlighted={undefined}
        at={boxOf(item)}
        events={{ onMove: ignore, onHover: ignore, onOpen: ignore, onPoint: point(false) }}
        onReady={(ready) => (setMap(ready), onMap(ready))}
      />
      {map && beside && (
        <Swipe map={map} left={item.name} item={beside.item} picture={besidePicture} onPoint={point(true)} />
      )}
      {raster && (
        <div class="map-corner">
          <Legend item={item.id} look={look} />
          {beside?.asset && pointed?.isBeside ? (
            <PointerValues item={beside.item.id} asset={beside.asset} at={pointed.at} />
          ) : (
            <PointerValues
              item={item.id}
              asset={raster}
              bands={look.bands}
              expression={look.expression}
              at={pointed?.at}
            />
          )}
        </div>
      )}
    </div>
  );
}
