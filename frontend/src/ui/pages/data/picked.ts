/** The files that a person drops or chooses, folders walked, each with its path inside what was given. */

export interface PickedFile {
  file: File;
  /** Name with folders, as `plate 1/images/a.tif`: groups and masks are told by it. */
  path: string;
}

async function readAll(reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> {
  const found: FileSystemEntry[] = [];
  for (;;) {
    // A reader answers at most 100 entries a call, and none when it is done.
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (batch.length === 0) return found;
    found.push(...batch);
  }
}

async function filesOfEntry(entry: FileSystemEntry): Promise<PickedFile[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    );
    return [{ file, path: entry.fullPath.replace(/^\//, '') }];
  }
  const children = await readAll((entry as FileSystemDirectoryEntry).createReader());
  const nested = await Promise.all(children.map(filesOfEntry));
  return nested.flat();
}

/** Hidden files of the operating system are nobody's images. */
function isWanted({ file }: PickedFile): boolean {
  return !file.name.startsWith('.') && file.name !== 'Thumbs.db';
}

/** One folder that holds everything is left out of the paths, as it is for a zip. */
function tidy(picked: PickedFile[]): PickedFile[] {
  const wanted = picked.filter(isWanted);
  const tops = new Set(wanted.map(({ path }) => (path.includes('/') ? path.split('/')[0] : null)));
  if (tops.size !== 1 || tops.has(null)) return wanted;
  return wanted.map(({ file, path }) => ({ file, path: path.slice(path.indexOf('/') + 1) }));
}

export async function filesOfDrop(transfer: DataTransfer): Promise<PickedFile[]> {
  // Entries must be taken before the first await: the list is emptied after the event.
  const entries = Array.from(transfer.items)
    .map((item) => item.webkitGetAsEntry())
    .filter((entry) => entry !== null);
  if (entries.length === 0) return filesOfInput(transfer.files);
  return tidy((await Promise.all(entries.map(filesOfEntry))).flat());
}

/** The files of an input; of one for folders they have their paths. */
export function filesOfInput(list: FileList | null): PickedFile[] {
  const files = Array.from(list ?? []);
  return tidy(files.map((file) => ({ file, path: file.webkitRelativePath || file.name })));
}

const MASK_FOLDER = /(^|\/)(masks?|labels?|segmentations?|gt)\//i;
const MASK_NAME = /[_\-. ](masks?|labels?|label_?image|seg|segmentation|gt)\.[^/]+$/i;

/** Whether a file looks like a mask, which is sent after the images: it belongs to one of them. */
export function looksLikeMask(path: string): boolean {
  return MASK_FOLDER.test(path) || MASK_NAME.test(path);
}
