import { describe, expect, it, vi } from 'vitest';

import type { Image } from '../../src/api/types';
import { Channels } from '../../src/engine/image/channels';
import type { ChannelHistogram } from '../../src/engine/image/contrast';
import type { PictureLook } from '../../src/engine/image/look';
import { LookKeeper } from '../../src/engine/image/lookKeeper';
import { warmUp } from '../../src/engine/image/nextImage';
import { ZarrImage } from '../../src/engine/image/zarr';

const histogram = (high: number): ChannelHistogram => ({
  ...{ low: 0, high, bins: new Array<number>(10).fill(100) },
});

function channelsOf(dtype: string, names: string[], high = 1000): Channels {
  const channels = names.map((name) => ({ name, color: '#ffffff', low: 10, high: 20 }));
  const size = { t: 1, c: names.length, z: 1, y: 20, x: 30 };
  const image = { size, dtype, channels } as unknown as Image;
  return new Channels(
    image,
    names.map(() => histogram(high)),
    () => undefined,
  );
}

function kept(change: (channels: Channels) => void): PictureLook {
  const channels = channelsOf('uint16', ['dapi', 'gfp', 'cy5']);
  let look: PictureLook | null = null;
  channels.keep = (changed) => (look = changed);
  change(channels);
  return look!;
}

describe('how channels look', () => {
  const look = kept((channels) => {
    channels.set(0, { low: 55, high: 77, color: '#ff0000' });
    channels.choosePercentiles({ lower: 0.05, upper: 0.95 });
    channels.auto(1);
    channels.set(2, { log: true, on: false });
  });

  it('goes to another picture: kept windows as they are, automatic ones by its own intensities', () => {
    const next = channelsOf('uint16', ['dapi', 'gfp', 'cy5'], 2000);
    next.restore(look);
    expect(next.contrast.map(({ low, high }) => [low, high])).toEqual([
      [55, 77],
      [100, 1900],
      [10, 20],
    ]);
    expect(next.contrast[0]!.color).toBe('#ff0000');
    expect([next.contrast[2]!.log, next.contrast[2]!.on]).toEqual([true, false]);
    expect(next.percentiles).toEqual({ lower: 0.05, upper: 0.95 });
    expect(next.shown).toBe(next.contrast);
  });

  it('follows the names of channels, and leaves others alone', () => {
    const next = channelsOf('uint16', ['brightfield', 'dapi']);
    next.restore(look);
    expect(next.contrast.map(({ color }) => color)).toEqual(['#ffffff', '#ff0000']);
  });

  it('keeps no window of 16 bits for a picture of 8', () => {
    const next = channelsOf('uint8', ['dapi']);
    next.restore(look);
    expect(next.contrast[0]).toMatchObject({ color: '#ff0000', low: 10, high: 20 });
  });

  it('is each picture’s own again after a reset', () => {
    const reset = kept((channels) => {
      channels.set(0, { low: 55, gamma: 2 });
      channels.reset();
    });
    const next = channelsOf('uint16', ['dapi']);
    next.restore(reset);
    expect(next.contrast).toEqual(channelsOf('uint16', ['dapi']).contrast);
  });
});

describe('keeping it', () => {
  it('sends the last of many changes, once, and again when it did not get through', async () => {
    vi.useFakeTimers();
    const looks = [1, 2, 3].map((gamma) => kept((channels) => channels.set(0, { gamma })));
    const first = { ...looks[0]!, grid_window: 'crop' as const };
    const sent: unknown[] = [];
    let reachable = true;
    const keeper = new LookKeeper({
      load: async () => first,
      keep: async (dataset, look) => {
        if (!reachable) throw new Error('offline');
        sent.push([dataset, look.channels[0]!.gamma, look.grid_window]);
      },
    });
    expect(await keeper.load(4)).toBe(first);
    looks.forEach((look) => keeper.keep(4, look));
    await vi.advanceTimersByTimeAsync(1000);
    expect(sent).toEqual([[4, 3, 'crop']]); // of the grid, of which the canvas says nothing
    keeper.keep(4, structuredClone(looks[2]!)); // nothing new
    reachable = false;
    keeper.keep(4, looks[1]!);
    await vi.advanceTimersByTimeAsync(1000);
    reachable = true;
    keeper.watchLeaving()(); // leaving sends what waits
    await vi.advanceTimersByTimeAsync(0);
    expect(sent).toEqual([
      [4, 3, 'crop'],
      [4, 2, 'crop'],
    ]);
    expect(await keeper.load(4)).toEqual({ ...first, ...looks[1] });
    vi.useRealTimers();
  });
});

describe('leaving the page before a change is sent', () => {
  const leaving = {
    'closing or reloading it': () => dispatchEvent(new Event('pagehide')),
    'putting it aside': () => {
      vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden');
      document.dispatchEvent(new Event('visibilitychange'));
      vi.restoreAllMocks();
    },
  };

  it.each(Object.entries(leaving))('%s sends it at once', async (_, leave) => {
    const puts: RequestInit[] = [];
    vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
      expect(url).toBe('/api/v1/datasets/4/display');
      puts.push(init);
      return new Response('{}');
    });
    const keeper = new LookKeeper();
    const stop = keeper.watchLeaving();
    keeper.keep(
      4,
      kept((channels) => channels.set(0, { gamma: 3 })),
    );
    expect(puts).toHaveLength(0);
    leave();
    expect(puts).toHaveLength(1);
    expect(puts[0]).toMatchObject({ method: 'PUT', keepalive: true });
    const sent = JSON.parse(puts[0]!.body as string) as PictureLook;
    expect(sent.channels[0]!.gamma).toBe(3);
    leave();
    stop();
    expect(puts).toHaveLength(1);
    vi.unstubAllGlobals();
  });
});

it('loads of the next picture what shows it whole, and no more', async () => {
  const asked: string[] = [];
  const zarr = new ZarrImage(async (path) => {
    asked.push(path);
    if (!path.endsWith('.zarray')) return null;
    const meta = {
      ...{ shape: [1, 1, 5, 900, 1600], chunks: [1, 1, 1, 512, 512] },
      ...{ dtype: '<u2', dimension_separator: '/' },
    };
    return new TextEncoder().encode(JSON.stringify(meta)).buffer;
  });
  const levels = [
    { x: 3200, y: 1800 },
    { x: 1600, y: 900 },
    { x: 800, y: 450 },
  ];
  const size = { t: 1, c: 1, z: 5, y: 1800, x: 3200 };
  await warmUp(zarr, { size, levels, dtype: 'uint16' }, null);
  expect(asked).toEqual(['2/.zarray', '2/0/0/2/0/0', '2/0/0/2/0/1']);
});
