import type { Output } from 'landfall-sdk';
import { useState } from 'preact/hooks';
import { Fault } from '../frame/fault.tsx';
import { text } from '../language/en.ts';
import { client } from '../server/client.ts';
import { useLoaded } from '../server/loaded.ts';
import type { Area } from './area.ts';

const words = text.area;
const percentiles = [2, 25, 75, 98];
const bins = 32;
/** Larger areas are read coarser, so that an answer comes within seconds. */
const mostPixels = 4_000_000;
const height = 60;

type Band = Output<'items.statistics'>['features'][number]['bands'][number];

interface StatisticsPanelProps {
  readonly item: string;
  readonly area: Area;
  readonly expression: string | undefined;
}

function Histogram({ counts, edges }: { counts: readonly number[]; edges: readonly number[] }) {
  const highest = Math.max(1, ...counts);
  const [low, high] = [text.value(edges[0] ?? 0), text.value(edges.at(-1) ?? 0)];
  return (
    <figure class="wide bars">
      <svg
        viewBox={`0 0 ${counts.length} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={words.histogram(counts.length, low, high)}
      >
        {counts.map((count, n) => (
          <rect
            key={n}
            class="bar-of-time"
            x={n + 0.05}
            width={0.9}
            y={height - (count / highest) * height}
            height={(count / highest) * height}
          >
            <title>{`${text.value(edges[n] ?? 0)} – ${text.value(edges[n + 1] ?? 0)}: ${text.number(Math.round(count))}`}</title>
          </rect>
        ))}
      </svg>
      <figcaption>
        <small>{low}</small>
        <small>{high}</small>
      </figcaption>
    </figure>
  );
}

function Figures({ band }: { band: Band }) {
  const told: readonly (readonly [string, unknown])[] = [
    [words.figures.mean, band.mean],
    [words.figures.median, band.median],
    [words.figures.min, band.min],
    [words.figures.max, band.max],
    [words.figures.std, band.std],
    ...percentiles.map((each) => [words.percentile(each), band.percentiles[String(each)]] as const),
  ];
  return (
    <dl class="figures-of-area wide">
      {told.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{typeof value === 'number' ? text.value(value) : '–'}</dd>
        </div>
      ))}
      <div>
        <dt>{words.figures.count}</dt>
        <dd>{text.number(Math.round(band.count))}</dd>
      </div>
      <div>
        <dt>{words.figures.valid}</dt>
        <dd>{text.percent(band.valid_share)}</dd>
      </div>
    </dl>
  );
}

function Measured({ item, area, expression }: StatisticsPanelProps) {
  const [chosen, setChosen] = useState(0);
  const found = useLoaded(
    async (signal) => {
      const input = { item_id: item, geometry: { ...area }, percentiles, histogram_bins: bins, max_pixels: mostPixels };
      const asked = [
        ...(expression ? [client.items.statistics({ ...input, expression }, { signal })] : []),
        client.items.statistics(input, { signal }),
      ];
      const answers = await Promise.all(asked);
      return {
        bands: answers.flatMap(({ features }) => features.flatMap(({ bands }) => bands)),
        isApproximate: answers.some(({ approximate }) => approximate),
      };
    },
    [item, area, expression],
  );
  if (found.fault) return <Fault sentence={found.fault} again={found.again} />;
  if (!found.value) return <p class="soft">{words.measuring}</p>;
  const { bands, isApproximate } = found.value;
  const band = bands[chosen] ?? bands[0];
  if (!band) return null;
  return (
    <>
      {bands.length > 1 && (
        <select
          aria-label={words.band}
          value={String(chosen)}
          onChange={(event) => setChosen(Number(event.currentTarget.value))}
        >
          {bands.map(({ name }, n) => (
            <option key={n} value={String(n)}>
              {name === 'expression' ? expression : name}
            </option>
          ))}
        </select>
      )}
      {band.histogram && <Histogram {...band.histogram} />}
      <Figures band={band} />
      {isApproximate && <p class="soft">{words.approximate}</p>}
    </>
  );
}

/** What the values of an area are, band by band, when somebody wants to know. */
export function StatisticsPanel(props: StatisticsPanelProps) {
  const [isWanted, setWanted] = useState(false);
  return (
    <>
      <button type="button" class="quiet small" aria-pressed={isWanted} onClick={() => setWanted(!isWanted)}>
        {words.measure}
      </button>
      {isWanted && <Measured {...props} />}
    </>
  );
}
