import { useEffect, useState } from 'preact/hooks';
import { FormDialog, Field } from '../frame/dialog.tsx';
import { text } from '../language/en.ts';
import { client } from '../server/client.ts';
import { type Draft, draftOf, isStretched, lookFrom, type Mode, modes, profileFrom, spansFor } from './draft.ts';
import { type Asset, bandNames, colormaps, type Look, type Profile } from './look.ts';
import { TerrainFields } from './terrain_fields.tsx';
import { ToneFields } from './tone_fields.tsx';

const words = text.item;
interface LookPanelProps {
  readonly item: string;
  readonly asset: Asset;
  readonly profiles: readonly Profile[];
  readonly look: Look;
  readonly onLook: (look: Look) => void;
  readonly onSaved: () => void;
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
  const setSpan = (span: readonly [string, string]) => {
    const spans = [...draft.spans];
    spans[n] = span;
    change({ ...draft, spans });
  };
  const choose = (band: number) => {
    const bands = draft.bands.map((old, at) => (at === n ? band : old));
    const spans = draft.spans.map((old, at) => (at === n ? (spansFor(asset, [band])[0] ?? old) : old));
    change({ ...draft, bands, spans });
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
      {isStretched(draft) && (
        <>
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
        </>
      )}
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

const modeNames: Record<Mode, string> = {
  rgb: words.rgb,
  gray: words.gray,
  expression: words.expression,
  terrain: words.terrain,
};

/** The ways in which bands can be shown that this raster has: elevations are one band. */
function modesOf(asset: Asset, draft: Draft): readonly Mode[] {
  const count = bandNames(asset).length;
  return modes.filter(
    (mode) => mode === draft.mode || (mode === 'rgb' ? count > 1 : mode !== 'terrain' || count === 1),
  );
}

function spansIn(mode: Mode, asset: Asset, bands: readonly number[]): Draft['spans'] {
  return mode === 'expression' ? [['-1', '1']] : mode === 'terrain' ? [] : spansFor(asset, bands);
}

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
    change({ ...draft, mode, bands, spans: spansIn(mode, asset, bands) });
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
        {modesOf(asset, draft).map((mode) => (
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
        <Field label={words.expression} hint={words.expressionHint(bandNames(asset))}>
          <input
            value={draft.expression}
            spellcheck={false}
            autocomplete="off"
            onChange={(event) => change({ ...draft, expression: event.currentTarget.value })}
          />
        </Field>
      )}
      {draft.mode === 'terrain' && <TerrainFields draft={draft} asset={asset} change={change} />}
      {isStretched(draft) && <p class="band-head soft">{words.stretch}</p>}
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
          <option value="">{draft.mode === 'terrain' ? words.usualColours : words.noColormap}</option>
          {colormaps.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      )}
      <ToneFields draft={draft} change={change} />
      <button type="button" class="quiet small" onClick={() => setSaving(true)}>
        {words.saveLook}
      </button>
      {isSaving && <SaveDialog item={item} draft={draft} close={() => setSaving(false)} onSaved={onSaved} />}
    </section>
  );
}
