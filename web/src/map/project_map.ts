import type { FeatureCollection } from 'geojson';
import type { GeoJSONSource, LngLat, Map as MapLibre, MapMouseEvent } from 'maplibre-gl';
import maplibre from 'maplibre-gl/dist/maplibre-gl-csp.js';
import type { Box, Item } from '../catalog/items.ts';
import { text } from '../language/en.ts';
import { consoleRoot } from '../server/client.ts';
import { AreaDrawing } from './area_drawing.ts';
import { basePaint, baseStyle, type Theme } from './base_style.ts';

/** A picture that lies on the map, as its tiles. */
export interface Picture {
  readonly id: string;
  readonly tiles: string;
  readonly bounds: Box;
  readonly minzoom: number;
  readonly maxzoom: number;
  /** 0 to 1. */
  readonly opacity: number;
}

/** Longitude and latitude in degrees. */
export type Place = readonly [number, number];

/** What a map tells of what happens on it. */
export interface MapEvents {
  readonly onMove: (view: Box, zoom: number) => void;
  readonly onHover: (item: string | undefined) => void;
  readonly onOpen: (item: string) => void;
  /** Where the pointer is, or for whoever moves the map by keys its middle; undefined when it leaves. */
  readonly onPoint?: (at: Place | undefined) => void;
}

const footprints = 'footprints';
const empty: FeatureCollection = { type: 'FeatureCollection', features: [] };

function loadStyles(): Promise<void> {
  const href = consoleRoot + MAP_STYLES;
  if (document.querySelector(`link[href="${href}"]`)) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const link = Object.assign(document.createElement('link'), { rel: 'stylesheet', href });
    link.onload = () => resolve();
    link.onerror = () => reject(new Error(text.map.failed));
    document.head.append(link);
  });
}

/** The map of a project: the base, pictures of items in their order, and the outlines of all above them. */
export class ProjectMap {
  #pictures: readonly Picture[] = [];
  #hovered: string | undefined;
  #area: AreaDrawing | undefined;

  private constructor(
    private readonly map: MapLibre,
    private readonly events: MapEvents,
  ) {}

  static async open(container: HTMLElement, theme: Theme, at: Box | undefined, events: MapEvents): Promise<ProjectMap> {
    maplibre.setWorkerUrl(consoleRoot + MAP_WORKER);
    const [style] = await Promise.all([baseStyle(theme), loadStyles()]);
    const map = new maplibre.Map({
      container,
      style,
      bounds: at ? [...at] : [-130, -55, 150, 72],
      fitBoundsOptions: { padding: 48, maxZoom: 16 },
      attributionControl: { compact: true, customAttribution: text.map.attribution },
      dragRotate: false,
      maxPitch: 0,
      fadeDuration: 100,
      locale: { 'NavigationControl.ZoomIn': text.map.zoomIn, 'NavigationControl.ZoomOut': text.map.zoomOut },
    });
    map.touchZoomRotate.disableRotation();
    map.addControl(new maplibre.NavigationControl({ showCompass: false }), 'top-right');
    map.addControl(new maplibre.ScaleControl(), 'bottom-right');
    map.getCanvas().setAttribute('aria-label', text.map.label);
    await new Promise<void>((resolve) => void map.once('load', () => resolve()));
    const self = new ProjectMap(map, events);
    self.#begin();
    return self;
  }

  close(): void {
    this.map.remove();
  }

  /** Colours the base map for day or night. */
  setTheme(theme: Theme): void {
    for (const [layer, property, colour] of basePaint(theme)) this.map.setPaintProperty(layer, property, colour);
  }

  /** Draws the outlines of these items. */
  setOutlines(items: readonly Item[], colourOf: (item: Item) => string): void {
    const features = items.flatMap((item) =>
      item.geometry
        ? [
            {
              type: 'Feature' as const,
              id: item.id,
              properties: { item: item.id, colour: colourOf(item) },
              geometry: item.geometry as never,
            },
          ]
        : [],
    );
    this.map.getSource<GeoJSONSource>(footprints)?.setData({ type: 'FeatureCollection', features });
  }

