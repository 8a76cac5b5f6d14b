import type { Output } from 'landfall-sdk';
import { Fault } from '../frame/fault.tsx';
import { address, setQuery } from '../frame/router.tsx';
import { text } from '../language/en.ts';
import { client } from '../server/client.ts';
import { useLoaded } from '../server/loaded.ts';
import type { PartProps } from './organization_page.tsx';
import { Retention } from './retention.tsx';

const words = text.organization;
const ways = ['project', 'user', 'key', 'item'] as const;
type Way = (typeof ways)[number];
type Month = Output<'usage.history'>['months'][number];

function Figure({
  label,
  value,
  hint,
  share,
}: {
  label: string;
  value: string;
  hint?: string | undefined;
  share?: number | undefined;
}) {
  return (
    <div class="figure">
      <h2>{label}</h2>
      <p class="value">{value}</p>
      {share !== undefined && <meter min={0} max={1} high={0.9} value={share} aria-label={label} />}
      {hint && <p class="soft">{hint}</p>}
    </div>
  );
}

function Chart({
  label,
  months,
  of,
  print,
}: {
  label: string;
  months: readonly Month[];
  of: (month: Month) => number;
  print: (value: number) => string;
}) {
  const highest = Math.max(1, ...months.map(of));
  return (
    <figure class="chart">
      <figcaption>{label}</figcaption>
      <div class="columns">
        {months.map((month) => (
          <div key={month.month} title={`${month.month}: ${print(of(month))}`}>
            <span class="column" style={{ height: `${(of(month) / highest) * 100}%` }} />
            <small>{text.month(month.month)}</small>
            <span class="unseen">{print(of(month))}</span>
          </div>
        ))}
      </div>
    </figure>
  );
}

function Breakdown({ organization }: PartProps) {
  const wished = address.value.query.get('by') ?? 'project';
  const by: Way = (ways as readonly string[]).includes(wished) ? (wished as Way) : 'project';
  const shares = useLoaded(
    (signal) => client.usage.breakdown({ organization_id: organization, by, limit: 50 }, { signal }),
    [organization, by],
  );
  return (
    <section>
      <div class="page-head">
        <h2>{words.by}</h2>
        <select
          class="narrow"
          aria-label={words.by}
          value={by}
          onChange={(event) => setQuery({ by: event.currentTarget.value })}
        >
          {ways.map((way) => (
            <option key={way} value={way}>
              {words.byWhat[way]}
            </option>
          ))}
        </select>
      </div>
      {shares.fault && <Fault sentence={shares.fault} again={shares.again} />}
      <div class="table">
        <table>
          <thead>
            <tr>
              <th>{words.column.name}</th>
              <th class="amount">{words.column.storage}</th>
              <th class="amount">{words.column.egress}</th>
              <th class="amount">{words.column.tiles}</th>
            </tr>
          </thead>
          <tbody>
            {shares.value?.rows.map((row) => (
              <tr key={row.id}>
                <td>{row.name ?? words.gone}</td>
                <td class="amount">{text.bytes(row.storage_bytes)}</td>
                <td class="amount">{text.bytes(row.egress_bytes)}</td>
                <td class="amount">{text.number(row.tiles)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** What the organization uses: now, by month, and who of it. */
export function UsagePart({ organization }: PartProps) {
  const usage = useLoaded(
    async (signal) => {
      const input = { organization_id: organization };
      return Promise.all([
        client.usage.current(input, { signal }),
        client.usage.history({ ...input, months: 12 }, { signal }),
      ]);
    },
    [organization],
  );
  if (usage.fault) return <Fault sentence={usage.fault} again={usage.again} />;
  if (!usage.value) return <p class="loading">{text.loading}</p>;
  const [now, { months }] = usage.value;
  const { used_bytes: used, reserved_bytes: reserved, quota_bytes: quota } = now.storage;
  return (
    <>
      <h1>{words.usage}</h1>
      <div class="figures">
        <Figure
          label={words.storage}
          value={text.bytes(used)}
          share={quota == null || quota === 0 ? undefined : used / quota}
          hint={[
            quota == null ? words.unlimited : words.ofQuota(text.bytes(quota)),
            reserved > 0 && words.reserved(text.bytes(reserved)),
            now.renditions.bytes > 0 && words.renditions(text.bytes(now.renditions.bytes)),
          ]
            .filter(Boolean)
            .join('; ')}
        />
        <Figure label={words.catalogSize} value={text.bytes(now.catalog.used_bytes)} />
        <Figure label={words.tiles} value={text.number(now.tiles.requests)} />
        <Figure label={words.egress} value={text.bytes(now.egress.bytes)} />
      </div>
      <h2>{words.months}</h2>
      <div class="figures">
        <Chart label={words.storage} months={months} of={(month) => month.peak_storage_bytes} print={text.bytes} />
        <Chart label={words.column.tiles} months={months} of={(month) => month.tile_requests} print={text.number} />
        <Chart label={words.column.egress} months={months} of={(month) => month.egress_bytes} print={text.bytes} />
      </div>
      <Breakdown organization={organization} />
      <Retention organization={organization} />
    </>
  );
}
