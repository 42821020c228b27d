/** Plays a movie or runs through a stack, never faster than its pictures arrive. */
export type PlayMode = 'loop' | 'bounce' | 'once';
export type PlayAxis = 't' | 'z';
export type Direction = 1 | -1;

export const SLOWEST_FPS = 1;
export const FASTEST_FPS = 30;

/** Where the next picture is, and which way it goes on from there; null at the end. */
export function nextIndex(
  at: number,
  direction: Direction,
  count: number,
  mode: PlayMode,
): { at: number; direction: Direction } | null {
  const next = at + direction;
  if (count < 2) return null;
  if (next >= 0 && next < count) return { at: next, direction };
  if (mode === 'once') return null;
  if (mode === 'loop') return { at: direction > 0 ? 0 : count - 1, direction };
  return { at: at - direction, direction: direction > 0 ? -1 : 1 };
}

export interface PlaybackParts {
  count(axis: PlayAxis): number;
  at(axis: PlayAxis): number;
  go(axis: PlayAxis, index: number): void;
  /** Begin to load a picture; answers true when it is there. */
  ready(axis: PlayAxis, index: number): boolean;
  changed(): void;
}

/** Pictures loaded ahead. */
const AHEAD = 3;
const LOOK_AGAIN_MS = 30;
/** A picture that does not come must not stop the movie for good. */
const LONGEST_WAIT_MS = 3000;

export class Playback {
  playing = false;
  fps = 8;
  mode: PlayMode = 'loop';
  private chosen: PlayAxis | null = null;
  private direction: Direction = 1;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly parts: PlaybackParts) {}

  /** Time where there is any, else depth. */
  get axis(): PlayAxis {
    return this.chosen ?? (this.parts.count('t') > 1 ? 't' : 'z');
  }

  get possible(): boolean {
    return this.parts.count(this.axis) > 1;
  }

  toggle(): void {
    if (this.playing) this.stop();
    else this.play();
  }

  play(): void {
    if (this.playing || !this.possible) return;
    this.playing = true;
    this.direction = 1;
    const { axis, parts } = this;
    // From the end, playing once begins anew.
    if (this.mode === 'once' && parts.at(axis) === parts.count(axis) - 1) parts.go(axis, 0);
    this.schedule();
    parts.changed();
  }

  stop(): void {
    clearTimeout(this.timer);
    if (!this.playing) return;
    this.playing = false;
    this.parts.changed();
  }

  set(change: { fps?: number; mode?: PlayMode; axis?: PlayAxis }): void {
    if (change.fps !== undefined) {
      this.fps = Math.min(FASTEST_FPS, Math.max(SLOWEST_FPS, change.fps));
    }
    this.mode = change.mode ?? this.mode;
    this.chosen = change.axis ?? this.chosen;
    this.parts.changed();
  }

  private schedule(): void {
    const due = Date.now() + 1000 / this.fps;
    this.timer = setTimeout(() => this.step(due), 1000 / this.fps);
  }

  private step(due: number): void {
    const { axis, parts, mode } = this;
    const count = parts.count(axis);
    const next = nextIndex(parts.at(axis), this.direction, count, mode);
    if (!next) {
      this.stop();
      return;
    }
    if (!parts.ready(axis, next.at) && Date.now() - due < LONGEST_WAIT_MS) {
      this.timer = setTimeout(() => this.step(due), LOOK_AGAIN_MS);
      return;
    }
    this.direction = next.direction;
    parts.go(axis, next.at);
    this.loadAhead(next, count);
    this.schedule();
  }

  private loadAhead(from: { at: number; direction: Direction }, count: number): void {
    let place: { at: number; direction: Direction } | null = from;
    for (let i = 0; i < AHEAD && place; i++) {
      place = nextIndex(place.at, place.direction, count, this.mode);
      if (place) this.parts.ready(this.axis, place.at);
    }
  }
}
