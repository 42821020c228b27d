/** Makes calls a few at a time, the newest first: what was in sight a moment ago does not hold up what is in sight now. */
export function newestFirst<A, R>(
  atOnce: number,
  call: (argument: A) => Promise<R>,
): (argument: A) => Promise<R> {
  const waiting: (() => Promise<void>)[] = [];
  let running = 0;
  const next = (): void => {
    const start = running < atOnce ? waiting.pop() : undefined;
    if (!start) return;
    running++;
    void start().finally(() => {
      running--;
      next();
    });
  };
  return (argument) =>
    new Promise((resolve, reject) => {
      waiting.push(() => call(argument).then(resolve, reject));
      next();
    });
}
