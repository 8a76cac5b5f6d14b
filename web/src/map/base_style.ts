import type { Feature, FeatureCollection, MultiLineString } from 'geojson';
import type { StyleSpecification } from 'maplibre-gl';
import { feature, mesh } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
import { consoleRoot } from '../server/client.ts';
import { flattened } from './antimeridian.ts';

type Countries = Topology<{ countries: GeometryCollection; land: GeometryCollection }>;

/** Colours of the base map by day and by night. */
const colours = {
  light: { water: '#dfe8ec', land: '#f7f6f2', border: '#c3c7c2', line: '#cfdade' },
  dark: { water: '#131a1d', land: '#222a28', border: '#47524e', line: '#1e282c' },
};

export type Theme = keyof typeof colours;

/** What of which layer has which colour. */
export function basePaint(
  theme: Theme,
): readonly (readonly [string, 'background-color' | 'fill-color' | 'line-color', string])[] {
  const { water, land, border, line } = colours[theme];
  return [
    ['water', 'background-color', water],
    ['graticule', 'line-color', line],
    ['land', 'fill-color', land],
    ['coast', 'line-color', border],
    ['borders', 'line-color', border],
  ];
}

/** Parallels and meridians every ten degrees. */
function graticule(): Feature<MultiLineString> {
  const coordinates: number[][][] = [];
  for (let lon = -180; lon <= 180; lon += 10)
    coordinates.push([
      [lon, -85],
      [lon, 0],
      [lon, 85],
    ]);
  for (let lat = -80; lat <= 80; lat += 10)
    coordinates.push([
      [-180, lat],
      [0, lat],
      [180, lat],
    ]);
  return { type: 'Feature', properties: {}, geometry: { type: 'MultiLineString', coordinates } };
}

/** The base map of land and borders, of the server's own files; for the whole world, at a scale of 1 to 50 million. */
export async function baseStyle(theme: Theme): Promise<StyleSpecification> {
  const countries = (await (await fetch(consoleRoot + COUNTRIES)).json()) as Countries;
  const land = feature(countries, countries.objects.land) as FeatureCollection;
  for (const part of land.features) part.geometry = flattened(part.geometry);
  const borders = flattened(mesh(countries, countries.objects.countries, (one, other) => one !== other));
  const paint = colours[theme];
  return {
    version: 8,
    sources: {
      land: { type: 'geojson', data: land, tolerance: 0.3, maxzoom: 8 },
      borders: { type: 'geojson', data: { type: 'Feature', properties: {}, geometry: borders }, maxzoom: 8 },
      graticule: { type: 'geojson', data: graticule(), maxzoom: 4 },
    },
    layers: [
      { id: 'water', type: 'background', paint: { 'background-color': paint.water } },
      { id: 'graticule', type: 'line', source: 'graticule', paint: { 'line-color': paint.line, 'line-width': 1 } },
      { id: 'land', type: 'fill', source: 'land', paint: { 'fill-color': paint.land } },
      { id: 'coast', type: 'line', source: 'land', paint: { 'line-color': paint.border, 'line-width': 0.8 } },
      { id: 'borders', type: 'line', source: 'borders', paint: { 'line-color': paint.border, 'line-width': 0.8 } },
    ],
  };
}
