import type { Output } from 'landfall-sdk';
import { useRef, useState } from 'preact/hooks';
import { text } from '../language/en.ts';
import { client } from '../server/client.ts';
import { useLoaded } from '../server/loaded.ts';
import { enqueue, uploadsOf } from './queue.ts';

const words = text.uploads;
type Session = Output<'uploads.list'>['uploads'][number];

/** Sessions of the project that broke off and are not those of this tab. */
async function brokenOff(project: string, signal: AbortSignal): Promise<Session[]> {
  const found: Session[] = [];
  for (const status of ['pending', 'uploading'] as const) {
    const { uploads } = await client.uploads.list({ project_id: project, status, limit: 20 }, { signal });
    found.push(...uploads);
  }
  return found.filter((session) => session.files.length > 0);
}

function UnfinishedRow({ project, session, onChange }: { project: string; session: Session; onChange: () => void }) {
  const input = useRef<HTMLInputElement>(null);
  const [lacking, setLacking] = useState('');
  const names = session.files.map((file) => file.file_name);
  const choose = () => {
    const chosen = [...(input.current?.files ?? [])].map((file) => ({ name: file.name, blob: file }));
    const lacks = names.filter((name) => !chosen.some((file) => file.name === name));
    setLacking(lacks.join(', '));
    if (lacks.length > 0 || chosen.length === 0) return;
    enqueue(project, { name: names[0] ?? '', files: chosen }, session.id);
    onChange();
  };
  const give = () =>
    void client.uploads
      .fail({ upload_id: session.id, error_message: 'Given up in the console' })
      .then(onChange, onChange);
  return (
    <li class="upload">
      <b>{names.join(', ')}</b>
      <p class="soft">{text.moment(session.created_at)}</p>
      {lacking && <p class="fault">{words.lacks(lacking)}</p>}
      <input ref={input} type="file" multiple hidden onChange={choose} aria-label={words.choose} />
      <div class="buttons">
        <button type="button" class="quiet small" onClick={() => input.current?.click()}>
          {words.choose}
        </button>
        <button type="button" class="quiet small" onClick={give}>
          {words.give}
        </button>
      </div>
    </li>
  );
}

/** What was begun before the page was loaded again, or elsewhere. */
export function Unfinished({ project }: { project: string }) {
  const sessions = useLoaded((signal) => brokenOff(project, signal), [project]);
  const own = new Set(uploadsOf(project).map((entry) => entry.uploadId));
  const others = sessions.value?.filter((session) => !own.has(session.id)) ?? [];
  if (others.length === 0) return null;
  return (
    <section>
      <h2>{words.unfinished}</h2>
      <p class="soft">{words.unfinishedHint}</p>
      <ul>
        {others.map((session) => (
          <UnfinishedRow key={session.id} project={project} session={session} onChange={sessions.again} />
        ))}
      </ul>
    </section>
  );
}
