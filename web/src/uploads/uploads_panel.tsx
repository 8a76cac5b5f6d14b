import { useEffect, useRef } from 'preact/hooks';
import { Icon } from '../frame/icons.tsx';
import { text } from '../language/en.ts';
import { grouped } from './groups.ts';
import { enqueue, onArrival, uploadsOf } from './queue.ts';
import { Unfinished } from './unfinished.tsx';
import { UploadRow } from './upload_row.tsx';

const words = text.uploads;

function Chooser({ project, label, isFolder }: { project: string; label: string; isFolder: boolean }) {
  const input = useRef<HTMLInputElement>(null);
  const choose = () => {
    const chosen = [...(input.current?.files ?? [])].filter((file) => !file.name.startsWith('.'));
    for (const group of grouped(chosen.map((file) => ({ name: file.name, blob: file })))) enqueue(project, group);
    if (input.current) input.current.value = '';
  };
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        {...(isFolder ? { webkitdirectory: true } : {})}
        onChange={choose}
        aria-label={label}
      />
      <button type="button" class={isFolder ? 'quiet' : ''} onClick={() => input.current?.click()}>
        {!isFolder && <Icon name="upload" size={16} />} {label}
      </button>
    </>
  );
}

/** What is being uploaded into the project, and the way to begin. */
export function UploadsPanel({
  project,
  onArrived,
}: {
  project: string;
  onArrived: (items: readonly string[]) => void;
}) {
  const latest = useRef(onArrived);
  latest.current = onArrived;
  useEffect(() => onArrival((where, items) => where === project && latest.current(items)), [project]);
  const own = uploadsOf(project);
  return (
    <div class="uploads">
      <div class="buttons">
        <Chooser project={project} label={words.add} isFolder={false} />
        <Chooser project={project} label={words.addFolder} isFolder />
      </div>
      {own.length === 0 && (
        <p class="soft">
          {words.none}. {words.dropHint}.
        </p>
      )}
      <ul>
        {own.map((entry) => (
          <UploadRow key={entry.id} entry={entry} onShow={(items) => latest.current(items)} />
        ))}
      </ul>
      <Unfinished project={project} />
    </div>
  );
}
