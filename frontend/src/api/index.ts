import { api as base } from './client';
import { upload } from './upload';

export { ApiProblem, apiUrl, onSignedOut, setCsrf, type Query } from './client';
export { cursorOf, fetchAll, fetchPage, type Page } from './pagination';
export type { UploadOptions } from './upload';
export type * from './types';

/** The one door to the server: `get`, `post`, `patch`, `delete`, `raw` and `upload`. */
export const api = { ...base, upload };
