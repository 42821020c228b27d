import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createRoot } from 'react-dom/client';
import { RouterProvider } from 'react-router';

import { ApiProblem } from './api';
import { ErrorBoundary } from './ui/shell/ErrorBoundary';
import { startTheme } from './ui/shell/preferences';
import { makeRouter } from './ui/shell/router';
import { Toasts } from './ui/shell/toasts';

import './ui/theme.css';
import './ui/shell/shell.css';
import './ui/shell/parts.css';
import './ui/pages/pages.css';
import 'uplot/dist/uPlot.min.css';

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 2_000,
      // Only what may pass by itself is asked again; a "not found" stays one.
      retry: (count, error) => error instanceof ApiProblem && error.isTransient && count < 3,
    },
  },
});

startTheme();
const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(
  // No StrictMode: in development it mounts twice, and a canvas whose WebGL context was given back
  // by the first mount cannot get another.
  <ErrorBoundary>
    <QueryClientProvider client={client}>
      <RouterProvider router={makeRouter()} />
      <Toasts />
    </QueryClientProvider>
  </ErrorBoundary>,
);
