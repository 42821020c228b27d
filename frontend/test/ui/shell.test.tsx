import { cleanup, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Route, Routes } from 'react-router';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { api, type Invitation } from '../../src/api';
import { JoinPage } from '../../src/ui/pages/gate/JoinPage';
import { SetupPage } from '../../src/ui/pages/gate/SetupPage';
import { SignInPage } from '../../src/ui/pages/gate/SignInPage';
import { linkOf, stateOf } from '../../src/ui/pages/members/Invitations';
import { pageOfStep } from '../../src/ui/pages/overview/NextStep';
import { duration } from '../../src/ui/shell/format';
import { RequireUser, safeNext } from '../../src/ui/shell/session';
import { fakeServer, project, Refusal, show } from './support';

const user = { id: 1, username: 'ada', email: 'ada@lab.org', display_name: 'Ada' };
const session = (extra: object = {}) => ({
  user: null,
  setup_needed: false,
  csrf: 'c',
  version: '0.1',
  ...extra,
});

const site = (
  <Routes>
    <Route path="/signin" element={<SignInPage />} />
    <Route path="/setup" element={<SetupPage />} />
    <Route path="/join" element={<JoinPage />} />
    <Route path="/projects/new" element={<RequireUser>new project page</RequireUser>} />
    <Route path="*" element={<RequireUser>inside</RequireUser>} />
  </Routes>
);

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

describe('who may come in', () => {
  it('an empty site leads to set-up, and set-up to the new project', async () => {
    let made = false;
    const calls = fakeServer({
      'GET auth/session': () => session(made ? { user } : { setup_needed: true }),
      'POST auth/setup': () => {
        made = true;
        return { user };
      },
    });
    show(site, '/projects/3');
    await screen.findByText('Set up this site');
    await userEvent.type(screen.getByLabelText('User name'), 'ada');
    await userEvent.type(screen.getByLabelText('E-mail'), 'ada@lab.org');
    await userEvent.type(screen.getByLabelText('Password'), 'long-enough-9');
    await userEvent.click(screen.getByRole('button', { name: 'Create and go on' }));
    await screen.findByText('new project page');
    expect(calls.find((call) => call.key === 'POST auth/setup')?.body).toEqual({
      username: 'ada',
      email: 'ada@lab.org',
      password: 'long-enough-9',
      lab_name: 'My lab',
    });
  });

  it('a stranger signs in and comes back to the page', async () => {
    let signedIn = false;
    fakeServer({
      'GET auth/session': () => session(signedIn ? { user } : {}),
      'POST auth/login': ({ body }: { body: unknown }) => {
        signedIn = (body as { password: string }).password === 'right';
        return signedIn
          ? { user }
          : new Refusal(400, { code: 'bad_login', detail: 'Wrong name or password.' });
      },
    });
    show(site, '/projects/3');
    await userEvent.type(await screen.findByLabelText('User name'), 'ada');
    await userEvent.type(screen.getByLabelText('Password'), 'wrong');
    await userEvent.click(screen.getByRole('button', { name: 'Sign in' }));
    await screen.findByText('Wrong name or password.');
    await userEvent.clear(screen.getByLabelText('Password'));
    await userEvent.type(screen.getByLabelText('Password'), 'right');
    await userEvent.click(screen.getByRole('button', { name: 'Sign in' }));
    await screen.findByText('inside');
  });

  it('a session that ends asks for the password over the page', async () => {
    fakeServer({
      'GET auth/session': session({ user }),
      'GET labs': new Refusal(401, { code: 'not_authenticated' }),
    });
    show(site, '/');
    await screen.findByText('inside');
    await expect(api.get('labs')).rejects.toThrow();
    await screen.findByText('Your session has ended');
    screen.getByText('inside');
  });

  it('an invitation that cannot be used says so', async () => {
    fakeServer({
      'GET auth/session': session(),
      'GET invitations/preview': {
        lab: 'L',
        project: null,
        role: 'member',
        project_role: null,
        valid: false,
        reason: 'This invitation has run out. Ask for a new link.',
      },
    });
    show(site, '/join?token=x.y');
    await screen.findByText('This invitation cannot be used');
    screen.getByText('This invitation has run out. Ask for a new link.');
  });

  it('never leads to another site', () => {
    expect(safeNext('/projects/1?x=2')).toBe('/projects/1?x=2');
    for (const bad of ['//evil.org', '/\\evil.org', 'https://evil.org', '', null]) {
      expect(safeNext(bad)).toBe('/');
    }
  });
});

describe('small things', () => {
  it('an invitation is open until it is revoked, used up or run out', () => {
    const at = Date.parse('2026-05-01T00:00:00Z');
    const invitation = {
      revoked: false,
      uses: 0,
      max_uses: 1,
      expires_at: '2026-05-02T00:00:00Z',
      token: 'a.b+c',
    } as Invitation;
    expect(stateOf(invitation, at)).toBe('open');
    expect(stateOf({ ...invitation, uses: 1 }, at)).toBe('used');
    expect(stateOf({ ...invitation, revoked: true }, at)).toBe('revoked');
    expect(stateOf(invitation, at + 2 * 86_400_000)).toBe('expired');
    expect(linkOf(invitation)).toMatch(/\/join\?token=a\.b%2Bc$/);
  });

  it('the next step leads to a page of this site', () => {
    const step = (code: string, href = '') => ({ code, href, detail: '' });
    expect(pageOfStep(project, step('annotate'))).toBe('/projects/5/annotate');
    expect(pageOfStep({ ...project, task_kind: 'classification' }, step('annotate'))).toBe(
      '/projects/5/classify',
    );
    expect(pageOfStep(project, step('new_code', '/projects/5/data'))).toBe('/projects/5/data');
    expect(pageOfStep(project, step('new_code', '//evil'))).toBe('/projects/5');
  });

  it('durations are in two units', () => {
    const told = ['8\u00a0s', '3\u00a0min 20\u00a0s', '2\u00a0h 5\u00a0min'];
    expect([8.4, 200, 7500].map(duration)).toEqual(told);
  });

  it('failures keep what was typed', async () => {
    fakeServer({
      'GET auth/session': session({ setup_needed: true }),
      'POST auth/setup': new Refusal(400, {
        code: 'invalid',
        detail: 'Some values are not right.',
        errors: { password: ['Too common.'] },
      }),
    });
    show(site, '/setup');
    await userEvent.type(await screen.findByLabelText('User name'), 'ada');
    await userEvent.type(screen.getByLabelText('E-mail'), 'ada@lab.org');
    await userEvent.type(screen.getByLabelText('Password'), 'password12');
    await userEvent.click(screen.getByRole('button', { name: 'Create and go on' }));
    await waitFor(() => screen.getByText('Too common.'));
    expect(screen.getByLabelText<HTMLInputElement>('User name').value).toBe('ada');
  });
});
