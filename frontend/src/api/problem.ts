/** An answer of the server that is not a success, as `application/problem+json` says it (RFC 9457). */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors: Record<string, string[]>;
  /** Every other member of the problem document, such as `version` of a conflict. */
  readonly extra: Record<string, unknown>;

  constructor(
    status: number,
    code: string,
    detail: string,
    errors: Record<string, string[]> = {},
    extra: Record<string, unknown> = {},
  ) {
    super(detail || code);
    this.name = 'ApiProblem';
    this.status = status;
    this.code = code;
    this.detail = detail;
    this.errors = errors;
    this.extra = extra;
  }

  /** True when trying again later may help: no connection, or the server is busy or restarting. */
  get isTransient(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 502;
  }
}

const STATUS_CODES: Record<number, string> = {
  400: 'invalid',
  401: 'not_authenticated',
  403: 'permission_denied',
  404: 'not_found',
  409: 'conflict',
  413: 'too_large',
  429: 'too_many_requests',
  502: 'unavailable',
  503: 'unavailable',
  504: 'unavailable',
};

/** The sentences in a value that nests as it likes (lists, maps of lists). */
function sentencesOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (value && typeof value === 'object') return Object.values(value).flatMap(sentencesOf);
  return [];
}

/** Field -> sentences. */
function fieldErrors(value: unknown): Record<string, string[]> {
  if (!value || typeof value !== 'object') return {};
  if (Array.isArray(value)) return { '': sentencesOf(value) };
  return Object.fromEntries(
    Object.entries(value).map(([name, nested]) => [name, sentencesOf(nested)]),
  );
}

/** Make a problem of a status and the text of the body, whatever the body is. */
export function problemFromBody(status: number, body: string): ApiProblem {
  const fallback = STATUS_CODES[status] ?? (status >= 500 ? 'server_error' : 'invalid');
  let parsed: Record<string, unknown> = {};
  try {
    const json: unknown = JSON.parse(body);
    if (json && typeof json === 'object' && !Array.isArray(json)) {
      parsed = json as Record<string, unknown>;
    }
  } catch {
    // A proxy's HTML page or an empty body: the status alone has to do.
  }
  const { code, detail, title, errors, ...extra } = parsed;
  const sentence = typeof detail === 'string' ? detail : typeof title === 'string' ? title : '';
  return new ApiProblem(
    status,
    typeof code === 'string' ? code : fallback,
    sentence,
    fieldErrors(errors),
    extra,
  );
}
