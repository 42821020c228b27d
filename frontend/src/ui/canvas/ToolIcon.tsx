/** Icons of the tools, 18 px strokes in the current colour. */
import type { ReactElement } from 'react';

import type { ToolName } from '../../engine/tools';

const PATHS: Record<ToolName, string> = {
  brush:
    'M14.5 2.5 8 9.5M9.8 11.2 8 9.5c-2-.6-3.7.4-4 2.3-.2 1.3-.8 2-1.8 2.6 2.7 1.2 6 .6 6.9-1.4.3-.6.5-1.2.7-1.8zM15.5 3.5l-5.7 7.7',
  eraser: 'M7 14.5h8M3.2 11.3l7.5-7.6 4 4-6.6 6.8H5.6zM7 7.5l4 4',
  polygon:
    'M4 6.5 9.5 3l5 4.5-2 7H5.5zM3 5.5h2v2H3zM8.5 2h2v2h-2zM13.5 6.5h2v2h-2zM11.5 13.5h2v2h-2zM4.5 13.5h2v2h-2z',
  lasso:
    'M9 3c3.6 0 6.5 1.9 6.5 4.3S12.6 11.6 9 11.6s-6.5-2-6.5-4.3S5.4 3 9 3zM5.8 11c-1.5.4-2 1.9-.9 2.7 1 .7 1.1 1.5.3 2.3',
  ellipse: 'M4 14A7.07 4 -45 0 1 14 4 7.07 4 -45 0 1 4 14zM4 14 14 4',
  box: 'M4 5h10v8H4zM3 4h2v2H3zM13 12h2v2h-2z',
  point: 'M9 4.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM9 2v2.5M9 13.5V16M2 9h2.5M13.5 9H16M9 8.9v.2',
  fill: 'M8.5 3 3 8.5 8.5 14 14 8.5zM3.5 9h10M8.5 3 6.5 1M15.3 11.5c.8 1.2 1.2 1.9 1.2 2.5a1.2 1.2 0 0 1-2.4 0c0-.6.4-1.3 1.2-2.5z',
  wand: 'M3 15 10.5 7.5M12.500 2v3M12.500 8v2.500M9.500 5.500H7.500M17 5.500h-2.500M15.500 2.500 14 4M9.500 2.500 11 4M15.500 8.500 14 7',
  threshold:
    'M2.5 15h13M2.5 15c3 0 3-8.500 5-8.500S9.500 12 11 12s1.500-3 4.500-3M10 2v10.500M8.500 3.500 10 2l1.500 1.500',
  click:
    'M9 1.500v3M9 13.500v3M1.500 9h3M13.500 9h3M9 6.200c1.800 0 3 1.200 3 2.800s-1.300 2.800-3 2.800S6 10.600 6 9s1.200-2.800 3-2.800z',
  merge:
    'M2.5 9a3.5 3.5 0 0 1 3.5-3.5h6a3.5 3.5 0 0 1 0 7H6A3.5 3.5 0 0 1 2.5 9zM9 7.2v3.6M7.2 9h3.6',
  split: 'M7.5 5H6a4 4 0 0 0 0 8h1.5M10.5 5H12a4 4 0 0 1 0 8h-1.5M10.5 2 7.5 16',
  delete: 'M3.5 5h11M7 5V3h4v2M5 5l.7 10h6.6L13 5M7.7 7.5v5M10.3 7.5v5',
  classify: 'M3 3h6l6.5 6.5-6 6L3 9zM6 5.9v.2',
  select: 'M4 2.5 14 9l-4.7.9L7 14.5z',
  pan: 'M9 2v14M2 9h14M9 2 7 4M9 2l2 2M9 16l-2-2M9 16l2-2M2 9l2-2M2 9l2 2M16 9l-2-2M16 9l-2 2',
};

export function ToolIcon({ name }: { name: ToolName }): ReactElement {
  return (
    <svg
      width="20"
      height="20"
      viewBox="0 0 18 18"
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
