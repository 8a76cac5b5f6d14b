/** The icons, as paths of a 24 by 24 grid. */
const paths = {
  logo: 'M12 1a11 11 0 1 0 0 22a11 11 0 1 0 0-22M2 15c4-4 7 1 10-2s5-5 10-3',
  person: 'M12 12a4.5 4.5 0 1 0 0-9a4.5 4.5 0 0 0 0 9M3.5 21c.8-4 4-6 8.5-6s7.700 2 8.500 6',
  plus: 'M12 5v14M5 12h14',
  close: 'M6 6l12 12M18 6L6 18',
  up: 'M12 19V5M6 11l6-6l6 6',
  down: 'M12 5v14M6 13l6 6l6-6',
  pause: 'M8 5v14M16 5v14',
  play: 'M7 4l13 8l-13 8z',
  upload: 'M12 16V4M7 9l5-5l5 5M4 16v3a1.500 1.500 0 0 0 1.500 1.500h13a1.500 1.500 0 0 0 1.500-1.500v-3',
  download: 'M12 4v12M7 11l5 5l5-5M4 16v3a1.500 1.500 0 0 0 1.500 1.500h13a1.500 1.500 0 0 0 1.500-1.500v-3',
  image: 'M4 5h16v14H4zM4 16l5-5l4 4l3-3l4 4M15.500 9.500h.010',
  filter: 'M4 6h16M7 12h10M10 18h4',
  back: 'M19 12H5M11 6l-6 6l6 6',
  eye: 'M2 12c3-5 6.500-7 10-7s7 2 10 7c-3 5-6.500 7-10 7s-7-2-10-7M12 9a3 3 0 1 0 0 6a3 3 0 1 0 0-6',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
} as const;

export type IconName = keyof typeof paths;

/** One of the icons; says nothing to screen readers, so whatever holds it has a label. */
export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" width={size} height={size} aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}
