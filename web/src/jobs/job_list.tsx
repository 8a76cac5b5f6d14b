import { useEffect, useState } from 'preact/hooks';
import { Fault } from '../frame/fault.tsx';
import { Notice } from '../frame/notice.tsx';
import { address, setQuery } from '../frame/router.tsx';
import { text } from '../language/en.ts';
import { sentenceOf } from '../server/client.ts';
import { hasEnded, type Job, paceMs } from './job.ts';
import { JobCard } from './job_card.tsx';

const words = text.jobs;
const statuses = ['pending', 'running', 'completed', 'failed', 'cancelled'] as const;
/** How often one looks for new jobs while nothing is under way. */
const restMs = 10_000;
const pageSize = 50;
const most = 1000;

interface Page {
  readonly jobs: readonly Job[];
  readonly total: number;
}

/** What of the jobs is wanted. */
export interface JobTerms {
  readonly status: string | null;
  readonly limit: number;
}

/** Finds jobs, the newest first. */
export type FindJobs = (terms: JobTerms, signal: AbortSignal) => Promise<Page>;

/** The jobs as they go; `find` must stay the same while the same is meant. */
function useJobs(find: FindJobs, status: string, limit: number) {
  const [page, setPage] = useState<Page>();
  const [fault, setFault] = useState<string>();
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = () =>
      void find({ status: status || null, limit }, signal).then(
        (found) => {
          if (signal.aborted) return;
          setFault(undefined);
          setPage(found);
          timer = setTimeout(look, found.jobs.every(hasEnded) ? restMs : paceMs);
        },
        (error: unknown) => signal.aborted || setFault(sentenceOf(error)),
      );
    look();
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [find, status, limit, turn]);
  return { page, fault, again: () => setTurn((before) => before + 1) };
}

/** Jobs with their progress, the newest first. */
export function JobList({ find }: { find: FindJobs }) {
  const status = address.value.query.get('status') ?? '';
  const [limit, setLimit] = useState(pageSize);
  const { page, fault, again } = useJobs(find, status, limit);
  return (
    <div class="jobs">
      <select
        class="narrow"
        aria-label={words.statusFilter}
        value={status}
        onChange={(event) => setQuery({ status: event.currentTarget.value })}
      >
        <option value="">{words.anyStatus}</option>
        {statuses.map((each) => (
          <option key={each} value={each}>
            {words.status[each]}
          </option>
        ))}
      </select>
      {fault && <Fault sentence={fault} again={again} />}
      {!page && !fault && <p class="loading">{text.loading}</p>}
      {page?.total === 0 && <Notice title={words.none} hint={status ? words.noneSuch : words.noneHint} />}
      {page?.jobs.map((job) => (
        <JobCard key={job.id} job={job} onChanged={again} onRemoved={again} />
      ))}
      {page && page.total > page.jobs.length && limit < most && (
        <button type="button" class="quiet" onClick={() => setLimit(Math.min(most, limit + 200))}>
          {text.organization.more}
        </button>
      )}
    </div>
  );
}
