import type { Geometry, Position } from 'geojson';

/** A line without jumps: where it crosses the antimeridian it goes on beyond 180 degrees. */
function unwrapped(line: readonly Position[]): Position[] {
  let shift = 0;
  let before = line[0]?.[0] ?? 0;
  return line.map(([lon = 0, lat = 0]) => {
    if (lon - before > 180) shift -= 360;
    else if (lon - before < -180) shift += 360;
    before = lon;
    return [lon + shift, lat];
  });
}

/** A ring without jumps; one that goes round a pole is closed over it. */
function closed(ring: readonly Position[]): Position[] {
  const points = unwrapped(ring);
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || first[0] === last[0]) return points;
  const pole = (first[1] ?? 0) < 0 ? -90 : 90;
  return [...points, [last[0] ?? 0, pole], [first[0] ?? 0, pole], first];
}

/** Geometry of the sphere as a flat map needs it. */
export function flattened(geometry: Geometry): Geometry {
  switch (geometry.type) {
    case 'Polygon':
      return { type: 'Polygon', coordinates: geometry.coordinates.map(closed) };
    case 'MultiPolygon':
      return { type: 'MultiPolygon', coordinates: geometry.coordinates.map((polygon) => polygon.map(closed)) };
    case 'MultiLineString':
      return { type: 'MultiLineString', coordinates: geometry.coordinates.map(unwrapped) };
    default:
      return geometry;
  }
}
