import { Field } from '../frame/dialog.tsx';
import { text } from '../language/en.ts';
import { type Draft, spansFor } from './draft.ts';
import { type Algorithm, algorithms, type Asset, type TerrainParams } from './look.ts';

const words = text.item;

interface TerrainFieldsProps {
  readonly draft: Draft;
  readonly asset: Asset;
  readonly change: (draft: Draft) => void;
}

type NumberName = Exclude<keyof TerrainParams, 'multidirectional'>;

/** What each way of showing elevations can be told, with what holds unless it is. */
const fields: Readonly<Record<Algorithm, readonly (readonly [NumberName, string])[]>> = {
  hillshade: [
    ['azimuth', '315'],
    ['altitude', '45'],
    ['z_factor', '1'],
  ],
  slope: [['z_factor', '1']],
  aspect: [],
  relief: [],
  contours: [['interval', '']],
};

/** How elevations are shown: lit, as steepness, as direction, in colours of height, as lines. */
export function TerrainFields({ draft, asset, change }: TerrainFieldsProps) {
  const { algorithm, terrain } = draft;
  const choose = (chosen: Algorithm) =>
    change({
      ...draft,
      algorithm: chosen,
      terrain: {},
      colormap: '',
      spans: chosen === 'relief' ? spansFor(asset, draft.bands) : [],
    });
  const set = (name: keyof TerrainParams, value: number | boolean | undefined) => {
    const { [name]: _, ...rest } = terrain;
    change({ ...draft, terrain: value === undefined ? rest : { ...rest, [name]: value } });
  };
  return (
    <>
      <select
        aria-label={words.algorithm}
        value={algorithm}
        onChange={(event) => choose(event.currentTarget.value as Algorithm)}
      >
        {algorithms.map((name) => (
          <option key={name} value={name}>
            {words.algorithms[name]}
          </option>
        ))}
      </select>
      {fields[algorithm].length > 0 && (
        <div class="band">
          {fields[algorithm].map(([name, usual]) => (
            <Field label={words.terrainParams[name]} key={name}>
              <input
                type="number"
                step="any"
                placeholder={usual}
                value={terrain[name] ?? ''}
                onChange={({ currentTarget: { value } }) => set(name, value === '' ? undefined : Number(value))}
              />
            </Field>
          ))}
        </div>
      )}
      {algorithm === 'hillshade' && (
        <label class="check">
          <input
            type="checkbox"
            checked={terrain.multidirectional ?? false}
            onChange={(event) => set('multidirectional', event.currentTarget.checked || undefined)}
          />
          {words.multidirectional}
        </label>
      )}
    </>
  );
}
