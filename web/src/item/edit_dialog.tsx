import type { Collection, Item } from '../catalog/items.ts';
import { Field, FormDialog } from '../frame/dialog.tsx';
import { text } from '../language/en.ts';
import { client } from '../server/client.ts';

const words = text.item;

interface EditDialogProps {
  readonly item: Item;
  readonly collections: readonly Collection[];
  readonly close: () => void;
  readonly onSaved: () => void;
}

/** The field as it is wanted: undefined where it stays what it is, null where it is to be empty. */
function changed(form: FormData, name: string, before: string | null | undefined): string | null | undefined {
  const value = String(form.get(name)).trim();
  return value === (before ?? '') ? undefined : value || null;
}

/** Changes what people wrote of an item. */
export function EditDialog({ item, collections, close, onSaved }: EditDialogProps) {
  const save = async (form: FormData) => {
    const time = changed(form, 'datetime', item.datetime?.slice(0, 16));
    const name = changed(form, 'name', item.name);
    const description = changed(form, 'description', item.description);
    const collection = changed(form, 'collection', item.collection_id);
    await client.items.update({
      item_id: item.id,
      ...(name ? { name } : {}),
      ...(description === undefined ? {} : { description }),
      ...(collection === undefined ? {} : { collection_id: collection }),
      ...(time === undefined ? {} : { datetime: time === null ? null : `${time}:00Z` }),
    });
    onSaved();
  };
  return (
    <FormDialog title={words.edit} action={words.save} close={close} submit={save}>
      <Field label={words.name}>
        <input name="name" required maxLength={500} defaultValue={item.name} autocomplete="off" />
      </Field>
      <Field label={words.description}>
        <textarea name="description" rows={3} defaultValue={item.description ?? ''} />
      </Field>
      <Field label={`${words.date} (UTC)`}>
        <input name="datetime" type="datetime-local" defaultValue={item.datetime?.slice(0, 16) ?? ''} />
      </Field>
      <Field label={words.collection}>
        <select name="collection" defaultValue={item.collection_id ?? ''}>
          <option value="">{text.catalog.uncollected}</option>
          {collections.map(({ id, name }) => (
            <option key={id} value={id} selected={id === item.collection_id}>
              {name}
            </option>
          ))}
        </select>
      </Field>
    </FormDialog>
  );
}
