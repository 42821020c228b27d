import { beforeEach, describe, expect, it } from 'vitest';

import { listenToPointer, type PointerHost, type PointerView } from '../../src/engine/view/pointer';
import type { Tool } from '../../src/engine/tools';

/** What tool and view were told, in order. */
let told: string[];
let target: HTMLCanvasElement;
let host: PointerHost & { tool: Tool; picks: boolean };

function press(type: string, id: number, x: number, y: number, more: PointerEventInit = {}): void {
  const event = new Event(type) as unknown as PointerEvent;
  const values = {
    ...{ pointerId: id, pointerType: 'touch', button: 0, buttons: 1, offsetX: x, offsetY: y },
    ...{ shiftKey: false, altKey: false, getCoalescedEvents: () => [] },
    ...more,
  };
  for (const [name, value] of Object.entries(values)) Object.defineProperty(event, name, { value });
  target.dispatchEvent(event);
}

beforeEach(() => {
  told = [];
  target = document.createElement('canvas');
  target.setPointerCapture = () => undefined;
  const at = (name: string) => (_: unknown, point: { x: number; y: number }) =>
    void told.push(`${name} ${point.x},${point.y}`);
  const tool = {
    name: 'brush',
    down: at('down'),
    up: at('up'),
    move: (_: unknown, point: { x: number }, pressed: boolean) =>
      pressed ? void told.push(`paint ${point.x}`) : undefined,
    cancel: () => void told.push('cancel'),
  } as unknown as Tool;
  host = {
    ...({ editor: {}, tool, busy: false, picks: false } as unknown as PointerHost),
    tool,
    picks: false,
    active: () => undefined,
    turn: () => undefined,
    hover: () => undefined,
    pick: ({ x, y }) => void told.push(`pick ${x},${y}`),
    turnPlane: (step) => void told.push(`plane ${step}`),
    begin: () => undefined,
    flip: () => undefined,
    pointerTakes: () => undefined,
  };
  const viewport = {
    overlay: target,
    ...{ ratio: 1, zoom: 1, draw: () => undefined },
    imagePoint: ({ offsetX, offsetY }: PointerEvent) => ({ x: offsetX, y: offsetY }),
    pan: (dx: number, dy: number) => void told.push(`pan ${dx},${dy}`),
    zoomBy: (factor: number, { x, y }: { x: number; y: number }) =>
      void told.push(`zoom ${factor} at ${x},${y}`),
  } as unknown as PointerView;
  listenToPointer(viewport, host);
});

describe('touch', () => {
  it('draws with one finger once it moves', () => {
    press('pointerdown', 1, 10, 10);
    expect(told).toEqual([]);
    press('pointermove', 1, 13, 10);
    press('pointermove', 1, 20, 10);
    press('pointerup', 1, 20, 10);
    expect(told).toEqual(['down 10,10', 'paint 20', 'up 20,10']);
  });

  it('takes a tap for a click', () => {
    press('pointerdown', 1, 10, 10);
    press('pointerup', 1, 11, 10);
    expect(told).toEqual(['down 10,10', 'up 11,10']);
  });

  it('zooms and moves the view with two fingers, without a word to the tool', () => {
    press('pointerdown', 1, 100, 100);
    press('pointerdown', 2, 200, 100);
    press('pointermove', 2, 300, 100);
    expect(told).toEqual(['pan 50,0', 'zoom 2 at 200,100']);
    press('pointerup', 1, 100, 100);
    press('pointermove', 2, 310, 120);
    press('pointerup', 2, 310, 120);
    expect(told).toHaveLength(2);
    press('pointerdown', 1, 5, 5);
    press('pointerup', 1, 5, 5);
    expect(told.slice(2)).toEqual(['down 5,5', 'up 5,5']);
  });

  it('takes an unfinished stroke back when the second finger lands', () => {
    press('pointerdown', 1, 10, 10);
    press('pointermove', 1, 30, 10);
    press('pointerdown', 2, 60, 10);
    press('pointerup', 2, 60, 10);
    press('pointermove', 1, 90, 10);
    press('pointerup', 1, 90, 10);
    expect(told).toEqual(['down 10,10', 'paint 30', 'cancel']);
  });

  it('takes back the last press only, where a tool knows how', () => {
    Object.assign(host.tool, { abort: () => void told.push('abort') });
    press('pointerdown', 1, 10, 10);
    press('pointermove', 1, 30, 10);
    press('pointerdown', 2, 60, 10);
    expect(told.at(-1)).toBe('abort');
  });

  it('moves the picture once a pen draws', () => {
    press('pointerdown', 7, 1, 1, { pointerType: 'pen' });
    press('pointerup', 7, 1, 1, { pointerType: 'pen' });
    expect(told).toEqual(['down 1,1', 'up 1,1']);
    press('pointerdown', 1, 10, 10);
    press('pointermove', 1, 15, 18);
    expect(told.slice(2)).toEqual(['pan 5,8']);
  });
});

describe('mouse', () => {
  const mouse = { pointerType: 'mouse' };

  it('keeps a stroke that the system takes away', () => {
    press('pointerdown', 1, 10, 10, mouse);
    press('pointercancel', 1, 12, 10, mouse);
    press('lostpointercapture', 1, 12, 10, mouse);
    expect(told).toEqual(['down 10,10', 'up 12,10']);
  });

  it('chooses a place with Alt held, where places can be chosen', () => {
    press('pointerdown', 1, 10, 10, { ...mouse, altKey: true });
    press('pointerup', 1, 10, 10, mouse);
    expect(told).toEqual(['down 10,10', 'up 10,10']);
    host.picks = true;
    press('pointerdown', 1, 10, 10, { ...mouse, altKey: true });
    press('pointermove', 1, 15, 18, mouse);
    press('pointerup', 1, 15, 18, mouse);
    expect(told.slice(2)).toEqual(['pick 10,10', 'pick 15,18']);
  });

  it('clicks with a tool that moves the view', () => {
    Object.assign(host.tool, { pans: true });
    press('pointerdown', 1, 10, 10, mouse);
    press('pointerup', 1, 10, 10, mouse);
    press('pointerdown', 1, 10, 10, mouse);
    press('pointermove', 1, 20, 10, mouse);
    press('pointerup', 1, 20, 10, mouse);
    expect(told).toEqual(['down 10,10', 'pick 10,10', 'pan 10,0']);
  });
});
