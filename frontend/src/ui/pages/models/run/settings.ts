/** Settings as lines of a table. Pure. */

/** Nested settings as dotted names and values, in the order of their names; lists in one line. */
export function settingRows(value: unknown, prefix = ''): [string, string][] {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return Object.entries(value)
      .sort(([a], [b]) => a.localeCompare(b))
      .flatMap(([name, inner]) => settingRows(inner, prefix ? `${prefix}.${name}` : name));
  }
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return prefix ? [[prefix, text]] : [];
}
