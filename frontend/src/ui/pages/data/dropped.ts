/** The files of a drop, folders walked. */

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

async function filesOfEntry(entry: FileSystemEntry): Promise<File[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    );
    return [file];
  }
  const children = await readAll((entry as FileSystemDirectoryEntry).createReader());
  const nested = await Promise.all(children.map(filesOfEntry));
  return nested.flat();
}

/** Hidden files of the operating system are nobody's images. */
function isWanted(file: File): boolean {
  return !file.name.startsWith('.') && file.name !== 'Thumbs.db';
}

export async function filesOfDrop(transfer: DataTransfer): Promise<File[]> {
  // Entries must be taken before the first await: the list is emptied after the event.
  const entries = Array.from(transfer.items)
    .map((item) => item.webkitGetAsEntry())
    .filter((entry) => entry !== null);
  const plain = Array.from(transfer.files);
  if (entries.length === 0) return plain.filter(isWanted);
  const files = (await Promise.all(entries.map(filesOfEntry))).flat();
  return files.filter(isWanted);
}
