import type { ComponentType } from 'preact';
import { Notice } from '../frame/notice.tsx';
import { Link } from '../frame/router.tsx';
import { session } from '../frame/session.ts';
import { useTitle } from '../frame/title.ts';
import { text } from '../language/en.ts';
import { AuditPart } from './audit_part.tsx';
import { JobsPart } from './jobs_part.tsx';
import { KeysPart } from './keys_part.tsx';
import { MembersPart } from './members_part.tsx';
import { UsagePart } from './usage_part.tsx';

const words = text.organization;

/** What every part gets. */
export interface PartProps {
  readonly organization: string;
}

const parts: Readonly<Record<string, readonly [string, ComponentType<PartProps>]>> = {
  usage: [words.usage, UsagePart],
  jobs: [text.jobs.title, JobsPart],
  members: [words.members, MembersPart],
  keys: [words.keys, KeysPart],
  audit: [words.audit, AuditPart],
};

/** The organization that one works in: what it uses, who belongs to it, its keys, and what was done. */
export function OrganizationPage({ part }: { part: string }) {
  const [title, Part] = parts[part] ?? [];
  useTitle(title);
  const organization = session.value?.geopera_org_id;
  if (!organization) return <Notice title={words.none} />;
  if (!Part) return <Notice title={text.notFound} hint={text.notFoundHint} />;
  return (
    <div class="page">
      <nav class="tabs" aria-label={text.frame.organization}>
        {Object.entries(parts).map(([name, [label]]) => (
          <Link key={name} to={`organization/${name}`} aria-current={name === part ? 'page' : undefined}>
            {label}
          </Link>
        ))}
      </nav>
      <Part organization={organization} />
    </div>
  );
}
