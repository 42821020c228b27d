/** Sessions on one annotation, with the server's side of it beside them; only network and browser are left out. */
import 'fake-indexeddb/auto';

import { expect, vi } from 'vitest';

import type { Image } from '../../src/api/types';
import { Session, type SessionInput } from '../../src/engine/session';
import { Outbox } from '../../src/engine/sync/outbox';
import { at } from './helpers';
import { LabelServer } from './labelServer';

export const WIDTH = 30;
export const HEIGHT = 20;

let serial = 0;

export class SessionBench {
  readonly server = new LabelServer(WIDTH, HEIGHT);
  private readonly opened: Session[] = [];

  private constructor(
    readonly annotation: string,
    readonly outbox: Outbox,
    private readonly depth: number,
  ) {}

  /** An empty picture of some slices, and a browser that has nothing of it yet. */
  static async make(depth: number): Promise<SessionBench> {
    const annotation = `annotation-${++serial}`;
    return new SessionBench(annotation, await Outbox.open(annotation), depth);
  }

  /** The page is opened; the labels of its slice are not here yet. */
  begin(input: Partial<SessionInput> = {}): Session {
    const { annotation, outbox, server } = this;
    const classes = [1, 2].map((index) => ({ id: index, index, name: `c${index}` }));
    const session = new Session(
      {
        image: imageOf(this.depth),
        sample: { region: null },
        annotation,
        objectClasses: Object.fromEntries(server.classes),
        classes: classes.map((one) => ({ ...one, color: '#ffffff', key: '' })),
        histogram: [],
        proposed: [],
        ...input,
      },
      { outbox, transport: server, log: server, fetcher: async () => null },
    );
    this.opened.push(session);
    return session;
  }

  /** The page is opened, and has the labels of all slices. */
  async open(input: Partial<SessionInput> = {}): Promise<Session> {
    const session = this.begin(input);
    await session.open();
    await allPlanes(session);
    return session;
  }

  close(): void {
    this.opened.splice(0).forEach((session) => session.dispose());
  }
}

export function allPlanes({ editor, source }: Session): Promise<void> {
  const slices = Array.from({ length: source.depth }, (_, z) => ({ t: 0, z }));
  return vi.waitFor(() => expect(slices.every((slice) => editor.hasPlane(slice))).toBe(true));
}

function imageOf(z: number): Image {
  return {
    id: 1,
    size: { t: 1, c: 1, z, y: HEIGHT, x: WIDTH },
    dtype: 'uint16',
    channels: [{ name: 'dapi', color: '#ffffff', low: 0, high: 100 }],
    levels: [{ y: HEIGHT, x: WIDTH }],
  } as unknown as Image;
}

/** The tab is closed, or the browser dies: nothing more is sent. */
export function leave(session: Session): void {
  session.sync.hold();
  session.dispose();
}

export function dot(session: Session, x: number, y: number): void {
  session.editor.radius = 1;
  session.toolbox.tool.down!(session.editor, at(x, y));
  session.toolbox.tool.up!(session.editor, at(x, y));
}
