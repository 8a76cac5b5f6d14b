import { useState } from 'preact/hooks';
import { Field, FormDialog } from '../frame/dialog.tsx';
import { Fault } from '../frame/fault.tsx';
import { Icon } from '../frame/icons.tsx';
import { tell } from '../frame/toasts.tsx';
import { text } from '../language/en.ts';
import { client, sentenceOf } from '../server/client.ts';
import { type Layer, type Layers, uncollected } from './layers.ts';

const words = text.catalog;
const told = (promise: Promise<void>) => void promise.catch((error: unknown) => tell(sentenceOf(error)));

function LayerRow({ layer, place, layers }: { layer: Layer; place: number; layers: Layers }) {
  const isCollection = layer.id !== uncollected;
  const last = layers.collections.length - 1;
  return (
    <li
      class="layer"
      draggable={isCollection}
      onDragStart={(event) => event.dataTransfer?.setData('text/x-landfall-layer', layer.id)}
      onDragOver={(event) =>
        isCollection && event.dataTransfer?.types.includes('text/x-landfall-layer') && event.preventDefault()
      }
      onDrop={(event) => {
        const dropped = layers.layers.find((each) => each.id === event.dataTransfer?.getData('text/x-landfall-layer'));
        if (dropped) told(layers.move(dropped, place));
      }}
    >
      <div class="layer-line">
        <label class="check">
          <input
            type="checkbox"
            checked={layer.isShown}
            onChange={(event) => told(layers.change(layer, { isShown: event.currentTarget.checked }))}
          />
          <span class="layer-name">{layer.name}</span>
        </label>
        <span class="soft">{text.number(layer.count)}</span>
        {isCollection && (
          <>
            <button
              type="button"
              class="bare"
              disabled={place === 0}
              aria-label={words.up(layer.name)}
              onClick={() => told(layers.move(layer, place - 1))}
            >
              <Icon name="up" size={16} />
            </button>
            <button
              type="button"
              class="bare"
              disabled={place === last}
              aria-label={words.down(layer.name)}
              onClick={() => told(layers.move(layer, place + 1))}
            >
              <Icon name="down" size={16} />
            </button>
            <input
              type="color"
              aria-label={words.colour(layer.name)}
              value={layer.colour}
              onChange={(event) => told(layers.change(layer, { colour: event.currentTarget.value }))}
            />
          </>
        )}
      </div>
      <input
        type="range"
        min={0}
        max={100}
        value={Math.round(layer.opacity * 100)}
        aria-label={words.opacity(layer.name)}
        onInput={(event) => told(layers.change(layer, { opacity: Number(event.currentTarget.value) / 100 }))}
      />
    </li>
  );
}

/** The collections of the project as layers of the map, the uppermost first. */
export function LayersPanel({ project, layers }: { project: string; layers: Layers }) {
  const [isMaking, setMaking] = useState(false);
  const make = async (form: FormData) => {
    await client.collections.create({ project_id: project, name: String(form.get('name')) });
    layers.again();
  };
  return (
    <div class="layers">
      {layers.fault && <Fault sentence={layers.fault} again={layers.again} />}
      <ul>
        {layers.layers.map((layer, place) => (
          <LayerRow key={layer.id} layer={layer} place={place} layers={layers} />
        ))}
      </ul>
      <button type="button" class="quiet small" onClick={() => setMaking(true)}>
        <Icon name="plus" size={16} /> {words.newCollection}
      </button>
      {isMaking && (
        <FormDialog
          title={words.newCollection}
          action={text.projects.make}
          close={() => setMaking(false)}
          submit={make}
        >
          <Field label={words.collectionName}>
            <input name="name" required maxLength={255} autocomplete="off" />
          </Field>
        </FormDialog>
      )}
    </div>
  );
}
