import {
  type Algorithm,
  type Asset,
  bandNames,
  type Look,
  type Profile,
  spanOf,
  type TerrainParams,
  terrainParamsOf,
} from './look.ts';

export const modes = ['rgb', 'gray', 'expression', 'terrain'] as const;
export type Mode = (typeof modes)[number];

/** Tone, by its names in looks, and what changes nothing of it. */
export const neutral = { gamma: 1, contrast: 0, saturation: 1 } as const;
export type Tone = { readonly [name in keyof typeof neutral]: number };

/** A look while one works on it. */
export interface Draft {
  readonly mode: Mode;
  /** Numbers from 1; three, or the first of them. */
  readonly bands: readonly number[];
  readonly spans: readonly (readonly [string, string])[];
  readonly expression: string;
  readonly colormap: string;
  readonly tone: Tone;
  readonly algorithm: Algorithm;
  readonly terrain: TerrainParams;
}

const rounded = (value: number) => String(Number(value.toPrecision(6)));

export function spansFor(asset: Asset, bands: readonly number[]): Draft['spans'] {
  return bands.map((band) => {
    const span = spanOf(asset, band);
    return span ? [rounded(span[0]), rounded(span[1])] : ['', ''];
  });
}

/** Whether what is drawn has values of its own that one stretches; the light on a hill has not. */
export const isStretched = ({ mode, algorithm }: Draft): boolean => mode !== 'terrain' || algorithm === 'relief';

interface Config {
  readonly bands?: readonly number[];
  readonly rescale?: readonly (readonly [number, number])[];
  readonly colormap?: string;
  readonly expression?: string;
  readonly algorithm?: Algorithm;
  readonly algorithm_params?: TerrainParams;
  readonly gamma?: number;
  readonly contrast?: number;
  readonly saturation?: number;
}

/** What a look, or else the item's default profile, says; what neither says is left to the file. */
export function draftOf(asset: Asset, profiles: readonly Profile[], look: Look): Draft {
  const hasOwn = look.bands ?? look.expression ?? look.algorithm;
  const profile = profiles.find((each) => (look.profile ? each.id === look.profile : !hasOwn && each.is_default));
  const config = (profile?.config ?? {}) as Config;
  const count = bandNames(asset).length;
  const numberOf = (band: string) => Number(band) || bandNames(asset).indexOf(band) + 1 || 1;
  const bands = look.bands?.split(',').map(numberOf) ?? config.bands ?? (count >= 3 ? [1, 2, 3] : [1]);
  const expression = look.expression ?? config.expression ?? '';
  const algorithm = (look.algorithm as Algorithm | undefined) ?? config.algorithm;
  const told = look.rescale?.split(';').map((pair) => pair.split(',') as [string, string]);
  const shown = expression || (algorithm && algorithm !== 'relief') ? [] : bands;
  const spans =
    told ?? config.rescale?.map(([low, high]) => [rounded(low), rounded(high)] as const) ?? spansFor(asset, shown);
  const colormap = look.colormap ?? (typeof config.colormap === 'string' ? config.colormap : '');
  const toneOf = (name: keyof Tone) => Number(look[name] ?? config[name] ?? neutral[name]);
  const plain = bands.length >= 3 ? 'rgb' : 'gray';
  return {
    mode: algorithm ? 'terrain' : expression ? 'expression' : plain,
    bands,
    spans,
    expression,
    colormap,
    tone: { gamma: toneOf('gamma'), contrast: toneOf('contrast'), saturation: toneOf('saturation') },
    algorithm: algorithm ?? 'hillshade',
    terrain: look.algorithm_params ? terrainParamsOf(look) : (config.algorithm_params ?? {}),
  };
}

/** What a draft says of a look, without what says nothing. */
function said(draft: Draft): Config {
  const { mode, bands, spans, colormap, tone } = draft;
  const wanted = mode === 'rgb' ? 3 : 1;
  const pairs = spans.slice(0, wanted).filter(([low, high]) => low !== '' && high !== '');
  // Two bands without a stretch leave the third without a place.
  const isWhole = isStretched(draft) && pairs.length === spans.slice(0, wanted).length;
  return {
    ...(mode === 'expression' ? { expression: draft.expression } : { bands: bands.slice(0, wanted) }),
    ...(isWhole && pairs.length > 0
      ? { rescale: pairs.map(([low, high]) => [Number(low), Number(high)] as const) }
      : {}),
    ...(mode !== 'rgb' && colormap ? { colormap } : {}),
    ...(mode === 'terrain' ? { algorithm: draft.algorithm } : {}),
    ...(mode === 'terrain' && Object.keys(draft.terrain).length > 0 ? { algorithm_params: draft.terrain } : {}),
    ...(tone.gamma === neutral.gamma ? {} : { gamma: tone.gamma }),
    ...(tone.contrast === neutral.contrast ? {} : { contrast: tone.contrast }),
    ...(tone.saturation === neutral.saturation || mode !== 'rgb' ? {} : { saturation: tone.saturation }),
  };
}

export function lookFrom(draft: Draft): Look {
  const { bands, rescale, gamma, contrast, saturation, algorithm_params, ...rest } = said(draft);
  const texts = {
    bands: bands?.join(','),
    rescale: rescale?.map((pair) => pair.join(',')).join(';'),
    gamma: gamma?.toString(),
    contrast: contrast?.toString(),
    saturation: saturation?.toString(),
    algorithm_params: algorithm_params && JSON.stringify(algorithm_params),
  };
  return { ...rest, ...(Object.fromEntries(Object.entries(texts).filter(([, value]) => value !== undefined)) as Look) };
}

/** The same for a profile that is kept. */
export function profileFrom(draft: Draft) {
  const types = { rgb: 'rgb', gray: 'singleband', terrain: 'singleband', expression: 'expression' } as const;
  return { type: types[draft.mode], config: { ...said(draft) } };
}
