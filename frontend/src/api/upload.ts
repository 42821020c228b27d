/** Upload of one file with progress; XMLHttpRequest because fetch tells no upload progress. */
import { announceSignedOut, apiUrl, csrfToken } from './client';
import { ApiProblem, problemFromBody } from './problem';

export interface UploadOptions {
  fields?: Record<string, string>;
  onProgress?: (fraction: number) => void;
  signal?: AbortSignal;
}

function settle<T>(xhr: XMLHttpRequest): T {
  if (xhr.status >= 200 && xhr.status < 300) {
    return (xhr.responseText ? JSON.parse(xhr.responseText) : undefined) as T;
  }
  if (xhr.status === 401) announceSignedOut();
  throw problemFromBody(xhr.status, xhr.responseText);
}

/** POST a file as multipart `file` to an API path; resolves with the JSON answer. */
export function upload<T>(path: string, file: File, options: UploadOptions = {}): Promise<T> {
  const form = new FormData();
  for (const [name, value] of Object.entries(options.fields ?? {})) form.set(name, value);
  form.set('file', file, file.name);
  return new Promise<T>((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    xhr.open('POST', apiUrl(path));
    xhr.setRequestHeader('Accept', 'application/json');
    xhr.setRequestHeader('X-CSRFToken', csrfToken());
    xhr.upload.onprogress = (event) => {
      if (event.lengthComputable && event.total > 0) {
        options.onProgress?.(event.loaded / event.total);
      }
    };
    xhr.onload = () => {
      try {
        resolve(settle<T>(xhr));
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    };
    xhr.onerror = () =>
      reject(
        new ApiProblem(
          0,
          'network',
          'The connection was lost while this file was sent. Try it again.',
        ),
      );
    xhr.onabort = () => reject(new ApiProblem(0, 'aborted', 'This upload was stopped.'));
    options.signal?.addEventListener('abort', () => xhr.abort(), { once: true });
    xhr.send(form);
  });
}
