/** One way to change something on the server from a page: do, tell, ask the lists again. */
import {
  useMutation,
  useQueryClient,
  type QueryKey,
  type UseMutationResult,
} from '@tanstack/react-query';

import { useErrorText } from './forms';
import { toast } from './toasts';

interface Options<T> {
  /** Query keys that have changed by it. */
  refresh?: QueryKey[];
  /** Said in a toast when it worked. */
  done?: string;
  onDone?: (result: T) => void;
}

export function useAction<V, T>(
  action: (value: V) => Promise<T>,
  { refresh = [], done, onDone }: Options<T> = {},
): UseMutationResult<T, Error, V> {
  const client = useQueryClient();
  const text = useErrorText();
  return useMutation({
    mutationFn: action,
    onSuccess: async (result) => {
      if (done) toast(done, 'ok');
      onDone?.(result);
      await Promise.all(refresh.map((queryKey) => client.invalidateQueries({ queryKey })));
    },
    onError: (error) => toast(text(error), 'bad'),
  });
}
