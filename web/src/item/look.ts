import type { Output } from 'landfall-sdk';

export type Asset = Output<'items.list_assets'>[number];
export type Profile = Output<'visualization.profiles.list'>[number];

/** How an item is drawn, as operations take it; nothing in it: the item's default. */
export interface Look {
  readonly profile?: string;
  readonly bands?: string;
  readonly expression?: string;
  readonly rescale?: string;
  readonly colormap?: string;
}

const names = ['profile', 'bands', 'expression', 'rescale', 'colormap'] as const;

/** The look that stands in an address. */
export function lookOf(query: URLSearchParams): Look {
  return Object.fromEntries(names.flatMap((name) => (query.get(name) ? [[name, query.get(name)]] : [])));
}

/** What to change in an address for a look. */
export const queryOf = (look: Look): Record<string, string | undefined> =>
  Object.fromEntries(names.map((name) => [name, look[name]]));

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
