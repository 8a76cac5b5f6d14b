import { useRef, useState } from 'preact/hooks';
import type { Item } from '../catalog/items.ts';
import { Field } from '../frame/dialog.tsx';
import { text } from '../language/en.ts';
import type { ProjectMap } from '../map/project_map.ts';
import { sentenceOf } from '../server/client.ts';
import { type Area, areaOfBox, boxOfArea, parseArea, sizeOf } from './area.ts';
import { ClipPanel } from './clip_panel.tsx';
import { StatisticsPanel } from './statistics_panel.tsx';

const words = text.area;
/** A file of an area is small; one that is not is something else. */
const mostBytes = 20 << 20;

interface AreaPanelProps {
  readonly item: Item;
  /** A formula that the picture shows, which is measured too. */
  readonly expression: string | undefined;
  readonly map: ProjectMap | undefined;
  readonly area: Area | undefined;
  readonly onArea: (area: Area | undefined) => void;
}

function Drawing({ map }: { map: ProjectMap }) {
  return (
    <>
      <p class="soft" role="status">
        {words.drawHint}
      </p>
      <div class="buttons">
        <button type="button" class="small" onClick={() => map.area.close()}>
          {words.done}
        </button>
        <button type="button" class="quiet small" onClick={() => map.area.giveUp()}>
          {text.cancel}
        </button>
      </div>
    </>
  );
}

/** An area of an item, drawn, typed or from a file: to cut out, and to measure. */
export function AreaPanel({ item, expression, map, area, onArea }: AreaPanelProps) {
  const [isDrawing, setDrawing] = useState(false);
  const [fault, setFault] = useState<string>();
  const [typed, setTyped] = useState('');
  const file = useRef<HTMLInputElement>(null);
  const take = (source: string) => {
    try {
      const found = parseArea(source);
      setFault(undefined);
      onArea(found);
      map?.fit(boxOfArea(found));
    } catch (error) {
      setFault(sentenceOf(error));
    }
  };
  const draw = () => {
    setFault(undefined);
    setDrawing(true);
    map?.area.begin((drawn) => {
      setDrawing(false);
      if (drawn) onArea(drawn);
    });
  };
  const read = (chosen: File | undefined) => {
    if (!chosen) return;
    if (chosen.size > mostBytes) setFault(words.tooLarge);
    else void chosen.text().then(take, (error: unknown) => setFault(sentenceOf(error)));
  };
  return (
    <section class="block">
      <h2>{words.title}</h2>
      {fault && (
        <p class="fault" role="alert">
          {fault}
        </p>
      )}
      {map && isDrawing ? (
        <Drawing map={map} />
      ) : (
        <>
          {!area && <p class="soft">{words.hint}</p>}
          <div class="buttons">
            <button type="button" class="quiet small" disabled={!map} onClick={draw}>
              {words.draw}
            </button>
            <button
              type="button"
              class="quiet small"
              disabled={!map}
              onClick={() => map && onArea(areaOfBox(map.view))}
            >
              {words.inView}
            </button>
            <button type="button" class="quiet small" onClick={() => file.current?.click()}>
              {words.upload}
            </button>
            <input
              ref={file}
              type="file"
              hidden
              aria-label={words.upload}
              accept=".geojson,.json,application/geo+json"
              onChange={({ currentTarget }) => (read(currentTarget.files?.[0]), (currentTarget.value = ''))}
            />
          </div>
          <details class="wide">
            <summary>{words.type}</summary>
            <form onSubmit={(event) => (event.preventDefault(), take(typed))}>
              <Field label={words.typed} hint={words.typedHint}>
                <textarea
                  rows={3}
                  spellcheck={false}
                  value={typed}
                  onInput={(event) => setTyped(event.currentTarget.value)}
                />
              </Field>
              <button type="submit" class="quiet small">
                {words.use}
              </button>
            </form>
          </details>
        </>
      )}
      {area && !isDrawing && (
        <>
          <p>
            <b>{words.size(sizeOf(area))}</b>{' '}
            <button type="button" class="quiet small" onClick={() => onArea(undefined)}>
              {words.remove}
            </button>
          </p>
          <ClipPanel item={item} area={area} onDone={() => map?.fit(boxOfArea(area))} />
          <StatisticsPanel item={item.id} area={area} expression={expression} />
        </>
      )}
    </section>
  );
}
