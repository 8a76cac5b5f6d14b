import { useState } from 'preact/hooks';
import { Link } from '../frame/router.tsx';
import { tell } from '../frame/toasts.tsx';
import { text } from '../language/en.ts';
import { sentenceOf } from '../server/client.ts';
import { endJob, hasEnded, type Job, runAgain } from './job.ts';

const words = text.jobs;

function Results({ job }: { job: Job }) {
  const [first, ...rest] = job.output_item_ids;
  if (!first) return null;
  return (
    <p>
      {[first, ...rest].map((item, n) => (
        <Link key={item} to={`projects/${job.project_id}/items/${item}`}>
          {rest.length > 0 ? words.openResult(n + 1) : words.open}
        </Link>
      ))}
    </p>
  );
}

function Running({ job, name }: { job: Job; name: string }) {
  const facts = [
    job.stage ? (words.stages[job.stage] ?? job.stage.replaceAll('_', ' ')) : undefined,
    `${Math.round(job.progress * 100)} %`,
    job.eta_seconds != null ? text.uploads.left(job.eta_seconds) : undefined,
  ];
  return (
    <>
      <progress
        aria-label={text.uploads.progress(name)}
        max={1}
        {...(job.progress > 0 ? { value: job.progress } : {})}
      />
      <p class="soft">{facts.filter(Boolean).join(' · ')}</p>
    </>
  );
}

interface JobCardProps {
  readonly job: Job;
  readonly onChanged: () => void;
  /** It is off the list, where its results stay. */
  readonly onRemoved: () => void;
}

/** A job: how far it is or what came of it, and what may be done about it. */
export function JobCard({ job, onChanged, onRemoved }: JobCardProps) {
  const [isBusy, setBusy] = useState(false);
  const name = job.output_name ?? words.kinds[job.job_type] ?? job.job_type;
  const run = (act: (job: Job) => Promise<void>, then: () => void) => () => {
    setBusy(true);
    void act(job)
      .then(then, (error: unknown) => tell(sentenceOf(error)))
      .finally(() => setBusy(false));
  };
  const isOver = hasEnded(job);
  return (
    <article class="job" aria-label={name}>
      <div class="layer-line">
        <b class="layer-name">{name}</b>
        <span class={`status status-${job.status}`}>{words.status[job.status] ?? job.status}</span>
      </div>
      <p class="soft">
        {words.kinds[job.job_type] ?? job.job_type} · {text.moment(job.created_at)}
        {job.source_item_id && (
          <>
            {' · '}
            <Link to={`projects/${job.project_id}/items/${job.source_item_id}`}>{words.source}</Link>
          </>
        )}
      </p>
      {!isOver && <Running job={job} name={name} />}
      {job.error_message && (
        <p class="fault" role="alert">
          {job.error_message}
        </p>
      )}
      <Results job={job} />
      {job.log.length > 0 && (
        <details>
          <summary class="soft">{words.log}</summary>
          <ol class="log">
            {job.log.map((line, n) => (
              <li key={n}>{line}</li>
            ))}
          </ol>
        </details>
      )}
      <div class="buttons">
        {!isOver && (
          <button
            type="button"
            class="quiet small"
            aria-label={words.cancelOne(name)}
            disabled={isBusy}
            onClick={run(endJob, onChanged)}
          >
            {words.cancel}
          </button>
        )}
        {(job.status === 'failed' || job.status === 'cancelled') && (
          <button
            type="button"
            class="quiet small"
            aria-label={words.againOne(name)}
            disabled={isBusy}
            onClick={run(runAgain, onChanged)}
          >
            {words.again}
          </button>
        )}
        {isOver && (
          <button
            type="button"
            class="quiet small"
            aria-label={words.removeOne(name)}
            disabled={isBusy}
            onClick={run(endJob, onRemoved)}
          >
            {words.remove}
          </button>
        )}
      </div>
    </article>
  );
}
