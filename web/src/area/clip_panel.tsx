import { useEffect, useState } from 'preact/hooks';
import type { Item } from '../catalog/items.ts';
import { Field, FormDialog } from '../frame/dialog.tsx';
import { go } from '../frame/router.tsx';
import { tell } from '../frame/toasts.tsx';
import { JobCard } from '../jobs/job_card.tsx';
import { useJob } from '../jobs/job.ts';
import { text } from '../language/en.ts';
import { client } from '../server/client.ts';
import type { Area } from './area.ts';

const words = text.area;

/** Cuts an area out of an item, tells how far that is, and leads to what came of it. */
export function ClipPanel({ item, area, onDone }: { item: Item; area: Area; onDone: () => void }) {
  const [isAsking, setAsking] = useState(false);
  const [order, setOrder] = useState<{ readonly id: string; readonly turn: number }>();
  const { job, fault } = useJob(order?.id, order?.turn ?? 0);
  const made = job?.output_item_ids[0];
  useEffect(() => {
    if (job?.status !== 'completed' || !made) return;
    const open = () => go(`projects/${job.project_id}/items/${made}`);
    tell(words.clipped(job.output_name ?? item.name), { label: words.open, run: open });
    onDone();
  }, [job?.status, made]);
  const clip = async (form: FormData) => {
    const { job } = await client.clip.create_from_item({
      source_item_id: item.id,
      aoi_geometry: { ...area },
      output_name: String(form.get('name')).trim() || null,
    });
    setOrder({ id: job.id, turn: 0 });
  };
  return (
    <>
      <button type="button" class="small" onClick={() => setAsking(true)}>
        {words.clip}
      </button>
      {fault && <p class="fault">{fault}</p>}
      {job && order && (
        <JobCard
          job={job}
          onChanged={() => setOrder({ id: order.id, turn: order.turn + 1 })}
          onRemoved={() => setOrder(undefined)}
        />
      )}
      {isAsking && (
        <FormDialog title={words.clip} action={words.clipNow} close={() => setAsking(false)} submit={clip}>
          <p class="soft">{words.clipHint}</p>
          <Field label={text.item.name}>
            <input name="name" maxLength={255} autocomplete="off" defaultValue={words.clipName(item.name)} />
          </Field>
        </FormDialog>
      )}
    </>
  );
}
