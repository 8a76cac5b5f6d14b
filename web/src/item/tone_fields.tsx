import { text } from '../language/en.ts';
import { type Draft, neutral, type Tone } from './draft.ts';

const words = text.item;

const limits: Readonly<Record<keyof Tone, readonly [number, number, number]>> = {
  gamma: [0.2, 4, 0.1],
  contrast: [0, 15, 0.5],
  saturation: [0, 3, 0.1],
};

/** Brightness of the middle, contrast and strength of colours. */
export function ToneFields({ draft, change }: { draft: Draft; change: (draft: Draft) => void }) {
  const names = (Object.keys(limits) as (keyof Tone)[]).filter((name) => draft.mode === 'rgb' || name !== 'saturation');
  const isNeutral = names.every((name) => draft.tone[name] === neutral[name]);
  return (
    <details class="tone" open={!isNeutral}>
      <summary>{words.tone}</summary>
      {names.map((name) => {
        const [min, max, step] = limits[name];
        return (
          <label class="range" key={name}>
            <span>
              {words.tones[name]} <span class="soft">{text.number(draft.tone[name])}</span>
            </span>
            <input
              type="range"
              min={min}
              max={max}
              step={step}
              value={draft.tone[name]}
              onChange={({ currentTarget: { value } }) =>
                change({ ...draft, tone: { ...draft.tone, [name]: Number(value) } })
              }
            />
          </label>
        );
      })}
      {!isNeutral && (
        <button type="button" class="quiet small" onClick={() => change({ ...draft, tone: neutral })}>
          {words.neutral}
        </button>
      )}
    </details>
  );
}
