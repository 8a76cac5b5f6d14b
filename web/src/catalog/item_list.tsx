import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Link } from '../frame/router.tsx';
import { text } from '../language/en.ts';
import { type Item, timeOf } from './items.ts';
import { Thumbnail } from './thumbnail.tsx';

const rowHeight = 76;
/** Rows beyond the edge that are there already. */
const ahead = 6;

interface ItemListProps {
  readonly project: string;
  readonly items: readonly Item[];
  readonly highlighted: string | undefined;
  readonly onHover: (item: string | undefined) => void;
}

function facts(item: Item): string {
  const time = timeOf(item);
  const words = [time ? text.day(time) : text.catalog.undated];
  if (item.gsd != null) words.push(text.catalog.resolution(item.gsd));
  if (item.cloud_cover != null) words.push(text.catalog.clouds(item.cloud_cover));
  if (!item.bbox) words.push(text.catalog.noPlace);
  return words.join(' · ');
}

/** A list of any length, of which only the rows in sight are there. */
export function ItemList({ project, items, highlighted, onHover }: ItemListProps) {
  const list = useRef<HTMLDivElement>(null);
  const [span, setSpan] = useState({ from: 0, to: 20 });
  const look = () => {
    const { scrollTop = 0, clientHeight = 0 } = list.current ?? {};
    const from = Math.max(0, Math.floor(scrollTop / rowHeight) - ahead);
    const to = Math.ceil((scrollTop + clientHeight) / rowHeight) + ahead;
    setSpan((before) => (before.from === from && before.to === to ? before : { from, to }));
  };
  useLayoutEffect(() => {
    look();
    const observer = new ResizeObserver(look);
    observer.observe(list.current as HTMLElement);
    return () => observer.disconnect();
  }, [items]);
  return (
    <div class="items" ref={list} onScroll={look}>
      <ul style={{ height: `${items.length * rowHeight}px` }}>
        {items.slice(span.from, span.to).map((item, n) => (
          <li
            key={item.id}
            style={{ top: `${(span.from + n) * rowHeight}px` }}
            class={item.id === highlighted ? 'row stressed' : 'row'}
            aria-setsize={items.length}
            aria-posinset={span.from + n + 1}
            onMouseEnter={() => onHover(item.id)}
            onMouseLeave={() => onHover(undefined)}
          >
            <Link to={`projects/${project}/items/${item.id}`} onFocus={() => onHover(item.id)}>
              <Thumbnail item={item} />
              <span class="row-text">
                <b>{item.name}</b>
                <span class="soft">{facts(item)}</span>
                <span class="soft">{text.types[item.type] ?? item.type}</span>
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </div>
  );
}
