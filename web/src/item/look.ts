import type { Output } from 'landfall-sdk';

export type Asset = Output<'items.list_assets'>[number];
export type Profile = Output<'visualization.profiles.list'>[number];

const names = [
  'profile',
  'bands',
  'expression',
  'rescale',
  'colormap',
  'gamma',
  'contrast',
  'saturation',
  'algorithm',
  'algorithm_params',
] as const;

/** How an item is drawn, as addresses of tiles say it; nothing in it: the item's default. */
export type Look = { readonly [name in (typeof names)[number]]?: string };

/** The look that stands in an address. */
export function lookOf(query: URLSearchParams): Look {
  return Object.fromEntries(names.flatMap((name) => (query.get(name) ? [[name, query.get(name)]] : [])));
}

/** What to change in an address for a look. */
export const queryOf = (look: Look): Record<string, string | undefined> =>
  Object.fromEntries(names.map((name) => [name, look[name]]));

/** What is made of elevations, of which a terrain's picture is one. */
export const algorithms = ['hillshade', 'slope', 'aspect', 'relief', 'contours'] as const;
export type Algorithm = (typeof algorithms)[number];

/** Of the light on a terrain, in degrees, and of its contours; what is left out is the server's to choose. */
export interface TerrainParams {
  readonly azimuth?: number;
  readonly altitude?: number;
  readonly z_factor?: number;
  readonly multidirectional?: boolean;
  readonly interval?: number;
}

export function terrainParamsOf(look: Look): TerrainParams {
  try {
    return JSON.parse(look.algorithm_params ?? '{}') as TerrainParams;
  } catch {
    return {};
  }
}

/** A look as operations take it. */
export function inputOf({ gamma, contrast, saturation, algorithm, algorithm_params, ...rest }: Look) {
  const number = (text: string | undefined) => (text === undefined ? null : Number(text));
  return {
    ...rest,
    gamma: number(gamma),
    contrast: number(contrast),
    saturation: number(saturation),
    algorithm: (algorithm as Algorithm | undefined) ?? null,
    ...(algorithm_params === undefined ? {} : { algorithm_params: terrainParamsOf({ algorithm_params }) }),
  };
}

/** Names of colour maps that the server knows, as far as they are offered. */
export const colormaps =
  'viridis plasma inferno magma cividis turbo greens blues reds ylgn ylorrd rdylgn rdbu spectral terrain'.split(' ');

/** The names of an asset's bands; b1, b2, … where the file has none. */
export const bandNames = (asset: Asset): string[] =>
  (asset.band_names?.length ? asset.band_names : (asset.statistics ?? []).map(() => '')).map(
    (name, n) => name || `b${n + 1}`,
  );

/** The span that bands are stretched over unless one says otherwise: the 2nd to the 98th percentile. */
export function spanOf(asset: Asset, band: number): readonly [number, number] | undefined {
  const figures = asset.statistics?.[band - 1];
  const [low, high] = [figures?.p2 ?? figures?.min, figures?.p98 ?? figures?.max];
  return low != null && high != null ? [low, high] : undefined;
}

/** The uploaded raster, which all looks are about. */
export const rasterOf = (assets: readonly Asset[]): Asset | undefined =>
  assets.find((asset) => asset.roles?.includes('data') && (asset.statistics?.length ?? 0) > 0);
