import { useMemo, useState } from 'preact/hooks';
import { Icon } from '../frame/icons.tsx';
import { setQuery } from '../frame/router.tsx';
import { text } from '../language/en.ts';
import { filterNames, type Filters, filtered, isFiltered } from './filters.ts';
import type { Box, Collection, Item } from './items.ts';
import { TimeHistogram } from './time_histogram.tsx';

const words = text.catalog;

interface FiltersPanelProps {
  readonly filters: Filters;
  readonly items: readonly Item[];
  /** The items are too many to be looked through here. */
  readonly isVast: boolean;
  readonly collections: readonly Collection[];
  readonly view: Box | undefined;
}

function Choice({
  name,
  value,
  label,
  none,
  options,
}: {
  name: string;
  value: string;
  label: string;
  none: string;
  options: readonly (readonly [string, string])[];
}) {
  return (
    <select aria-label={label} value={value} onChange={(event) => setQuery({ [name]: event.currentTarget.value })}>
      <option value="">{none}</option>
      {options.map(([id, text]) => (
        <option key={id} value={id}>
          {text}
        </option>
      ))}
    </select>
  );
}

/** What is shown of the items: words always, everything else when it is wanted. */
export function FiltersPanel({ filters, items, isVast, collections, view }: FiltersPanelProps) {
  const [isOpen, setOpen] = useState(isFiltered({ ...filters, words: '' }));
  const types = useMemo(
    () => (isVast ? Object.keys(text.types) : [...new Set(items.map((item) => item.type as string))].toSorted()),
    [items, isVast],
  );
  const untimed = useMemo(() => filtered(items, { ...filters, from: '', to: '' }, view), [items, filters, view]);
  const hasClouds = useMemo(() => isVast || items.some((item) => item.cloud_cover != null), [items, isVast]);
  return (
    <div class="filters">
      <div class="filter-line">
        <input
          type="search"
          aria-label={words.search}
          placeholder={words.search}
          value={filters.words}
          onInput={(event) => setQuery({ q: event.currentTarget.value })}
        />
        <button
          type="button"
          class="bare"
          aria-label={words.filters}
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          <Icon name="filter" />
        </button>
      </div>
      {isOpen && (
        <div class="filter-more">
          <TimeHistogram
            items={untimed}
            from={filters.from}
            to={filters.to}
            onChoose={(from, to) => setQuery({ from, to })}
          />
          <div class="filter-line">
            <input
              type="date"
              aria-label={words.from}
              value={filters.from}
              onChange={(event) => setQuery({ from: event.currentTarget.value })}
            />
            <span aria-hidden="true">–</span>
            <input
              type="date"
              aria-label={words.to}
              value={filters.to}
              onChange={(event) => setQuery({ to: event.currentTarget.value })}
            />
          </div>
          <div class="filter-line">
            <Choice
              name="type"
              value={filters.type}
              label={words.type}
              none={words.anyType}
              options={types.map((type) => [type, text.types[type] ?? type])}
            />
            <Choice
              name="collection"
              value={filters.collection}
              label={words.collection}
              none={words.anyCollection}
              options={[
                ...collections.map((each) => [each.id, each.name] as const),
                ...(isVast ? [] : [['none', words.uncollected] as const]),
              ]}
            />
          </div>
          {hasClouds && (
            <label class="range">
              <span>{words.cloud(filters.cloud)}</span>
              <input
                type="range"
                min={0}
                max={100}
                step={5}
                value={filters.cloud}
                onInput={({ currentTarget: { value } }) => setQuery({ cloud: value === '100' ? undefined : value })}
              />
            </label>
          )}
          <label class="check">
            <input
              type="checkbox"
              checked={filters.isInView}
              onChange={(event) => setQuery({ view: event.currentTarget.checked ? '1' : undefined })}
            />
            {words.inView}
          </label>
        </div>
      )}
      {isFiltered(filters) && (
        <button
          type="button"
          class="quiet small"
          onClick={() => setQuery(Object.fromEntries(filterNames.map((name) => [name, undefined])))}
        >
          {words.clear}
        </button>
      )}
    </div>
  );
}
