import { useState } from 'preact/hooks';
import { Field, FormDialog } from '../frame/dialog.tsx';
import { text } from '../language/en.ts';
import { client } from '../server/client.ts';
import { useLoaded } from '../server/loaded.ts';
import type { PartProps } from './organization_page.tsx';

const words = text.organization;

/** How long items are kept, and the way to change it. */
export function Retention({ organization }: PartProps) {
  const [isOpen, setOpen] = useState(false);
  const found = useLoaded(
    (signal) => client.organizations.get({ organization_id: organization }, { signal }),
    [organization],
  );
  if (!found.value) return null;
  const days = found.value.retention_days;
  const save = async (form: FormData) => {
    const wanted = String(form.get('days')).trim();
    await client.organizations.update({
      organization_id: organization,
      retention_days: wanted ? Number(wanted) : null,
    });
    found.again();
  };
  return (
    <section>
      <div class="page-head">
        <div>
          <h2>{words.retention}</h2>
          <p class="soft">{days == null ? words.keptForGood : words.keptFor(days)}</p>
        </div>
        <button type="button" class="quiet small" onClick={() => setOpen(true)}>
          {words.changeRetention}
        </button>
      </div>
      {isOpen && (
        <FormDialog title={words.retention} action={text.item.save} close={() => setOpen(false)} submit={save}>
          <Field label={words.days} hint={words.retentionHint}>
            <input name="days" type="number" min={1} max={36_500} defaultValue={days == null ? '' : String(days)} />
          </Field>
        </FormDialog>
      )}
    </section>
  );
}
