import { useEffect, useState } from 'preact/hooks';
import { FormDialog, Field } from '../frame/dialog.tsx';
import { text } from '../language/en.ts';
import { client } from '../server/client.ts';
import { type Asset, bandNames, colormaps, type Look, type Profile, spanOf } from './look.ts';

const words = text.item;
const modes = ['rgb', 'gray', 'expression'] as const;
type Mode = (typeof modes)[number];

/** A look while one works on it. */
interface Draft {
  readonly mode: Mode;
  /** Numbers from 1; three, or the first of them. */
  readonly bands: readonly number[];
  readonly spans: readonly (readonly [string, string])[];
  readonly expression: string;
  readonly colormap: string;
}

interface LookPanelProps {
  readonly item: string;
  readonly asset: Asset;
  readonly profiles: readonly Profile[];
  readonly look: Look;
  readonly onLook: (look: Look) => void;
  readonly onSaved: () => void;
}

const rounded = (value: number) => String(Number(value.toPrecision(6)));

function spansFor(asset: Asset, bands: readonly number[]): Draft['spans'] {
  return bands.map((band) => {
    const span = spanOf(asset, band);
    return span ? [rounded(span[0]), rounded(span[1])] : ['', ''];
  });
}

/** What a look, or else the item's default profile, says; what neither says is left to the file. */
function draftOf(asset: Asset, profiles: readonly Profile[], look: Look): Draft {
  const profile = profiles.find((each) => (look.profile ? each.id === look.profile : each.is_default));
  const config = (profile?.config ?? {}) as {
    bands?: number[];
    rescale?: [number, number][];
    colormap?: string;
    expression?: string;
  };
  const count = bandNames(asset).length;
  const bands = look.bands?.split(',').map(Number) ?? config.bands ?? (count >= 3 ? [1, 2, 3] : [1]);
  const expression = look.expression ?? config.expression ?? '';
  const told = look.rescale?.split(';').map((pair) => pair.split(',') as [string, string]);
  const spans =
    told ?? config.rescale?.map(([low, high]) => [rounded(low), rounded(high)] as const) ?? spansFor(asset, bands);
  const colormap = look.colormap ?? (typeof config.colormap === 'string' ? config.colormap : '');
  return { mode: expression ? 'expression' : bands.length >= 3 ? 'rgb' : 'gray', bands, spans, expression, colormap };
}

function lookFrom({ mode, bands, spans, expression, colormap }: Draft): Look {
  const used = mode === 'rgb' ? bands.slice(0, 3) : bands.slice(0, 1);
  const pairs = (mode === 'rgb' ? spans : spans.slice(0, 1)).filter(([low, high]) => low !== '' && high !== '');
  return {
    ...(mode === 'expression' ? { expression } : { bands: used.join(',') }),
    ...(pairs.length > 0 ? { rescale: pairs.map((pair) => pair.join(',')).join(';') } : {}),
    ...(mode !== 'rgb' && colormap ? { colormap } : {}),
  };
}

/** The same for a profile that is kept. */
function profileFrom(draft: Draft) {
  const spans = draft.mode === 'rgb' ? draft.spans : draft.spans.slice(0, 1);
  const type = draft.mode === 'gray' ? 'singleband' : draft.mode;
  return {
    type: type as 'rgb' | 'singleband' | 'expression',
    config: {
      ...(draft.mode === 'expression'
        ? { expression: draft.expression }
        : { bands: draft.bands.slice(0, draft.mode === 'rgb' ? 3 : 1) }),
      ...(spans.every(([low, high]) => low !== '' && high !== '')
        ? { rescale: spans.map((pair) => pair.map(Number)) }
        : {}),
      ...(draft.mode !== 'rgb' && draft.colormap ? { colormap: draft.colormap } : {}),
    },
  };
}

function BandLine({
  label,
  draft,
  n,
  asset,
  change,
}: {
  label: string;
  draft: Draft;
  n: number;
  asset: Asset;
  change: (draft: Draft) => void;
}) {
  const [low, high] = draft.spans[n] ?? ['', ''];
  const setSpan = (span: readonly [string, string]) =>
    change({ ...draft, spans: draft.spans.map((old, at) => (at === n ? span : old)) });
  const choose = (band: number) => {
    const bands = draft.bands.map((old, at) => (at === n ? band : old));
    change({
      ...draft,
      bands,
      spans: draft.spans.map((old, at) => (at === n ? (spansFor(asset, [band])[0] ?? old) : old)),
    });
  };
  return (
    <div class="band">
      {draft.mode !== 'expression' && (
        <select
          aria-label={label}
          value={String(draft.bands[n] ?? 1)}
          onChange={(event) => choose(Number(event.currentTarget.value))}
        >
          {bandNames(asset).map((name, at) => (
            <option key={at} value={String(at + 1)}>
              {name}
            </option>
          ))}
        </select>
      )}
      <input
        aria-label={`${label}: ${words.low}`}
        inputMode="decimal"
        value={low}
        onChange={(event) => setSpan([event.currentTarget.value, high])}
      />
      <input
        aria-label={`${label}: ${words.high}`}
        inputMode="decimal"
        value={high}
        onChange={(event) => setSpan([low, event.currentTarget.value])}
      />
    </div>
  );
}

