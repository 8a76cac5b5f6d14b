import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { setQuery } from '../frame/router.tsx';
import { text } from '../language/en.ts';
import { filesOf, grouped } from './groups.ts';
import { enqueue } from './queue.ts';

const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;

/** A page onto which files can be dropped anywhere, or pasted. */
export function DropZone({ project, children }: { project: string; children: ComponentChildren }) {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const take = (transfer: DataTransfer) =>
      void filesOf(transfer).then((files) => {
        if (files.length === 0) return;
        for (const group of grouped(files)) enqueue(project, group);
        setQuery({ tab: 'uploads' });
      });
    const paste = (event: ClipboardEvent) => event.clipboardData?.files.length && take(event.clipboardData);
    const over = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const leave = (event: DragEvent) => !event.relatedTarget && setOver(false);
    const drop = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(false);
      if (event.dataTransfer) take(event.dataTransfer);
    };
    addEventListener('paste', paste);
    addEventListener('dragover', over);
    addEventListener('dragleave', leave);
    addEventListener('drop', drop);
    return () => {
      removeEventListener('paste', paste);
      removeEventListener('dragover', over);
      removeEventListener('dragleave', leave);
      removeEventListener('drop', drop);
    };
  }, [project]);
  return (
    <>
      {children}
      {isOver && (
        <div class="drop">
          <p>
            <b>{text.uploads.drop}</b>
            {text.uploads.dropHint}
          </p>
        </div>
      )}
    </>
  );
}
