import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';

import { ApiProblem, type UploadRow } from '../../src/api';
import { UploadList } from '../../src/ui/pages/data/UploadList';
import {
  countUploads,
  stateOfRows,
  UploadQueue,
  type SendFile,
} from '../../src/ui/pages/data/uploadQueue';
import {
  filesOfDrop,
  filesOfInput,
  looksLikeMask,
  type PickedFile,
} from '../../src/ui/pages/data/picked';

const row = (status: UploadRow['status'], filename: string, code = '', detail = ''): UploadRow => ({
  id: Math.random(),
  filename,
  status,
  code,
  detail,
  image: status === 'accepted' ? 1 : null,
  warnings: [],
  role: 'image',
  size_bytes: 1,
  sha256: '',
  created_at: '',
});

async function finished(queue: UploadQueue): Promise<void> {
  await new Promise<void>((resolve) => {
    const check = (): void => {
      const { total, finished: done } = countUploads(queue.getSnapshot());
      if (done === total) resolve();
    };
    queue.subscribe(check);
    check();
  });
}

const files = (...paths: string[]): PickedFile[] =>
  paths.map((path) => ({ file: new File([path], path.split('/').at(-1)!), path }));

afterEach(cleanup);

describe('upload queue', () => {
  it('sends three at a time, all of them, and a bad file stops no others', async () => {
    let running = 0;
    let most = 0;
    const send: SendFile = async (_, { file }) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((done) => setTimeout(done, 1));
      running -= 1;
      if (file.name === 'bad') throw new ApiProblem(413, 'too_large', 'At most 4 GB.');
      return { results: [row('accepted', file.name)] };
    };
    const queue = new UploadQueue(send);
    queue.add(files('a', 'bad', 'c', 'd', 'e', 'f'), { dataset: 1 });
    await finished(queue);
    expect(most).toBe(3);
    const counts = countUploads(queue.getSnapshot());
    expect(counts).toMatchObject({ total: 6, finished: 6, accepted: 5, refused: 1, fraction: 1 });
  });

  it('waits and sends again what may pass by itself, and nothing else', async () => {
    let tries = 0;
    const flaky: SendFile = (_, { file }) => {
      tries += 1;
      if (tries < 3) return Promise.reject(new ApiProblem(503, 'unavailable', ''));
      return Promise.resolve({ results: [row('accepted', file.name)] });
    };
    const queue = new UploadQueue(flaky, 1);
    queue.add(files('a'), { dataset: 1 });
    await finished(queue);
    expect(tries).toBe(3);
    expect(queue.getSnapshot()[0]?.state).toBe('accepted');
  });

  it('sends failed files again when asked', async () => {
    let up = false;
    const send: SendFile = (_, { file }) =>
      up
        ? Promise.resolve({ results: [row('accepted', file.name)] })
        : Promise.reject(new ApiProblem(400, 'invalid', 'No.'));
    const queue = new UploadQueue(send, 1);
    queue.add(files('a', 'b'), { dataset: 1 });
    await finished(queue);
    expect(queue.getSnapshot().map((item) => item.state)).toEqual(['failed', 'failed']);
    up = true;
    queue.retry();
    await finished(queue);
    expect(queue.getSnapshot().map((item) => item.state)).toEqual(['accepted', 'accepted']);
  });

  it('tells what became of a zip by its best row', () => {
    expect(stateOfRows([row('refused', 'x'), row('accepted', 'y')])).toBe('accepted');
    expect(stateOfRows([row('refused', 'x'), row('duplicate', 'y')])).toBe('duplicate');
    expect(stateOfRows([row('ignored', 'x')])).toBe('ignored');
    expect(stateOfRows([])).toBe('ignored');
  });
});