function SaveDialog({
  item,
  draft,
  close,
  onSaved,
}: {
  item: string;
  draft: Draft;
  close: () => void;
  onSaved: () => void;
}) {
  const save = async (form: FormData) => {
    const is_default = form.get('default') !== null;
    await client.visualization.profile.create({
      item_id: item,
      name: String(form.get('name')),
      is_default,
      ...profileFrom(draft),
    });
    onSaved();
  };
  return (
    <FormDialog title={words.saveLook} action={words.save} close={close} submit={save}>
      <Field label={words.lookName}>
        <input name="name" required maxLength={255} autocomplete="off" />
      </Field>
      <label class="check">
        <input type="checkbox" name="default" /> {words.makeDefault}
      </label>
    </FormDialog>
  );
}

const modeNames: Record<Mode, string> = { rgb: words.rgb, gray: words.gray, expression: words.expression };

/** How the item is drawn: one of its saved looks, or bands, stretch and colours of one's own. */
export function LookPanel({ item, asset, profiles, look, onLook, onSaved }: LookPanelProps) {
  const [draft, setDraft] = useState(() => draftOf(asset, profiles, look));
  const [isSaving, setSaving] = useState(false);
  useEffect(() => setDraft(draftOf(asset, profiles, look)), [asset, profiles, look.profile]);
  const change = (next: Draft) => {
    setDraft(next);
    if (next.mode !== 'expression' || next.expression.trim()) onLook(lookFrom(next));
  };
  const setMode = (mode: Mode) => {
    const count = bandNames(asset).length;
    const bands = mode === 'rgb' ? (count >= 3 ? [1, 2, 3] : [1, 1, 1]) : [draft.bands[0] ?? 1];
    change({ ...draft, mode, bands, spans: mode === 'expression' ? [['-1', '1']] : spansFor(asset, bands) });
  };
  const chosen =
    look.profile ?? (Object.keys(look).length === 0 ? profiles.find((each) => each.is_default)?.id : undefined) ?? '';
  return (
    <section class="block">
      <h2>{words.look}</h2>
      {profiles.length > 0 && (
        <select
          aria-label={words.looks}
          value={chosen}
          onChange={(event) => onLook({ profile: event.currentTarget.value })}
        >
          {chosen === '' && <option value="">–</option>}
          {profiles.map((profile) => (
            <option key={profile.id} value={profile.id}>
              {profile.name}
            </option>
          ))}
        </select>
      )}
      <div class="modes" role="group" aria-label={words.look}>
        {modes.map((mode) => (
          <button
            key={mode}
            type="button"
            class="quiet small"
            aria-pressed={draft.mode === mode}
            onClick={() => setMode(mode)}
          >
            {modeNames[mode]}
          </button>
        ))}
      </div>
      {draft.mode === 'expression' && (
        <Field label={words.expression} hint={words.expressionHint}>
          <input
            value={draft.expression}
            spellcheck={false}
            autocomplete="off"
            onChange={(event) => change({ ...draft, expression: event.currentTarget.value })}
          />
        </Field>
      )}
      <p class="band-head soft">{words.stretch}</p>
      {draft.mode === 'rgb' ? (
        [words.red, words.green, words.blue].map((label, n) => (
          <BandLine key={label} label={label} n={n} draft={draft} asset={asset} change={change} />
        ))
      ) : (
        <BandLine label={modeNames[draft.mode]} n={0} draft={draft} asset={asset} change={change} />
      )}
      {draft.mode !== 'rgb' && (
        <select
          aria-label={words.colormap}
          value={draft.colormap}
          onChange={(event) => change({ ...draft, colormap: event.currentTarget.value })}
        >
          <option value="">{words.noColormap}</option>
          {colormaps.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      )}
      <button type="button" class="quiet small" onClick={() => setSaving(true)}>
        {words.saveLook}
      </button>
      {isSaving && <SaveDialog item={item} draft={draft} close={() => setSaving(false)} onSaved={onSaved} />}
    </section>
  );
}
