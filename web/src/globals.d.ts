/** Paths of built files below the console's root, filled in by scripts/build.mjs. */
declare const MAP_WORKER: string;
declare const MAP_STYLES: string;
declare const COUNTRIES: string;

declare module 'maplibre-gl/dist/maplibre-gl-csp.js' {
  import maplibre from 'maplibre-gl';
  export default maplibre;
}
