import type { Feature, Geometry, MultiPolygon, Polygon, Position } from 'geojson';
import type { Box } from '../catalog/items.ts';
import { text } from '../language/en.ts';

/** An area in degrees of longitude and latitude. */
export type Area = Polygon | MultiPolygon;

const polygonsOf = (area: Area): Position[][][] => (area.type === 'Polygon' ? [area.coordinates] : area.coordinates);

export const areaOfRing = (ring: readonly Position[]): Area => ({
  type: 'Polygon',
  coordinates: [[...ring, ring[0] ?? []]],
});

export const areaOfBox = ([west, south, east, north]: Box): Area =>
  areaOfRing([
    [west, south],
    [east, south],
    [east, north],
    [west, north],
  ]);

export function boxOfArea(area: Area): Box {
  const points = polygonsOf(area).flatMap(([outer = []]) => outer);
  const [lons, lats] = [points.map(([lon = 0]) => lon), points.map(([, lat = 0]) => lat)];
  const least = (numbers: number[]) => numbers.reduce((one, other) => Math.min(one, other), Infinity);
  const most = (numbers: number[]) => numbers.reduce((one, other) => Math.max(one, other), -Infinity);
  return [least(lons), least(lats), most(lons), most(lats)];
}

type Document = Geometry | Feature | { type: 'FeatureCollection'; features: Feature[] };

/** All polygons of a GeoJSON document. */
function found(document: Document): Position[][][] {
  switch (document.type) {
    case 'FeatureCollection':
      return document.features.flatMap(found);
    case 'Feature':
      return document.geometry ? found(document.geometry) : [];
    case 'GeometryCollection':
      return document.geometries.flatMap(found);
    case 'Polygon':
    case 'MultiPolygon':
      return polygonsOf(document);
    default:
      return [];
  }
}

/** The area that a text means: GeoJSON, or west, south, east, north. Throws a sentence about one that means none. */
export function parseArea(source: string): Area {
  const numbers = source
    .trim()
    .split(/[\s,;]+/)
    .map(Number);
  if (numbers.length === 4 && numbers.every(Number.isFinite)) {
    const [west = 0, south = 0, east = 0, north = 0] = numbers;
    if (south >= north || west >= east) throw new Error(text.area.emptyBox);
    return areaOfBox([west, south, east, north]);
  }
  let polygons: Position[][][];
  try {
    polygons = found(JSON.parse(source) as Document);
  } catch {
    throw new Error(text.area.unreadable);
  }
  const [first] = polygons;
  if (!first) throw new Error(text.area.noPolygon);
  const isInDegrees = polygons
    .flat(2)
    .every(([lon = NaN, lat = NaN]) => Math.abs(lon) <= 540 && Math.abs(lat) <= 90 && !Number.isNaN(lon + lat));
  if (!isInDegrees) throw new Error(text.area.notDegrees);
  return polygons.length === 1
    ? { type: 'Polygon', coordinates: first }
    : { type: 'MultiPolygon', coordinates: polygons };
}

const semiMinor = 6_356_752.314245;
const eccentricity = 0.0818191908426215;
const stepDegrees = 0.5;
/** Places and weights of Gauss and Legendre on a line from 0 to 1. */
const gauss = [
  [0.5 - Math.sqrt(0.15), 5 / 18],
  [0.5, 8 / 18],
  [0.5 + Math.sqrt(0.15), 5 / 18],
] as const;

/** Square metres of WGS 84 between the equator and a latitude, for each radian of longitude. */
function stripe(latitude: number): number {
  const sine = Math.sin((latitude * Math.PI) / 180);
  const e = eccentricity;
  return (semiMinor ** 2 / 2) * (sine / (1 - (e * sine) ** 2) + Math.atanh(e * sine) / e);
}

function ringSize(ring: readonly Position[]): number {
  let sum = 0;
  for (let n = 1; n < ring.length; ++n) {
    const [lon = 0, lat = 0] = ring[n - 1] ?? [];
    const [toLon = 0, toLat = 0] = ring[n] ?? [];
    const pieces = Math.max(1, Math.ceil(Math.abs(toLat - lat) / stepDegrees));
    const width = (((toLon - lon) / pieces) * Math.PI) / 180;
    for (let piece = 0; piece < pieces; ++piece)
      for (const [place, weight] of gauss)
        sum += weight * width * stripe(lat + ((piece + place) / pieces) * (toLat - lat));
  }
  return Math.abs(sum);
}

/** Square metres of an area whose edges are straight in degrees, as the server cuts them. */
export const sizeOf = (area: Area): number =>
  polygonsOf(area).reduce(
    (sum, [outer = [], ...holes]) => sum + ringSize(outer) - holes.reduce((all, hole) => all + ringSize(hole), 0),
    0,
  );
