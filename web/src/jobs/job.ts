import type { Output } from 'landfall-sdk';
import { useEffect, useState } from 'preact/hooks';
import { client, sentenceOf } from '../server/client.ts';

export type Job = Output<'processing.project_jobs.list'>['jobs'][number];

/** How often one looks at what is under way. */
export const paceMs = 1000;

export const hasEnded = ({ status }: Job): boolean => status !== 'pending' && status !== 'running';

/** A job as it goes, looked at until it has ended, and again with another turn; why it cannot be seen. */
export function useJob(id: string | undefined, turn: number): { job: Job | undefined; fault: string | undefined } {
  const [job, setJob] = useState<Job>();
  const [fault, setFault] = useState<string>();
  useEffect(() => {
    setFault(undefined);
    if (!id) return setJob(undefined);
    const controller = new AbortController();
    const { signal } = controller;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = () =>
      void client.processing.job.get({ job_id: id }, { signal }).then(
        (found) => {
          if (signal.aborted) return;
          setJob(found);
          if (!hasEnded(found)) timer = setTimeout(look, paceMs);
        },
        (error: unknown) => signal.aborted || setFault(sentenceOf(error)),
      );
    look();
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [id, turn]);
  return { job, fault };
}

/** Cancels a job that is under way, or takes one that has ended off the list. */
export const endJob = async ({ id }: Job): Promise<void> => {
  await client.processing.job.delete({ job_id: id });
};

/** Runs a job again that failed or was cancelled. */
export const runAgain = async ({ id }: Job): Promise<void> => {
  await client.processing.dispatch({ job_id: id });
};
