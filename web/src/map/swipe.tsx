import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Item } from '../catalog/items.ts';
import { text } from '../language/en.ts';
import { MapPane } from './map_pane.tsx';
import type { Picture, Place, ProjectMap } from './project_map.ts';

const outline = () => '#7048e8';
const ignore = () => {};
const stepPercent = 5;

interface SwipeProps {
  /** The map below, which it moves with. */
  readonly map: ProjectMap;
  readonly left: string;
  readonly item: Item;
  readonly picture: Picture | undefined;
  readonly onPoint: (at: Place | undefined) => void;
}

/** A second map above another, right of a line that one drags over both. */
export function Swipe({ map, left, item, picture, onPoint }: SwipeProps) {
  const [percent, setPercent] = useState(50);
  const [upper, setUpper] = useState<ProjectMap>();
  const place = useRef<HTMLDivElement>(null);
  const items = useMemo(() => [item], [item]);
  const pictures = useMemo(() => (picture ? [picture] : []), [picture]);
  useEffect(() => (upper ? map.tie(upper) : undefined), [map, upper]);
  const move = (to: number) => setPercent(Math.min(100, Math.max(0, to)));
  const follow = (event: PointerEvent) => {
    const box = (place.current as HTMLDivElement).getBoundingClientRect();
    move(((event.clientX - box.left) / box.width) * 100);
  };
  const press = (event: KeyboardEvent) => {
    const steps: Readonly<Record<string, number>> = {
      ArrowLeft: percent - stepPercent,
      ArrowRight: percent + stepPercent,
      Home: 0,
      End: 100,
    };
    const to = steps[event.key];
    if (to === undefined) return;
    event.preventDefault();
    move(to);
  };
  return (
    <div class="swipe" ref={place}>
      <div class="swipe-map" style={{ clipPath: `inset(0 0 0 ${percent}%)` }}>
        <MapPane
          items={items}
          colourOf={outline}
          pictures={pictures}
          highlighted={undefined}
          at={map.view}
          events={{ onMove: ignore, onHover: ignore, onOpen: ignore, onPoint }}
          onReady={setUpper}
        />
      </div>
      <span class="swipe-name swipe-left" style={{ right: `${100 - percent}%` }}>
        {left}
      </span>
      <span class="swipe-name" style={{ left: `${percent}%` }}>
        {item.name}
      </span>
      <div
        class="swipe-line"
        role="slider"
        tabIndex={0}
        aria-label={text.map.swipe}
        aria-orientation="horizontal"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(percent)}
        style={{ left: `${percent}%` }}
        onKeyDown={press}
        onPointerDown={(event) => (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId)}
        onPointerMove={(event) => event.buttons > 0 && follow(event)}
      />
    </div>
  );
}
