/** The few icons of the shell, drawn as 16 px strokes in the current colour. */
import type { ReactElement } from 'react';

const PATHS = {
  home: 'M2.5 7.5 8 3l5.5 4.5V13h-4V9.5h-3V13h-4z',
  overview: 'M2.5 13.5v-5h3v5zM6.5 13.5v-11h3v11zM10.5 13.5v-7h3v7z',
  annotate: 'M3 13l.7-3L10.5 3.2l2.3 2.3L6 12.3zM9 4.7l2.3 2.3',
  data: 'M2.5 3.5h11v9h-11zM2.5 10.5l3-3 2.5 2.5 2-2 3.5 3.5M10.6 6.2h.1',
  review: 'M2.5 8.5l3 3 8-8M2.5 13.5h11',
  models: 'M3 4.5h2.5M3 11.5h2.5M8 8h5M5.5 4.5 8 8l-2.5 3.5',
  members:
    'M6 8a2.3 2.3 0 1 0 0-4.6A2.3 2.3 0 0 0 6 8zM2 13.2c.3-2.3 1.9-3.4 4-3.4s3.7 1.1 4 3.4M10.5 3.6a2.2 2.2 0 0 1 0 4.2M11.6 10c1.4.4 2.2 1.5 2.4 3.2',
  settings: 'M2.5 4.5h6M11.5 4.5h2M2.5 11.5h2M7.5 11.5h6M10 3v3M6 10v3',
  account:
    'M8 8.2a2.7 2.7 0 1 0 0-5.4 2.7 2.7 0 0 0 0 5.4zM2.8 13.5c.5-2.5 2.5-3.7 5.2-3.7s4.7 1.2 5.2 3.7',
  signout: 'M6.5 2.5h-4v11h4M6.5 8h7M11 5.5 13.5 8 11 10.5',
  close: 'M4 4l8 8M12 4l-8 8',
  upload: 'M8 11V3M4.8 6 8 2.8 11.2 6M2.5 10.5v3h11v-3',
  check: 'M3 8.5l3.3 3.3L13 5',
  warn: 'M8 2.5 14 13H2zM8 6.5v3M8 11.3h.01',
  arrow: 'M3 8h10M9.5 4.5 13 8l-3.5 3.5',
  back: 'M13 8H3M6.5 4.5 3 8l3.5 3.5',
  plus: 'M8 3v10M3 8h10',
  crown: 'M2.5 12.5v-8L5.5 7 8 3l2.5 4 3-2.5v8z',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }): ReactElement {
  return (
    <svg
      width="16"
      height="16"
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.4"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}

/** The mark: a cell with its nucleus inside a loop. */
export function Mark(): ReactElement {
  return (
    <svg width="20" height="20" viewBox="0 0 20 20" fill="none" aria-hidden="true">
      <path
        d="M16.8 7.2A7.5 7.5 0 1 0 17.3 12"
        stroke="currentColor"
        strokeWidth="2"
        strokeLinecap="round"
      />
      <path d="M17.6 3.2v4.4h-4.4" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />
      <circle cx="9.6" cy="10.4" r="2.6" fill="currentColor" />
    </svg>
  );
}