  /** Draws these pictures, the last above the others, and no other ones. */
  setPictures(pictures: readonly Picture[]): void {
    const { map } = this;
    for (const old of this.#pictures) {
      const now = pictures.find((each) => each.id === old.id);
      if (now?.tiles === old.tiles) continue;
      map.removeLayer(old.id);
      map.removeSource(old.id);
    }
    for (const picture of pictures) {
      const { id, tiles, bounds, minzoom, maxzoom } = picture;
      if (!map.getSource(id)) {
        const [west, south, east, north] = bounds;
        const within: [number, number, number, number] =
          east > 180 ? [-180, south, 180, north] : [west, south, east, north];
        map.addSource(id, { type: 'raster', tiles: [tiles], bounds: within, minzoom, maxzoom, tileSize: 256 });
        map.addLayer({ id, type: 'raster', source: id, paint: { 'raster-fade-duration': 150 } }, 'outline');
      }
      map.moveLayer(id, 'outline');
      map.setPaintProperty(id, 'raster-opacity', picture.opacity);
    }
    this.#pictures = pictures;
  }

  /** Stresses the outline of an item. */
  highlight(item: string | undefined): void {
    if (this.#hovered === item) return;
    if (this.#hovered) this.map.setFeatureState({ source: footprints, id: this.#hovered }, { hover: false });
    this.#hovered = item;
    if (item) this.map.setFeatureState({ source: footprints, id: item }, { hover: true });
  }

  /** The area on the map, and the drawing of one. */
  get area(): AreaDrawing {
    return (this.#area ??= new AreaDrawing(this.map));
  }

  /** What the map shows. */
  get view(): Box {
    const bounds = this.map.getBounds();
    return [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
  }

  /** Has another map show the same as this one, wherever either is moved, until the answer is called. */
  tie(other: ProjectMap): () => void {
    let isFollowing = false;
    const lead = (from: MapLibre, to: MapLibre) => () => {
      if (isFollowing) return;
      isFollowing = true;
      to.jumpTo({ center: from.getCenter(), zoom: from.getZoom() });
      isFollowing = false;
    };
    const [there, back] = [lead(this.map, other.map), lead(other.map, this.map)];
    there();
    this.map.on('move', there);
    other.map.on('move', back);
    return () => {
      this.map.off('move', there);
      other.map.off('move', back);
    };
  }

  fit(box: Box, how: 'fly' | 'jump' = 'fly'): void {
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    this.map.fitBounds([...box], { padding: 48, maxZoom: 17, animate: how === 'fly' && !still });
  }

  /** The map fits what is around it. */
  resize(): void {
    this.map.resize();
  }

  #begin(): void {
    const { map } = this;
    map.addSource(footprints, { type: 'geojson', data: empty, promoteId: 'item' });
    const stressed = ['boolean', ['feature-state', 'hover'], false];
    map.addLayer({
      id: 'area',
      type: 'fill',
      source: footprints,
      paint: { 'fill-color': ['get', 'colour'], 'fill-opacity': 0.01 },
    });
    map.addLayer({
      id: 'outline',
      type: 'line',
      source: footprints,
      paint: {
        'line-color': ['get', 'colour'],
        'line-width': ['case', stressed, 4, 1.5] as never,
        'line-opacity': ['case', stressed, 1, 0.75] as never,
      },
    });
    map.on('moveend', () => this.#tellView());
    map.on('mousemove', ({ lngLat }) => this.#tellPlace(lngLat));
    map.on('mouseout', () => this.events.onPoint?.(undefined));
    map.on('moveend', () => document.activeElement === map.getCanvas() && this.#tellPlace(map.getCenter()));
    map.on('mousemove', 'area', (event) => this.#point(event));
    map.on('mouseleave', 'area', () => this.#point(undefined));
    map.on('click', 'area', (event) => {
      const item = this.#itemAt(event);
      if (item) this.events.onOpen(item);
    });
    this.#tellView();
  }

  #tellView(): void {
    this.events.onMove(this.view, this.map.getZoom());
  }

  #tellPlace(at: LngLat): void {
    const { lng, lat } = at.wrap();
    this.events.onPoint?.([lng, lat]);
  }

  #point(event: MapMouseEvent | undefined): void {
    if (this.#area?.isDrawing) return;
    const item = event && this.#itemAt(event);
    this.map.getCanvas().style.cursor = item ? 'pointer' : '';
    this.events.onHover(item);
  }

  #itemAt(event: MapMouseEvent): string | undefined {
    const [found] = this.map.queryRenderedFeatures(event.point, { layers: ['area'] });
    return found?.properties['item'] as string | undefined;
  }
}