describe('files of a folder', () => {
  const entryOf = (path: string): FileSystemEntry => {
    const name = path.split('/').at(-1)!;
    const file = new File([path], name);
    const read = (done: (file: File) => void): void => done(file);
    return { isFile: true, fullPath: path, file: read } as unknown as FileSystemEntry;
  };
  const folderOf = (path: string, children: FileSystemEntry[]): FileSystemEntry => {
    const rest = [children, []];
    const createReader = (): object => ({
      readEntries: (done: (entries: FileSystemEntry[]) => void) => done(rest.shift() ?? []),
    });
    return { isFile: false, fullPath: path, createReader } as unknown as FileSystemEntry;
  };

  it('keep their folders, without the one that holds all, and without hidden files', async () => {
    const images = folderOf('/set/images', [entryOf('/set/images/a.tif')]);
    const masks = folderOf('/set/masks', [entryOf('/set/masks/a.tif')]);
    const root = folderOf('/set', [images, masks, entryOf('/set/.DS_Store')]);
    const items = [{ webkitGetAsEntry: () => root }];
    const picked = await filesOfDrop({ items, files: [] } as unknown as DataTransfer);
    expect(picked.map(({ path }) => path)).toEqual(['images/a.tif', 'masks/a.tif']);
  });

  it('keep a folder that does not hold all', () => {
    const loose = new File(['x'], 'x.tif');
    const inside = new File(['y'], 'y.tif');
    Object.defineProperty(inside, 'webkitRelativePath', { value: 'plate_1/y.tif' });
    const picked = filesOfInput([loose, inside] as unknown as FileList);
    expect(picked.map(({ path }) => path)).toEqual(['x.tif', 'plate_1/y.tif']);
  });

  it.each([
    ['masks/a.tif', true],
    ['set/Labels/a.tif', true],
    ['a_mask.png', true],
    ['cell-labels.ome.tif', true],
    ['images/a.tif', false],
    ['masked.tif', false],
  ])('%s looks like a mask: %s', (path, expected) => {
    expect(looksLikeMask(path)).toBe(expected);
  });

  it('are sent images first, masks when every image is there', async () => {
    const events: string[] = [];
    const send: SendFile = async (_, { path }) => {
      events.push(`> ${path}`);
      await new Promise((done) => setTimeout(done, path === 'b.tif' ? 5 : 1));
      events.push(`< ${path}`);
      return { results: [row('accepted', path)] };
    };
    const queue = new UploadQueue(send);
    queue.add(files('masks/a.tif', 'a.tif', 'masks/b.tif', 'b.tif'), { dataset: 1 });
    await finished(queue);
    expect(events.slice(0, 4)).toEqual(['> a.tif', '> b.tif', '< a.tif', '< b.tif']);
    expect(events.slice(4).sort()).toEqual([
      '< masks/a.tif',
      '< masks/b.tif',
      '> masks/a.tif',
      '> masks/b.tif',
    ]);
  });
});

describe('upload list', () => {
  it('says in words what became of each file', async () => {
    const results: Record<string, UploadRow[]> = {
      'good.tif': [row('accepted', 'good.tif')],
      'same.tif': [row('duplicate', 'same.tif', 'duplicate', 'server words')],
      'cut.tif': [row('refused', 'cut.tif', 'truncated', 'The file ends early. Copy it again.')],
      'many.zip': [row('accepted', 'p.png'), row('refused', 'q.png', 'bomb', 'Too many pixels.')],
    };
    const queue = new UploadQueue((_, { file }) =>
      Promise.resolve({ results: results[file.name] ?? [] }),
    );
    queue.add(files('good.tif', 'same.tif', 'cut.tif', 'many.zip'), { dataset: 1 });
    await finished(queue);
    render(<UploadList queue={queue} />);
    screen.getByText('accepted');
    screen.getByText('already here');
    screen.getByText('The same image is already in this data set; it is kept once.');
    screen.getByText('refused');
    screen.getByText('The file ends early. Copy it again.');
    screen.getByText('1 accepted');
    screen.getByText('q.png:');
    screen.getByText(/4 of 4 files sent, 3 images in\. 2 were refused\./);
  });
});
