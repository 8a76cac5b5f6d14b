import { useState } from 'preact/hooks';
import { Fault } from '../frame/fault.tsx';
import { address, setQuery } from '../frame/router.tsx';
import { text } from '../language/en.ts';
import { client } from '../server/client.ts';
import { useLoaded } from '../server/loaded.ts';
import type { PartProps } from './organization_page.tsx';

const words = text.organization;
const pageSize = 50;

/** What was done in the organization, the newest first. */
export function AuditPart({ organization }: PartProps) {
  const operation = address.value.query.get('operation') ?? '';
  const [count, setCount] = useState(pageSize);
  const found = useLoaded(
    (signal) =>
      client.audit.list(
        { organization_id: organization, limit: Math.min(count, 1000), operation: operation.trim() || null },
        { signal },
      ),
    [organization, operation, count],
  );
  const { entries = [], total = 0 } = found.value ?? {};
  return (
    <>
      <div class="page-head">
        <h1>{words.audit}</h1>
        <input
          class="narrow"
          type="search"
          aria-label={words.filter}
          placeholder={words.filter}
          value={operation}
          onChange={(event) => setQuery({ operation: event.currentTarget.value })}
        />
      </div>
      {found.fault && <Fault sentence={found.fault} again={found.again} />}
      <div class="table">
        <table>
          <thead>
            <tr>
              <th>{words.when}</th>
              <th>{words.what}</th>
              <th>{words.who}</th>
              <th>{words.outcome}</th>
              <th>{words.from}</th>
            </tr>
          </thead>
          <tbody>
            {entries.map((entry) => (
              <tr key={entry.id}>
                <td>{text.moment(entry.at)}</td>
                <td>
                  {entry.operation}
                  {entry.count > 1 && <span class="soft"> × {text.number(entry.count)}</span>}
                </td>
                <td class="soft">{entry.principal_id}</td>
                <td>{entry.outcome}</td>
                <td class="soft">{entry.ip}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {total > entries.length && (
        <button type="button" class="quiet" onClick={() => setCount(count + 200)}>
          {words.more}
        </button>
      )}
    </>
  );
}
