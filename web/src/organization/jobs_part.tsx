import { useCallback } from 'preact/hooks';
import { type FindJobs, JobList } from '../jobs/job_list.tsx';
import { text } from '../language/en.ts';
import { client } from '../server/client.ts';
import type { PartProps } from './organization_page.tsx';

/** The jobs of all projects of the organization that one may read. */
export function JobsPart({ organization }: PartProps) {
  const find: FindJobs = useCallback((terms, signal) => client.processing.jobs.list(terms, { signal }), [organization]);
  return (
    <>
      <h1>{text.jobs.title}</h1>
      <JobList find={find} />
    </>
  );
}
