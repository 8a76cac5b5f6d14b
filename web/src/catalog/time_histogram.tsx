import { useMemo, useRef, useState } from 'preact/hooks';
import { text } from '../language/en.ts';
import { type Item, timeOf } from './items.ts';

const bars = 40;
const height = 44;
const day = 86_400_000;

interface Span {
  readonly begin: number;
  readonly end: number;
  readonly counts: readonly number[];
}

/** How many items fall into each of equal spans; undefined where fewer than two moments are told. */
function countsOf(items: readonly Item[]): Span | undefined {
  const times = items.flatMap((item) => {
    const time = timeOf(item);
    return time ? [Date.parse(time)] : [];
  });
  let [begin, end] = [Infinity, -Infinity];
  for (const time of times) [begin, end] = [Math.min(begin, time), Math.max(end, time)];
  if (!(end - begin >= day)) return undefined;
  const counts = Array.from({ length: bars }, () => 0);
  for (const time of times) {
    const n = Math.min(bars - 1, Math.floor(((time - begin) / (end - begin)) * bars));
    counts[n] = (counts[n] ?? 0) + 1;
  }
  return { begin, end, counts };
}

const dayOf = (time: number) => new Date(time).toISOString().slice(0, 10);

interface TimeHistogramProps {
  readonly items: readonly Item[];
  readonly from: string;
  readonly to: string;
  readonly onChoose: (from: string, to: string) => void;
}

/** When items were taken, as bars over which one drags a span; two fields of dates do the same. */
export function TimeHistogram({ items, from, to, onChoose }: TimeHistogramProps) {
  const span = useMemo(() => countsOf(items), [items]);
  const picture = useRef<SVGSVGElement>(null);
  const [drag, setDrag] = useState<readonly [number, number]>();
  if (!span) return null;
  const { begin, end, counts } = span;
  const highest = Math.max(...counts);
  const shareAt = (event: PointerEvent) => {
    const box = (picture.current as SVGSVGElement).getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
  };
  const timeAt = (share: number) => begin + share * (end - begin);
  const shareOf = (date: string, otherwise: number) => (date ? (Date.parse(date) - begin) / (end - begin) : otherwise);
  const isChosen = from !== '' || to !== '';
  const chosen = drag ?? (isChosen ? [shareOf(from, 0), shareOf(to, 1) + day / (end - begin)] : undefined);
  const finish = () => {
    if (!drag) return;
    const [low, high] = [Math.min(...drag), Math.max(...drag)];
    setDrag(undefined);
    onChoose(high - low < 0.5 / bars ? '' : dayOf(timeAt(low)), high - low < 0.5 / bars ? '' : dayOf(timeAt(high)));
  };
  return (
    <svg
      ref={picture}
      class="histogram"
      viewBox={`0 0 ${bars} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={text.catalog.timeBars(bars)}
      onPointerDown={(event) => {
        (event.currentTarget as SVGSVGElement).setPointerCapture(event.pointerId);
        const share = shareAt(event);
        setDrag([share, share]);
      }}
      onPointerMove={(event) => drag && setDrag([drag[0], shareAt(event)])}
      onPointerUp={finish}
      onPointerCancel={() => setDrag(undefined)}
    >
      {chosen && (
        <rect
          class="brush"
          x={Math.max(0, Math.min(...chosen)) * bars}
          width={(Math.min(1, Math.max(...chosen)) - Math.max(0, Math.min(...chosen))) * bars}
          y={0}
          height={height}
        />
      )}
      {counts.map((count, n) => {
        const tall = count === 0 ? 0 : Math.max(2, (count / highest) * (height - 2));
        return <rect key={n} class="bar-of-time" x={n + 0.1} width={0.8} y={height - tall} height={tall} />;
      })}
    </svg>
  );
}
