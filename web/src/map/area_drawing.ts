import type { Feature, FeatureCollection, Position } from 'geojson';
import type { GeoJSONSource, Map as MapLibre, MapMouseEvent } from 'maplibre-gl';
import { type Area, areaOfRing } from '../area/area.ts';

const source = 'drawn-area';
const colour = '#d9480f';
/** So near to the first corner, in pixels, a click closes the area. */
const nearPixels = 10;

function lineOf(points: readonly Position[]): Feature {
  return { type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates: [...points] } };
}

function cornerOf(point: Position): Feature {
  return { type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates: point } };
}

/** An area on a map, and the drawing of one: click corners; the first again, a double click or Enter closes it. */
export class AreaDrawing {
  #corners: Position[] = [];
  #finish: ((area: Area | undefined) => void) | undefined;
  #area: Area | undefined;

  constructor(private readonly map: MapLibre) {
    map.addSource(source, { type: 'geojson', data: { type: 'FeatureCollection', features: [] } });
    const shared = { source };
    const isArea = ['==', ['geometry-type'], 'Polygon'] as never;
    const isCorner = ['==', ['geometry-type'], 'Point'] as never;
    map.addLayer({
      id: `${source}-fill`,
      type: 'fill',
      ...shared,
      filter: isArea,
      paint: { 'fill-color': colour, 'fill-opacity': 0.15 },
    });
    map.addLayer({ id: `${source}-line`, type: 'line', ...shared, paint: { 'line-color': colour, 'line-width': 2.5 } });
    map.addLayer({
      id: `${source}-corner`,
      type: 'circle',
      ...shared,
      filter: isCorner,
      paint: { 'circle-radius': 5, 'circle-color': '#fff', 'circle-stroke-color': colour, 'circle-stroke-width': 2.5 },
    });
    map.on('click', (event) => this.#finish && this.#addCorner(event));
    map.on('mousemove', ({ lngLat }) => this.#finish && this.#show([lngLat.lng, lngLat.lat]));
    map.on('dblclick', (event) => {
      if (!this.#finish) return;
      event.preventDefault();
      this.close();
    });
    map.getCanvas().addEventListener('keydown', (event) => this.#finish && this.#press(event));
  }

  get isDrawing(): boolean {
    return this.#finish !== undefined;
  }

  /** Shows an area, or none. */
  set area(area: Area | undefined) {
    this.#area = area;
    if (!this.#finish) this.#show();
  }

  /** Begins to draw; `finish` gets the area, or nothing where it was given up. */
  begin(finish: (area: Area | undefined) => void): void {
    this.#end(undefined);
    this.#finish = finish;
    this.#corners = [];
    this.#mark();
    this.map.getCanvas().focus();
    this.#show();
  }

  /** Ends with the corners that there are; fewer than three are no area. */
  close(): void {
    this.#end(this.#corners.length >= 3 ? areaOfRing(this.#corners) : undefined);
  }

  giveUp(): void {
    this.#end(undefined);
  }

  #end(area: Area | undefined): void {
    const finish = this.#finish;
    this.#finish = undefined;
    this.#mark();
    finish?.(area);
    this.#show();
  }

  /** What lies above the map lets clicks through meanwhile. */
  #mark(): void {
    this.map.getCanvas().style.cursor = this.isDrawing ? 'crosshair' : '';
    this.map.getContainer().closest('.map-side')?.classList.toggle('drawing', this.isDrawing);
  }

  #addCorner({ lngLat, point }: MapMouseEvent): void {
    const [first] = this.#corners;
    const last = this.#corners.at(-1);
    const isNear = (corner: Position) => this.map.project([corner[0] ?? 0, corner[1] ?? 0]).dist(point) <= nearPixels;
    if (this.#corners.length >= 3 && first && isNear(first)) return this.close();
    // The second click of a double one.
    if (last && isNear(last)) return;
    this.#corners.push([lngLat.lng, lngLat.lat]);
    this.#show();
  }

  #press(event: KeyboardEvent): void {
    const { lng, lat } = this.map.getCenter();
    if (event.key === 'Enter') this.close();
    else if (event.key === 'Escape') this.giveUp();
    else if (event.key === 'Backspace') this.#corners.pop();
    else if (event.key === ' ') this.#corners.push([lng, lat]);
    else return;
    event.preventDefault();
    this.#show();
  }

  #show(pointer?: Position): void {
    const drawn: Feature[] = [];
    if (this.#finish) {
      const line = pointer ? [...this.#corners, pointer] : this.#corners;
      if (line.length > 2) drawn.push({ type: 'Feature', properties: {}, geometry: areaOfRing(line) });
      else if (line.length === 2) drawn.push(lineOf(line));
      drawn.push(...this.#corners.map(cornerOf));
    } else if (this.#area) drawn.push({ type: 'Feature', properties: {}, geometry: this.#area });
    const data: FeatureCollection = { type: 'FeatureCollection', features: drawn };
    this.map.getSource<GeoJSONSource>(source)?.setData(data);
  }
}
