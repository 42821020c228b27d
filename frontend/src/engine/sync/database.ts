/** The browser's own database, in which work waits until the server has it. */

export const OPERATIONS = 'operations';
export const SEEN = 'seen';
export const STROKES = 'strokes';
export const BY_ANNOTATION = 'annotation';

export function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('IndexedDB refused a request.'));
  });
}

export function committed(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = () => reject(transaction.error ?? new Error('IndexedDB gave up a transaction.'));
    transaction.oncomplete = () => resolve();
    transaction.onerror = fail;
    transaction.onabort = fail;
  });
}

function addRows(database: IDBDatabase, name: string): void {
  const options = { keyPath: 'seq', autoIncrement: true };
  database.createObjectStore(name, options).createIndex(BY_ANNOTATION, 'annotation');
}

/** Null where storage is forbidden in this browser. */
export async function openDatabase(name: string): Promise<IDBDatabase | null> {
  try {
    const request = indexedDB.open(name, 2);
    request.onupgradeneeded = ({ oldVersion }) => {
      if (oldVersion < 1) addRows(request.result, OPERATIONS);
      addRows(request.result, STROKES);
      request.result.createObjectStore(SEEN, { keyPath: 'annotation' });
    };
    const database = await settled(request);
    database.onversionchange = () => database.close();
    return database;
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    return null;
  }
}
