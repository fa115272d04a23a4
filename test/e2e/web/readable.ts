import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/** PICTURES=on writes docs/pictures anew, which the README shows. */
const PICTURES = process.env.PICTURES === 'on';
const FOLDER = join(import.meta.dirname, '../../../docs/pictures');

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

declare const axe: {
  run(
    context: Document,
    options: object,
  ): Promise<{
    violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[];
  }>;
};

export type Theme = 'light' | 'dark';

const SIZES = {
  desktop: { width: 1280, height: 800 },
  phone: { width: 360, height: 740 },
} as const;

/** All that a theme changes is colours, so that the second one is asked for these alone. */
const ALL = { resultTypes: ['violations'] };
const COLOURS = {
  ...ALL,
  runOnly: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] },
};

/** Paints a page in a theme, as the app does (web/src/app/preferences.ts). */
const paint = (page: Page, theme: Theme) =>
  page.evaluate((theme) => {
    document.documentElement.dataset['theme'] = theme;
  }, theme);

/** What axe finds on a page as it is, and how much wider than the screen it is. */
const look = (page: Page, options: object) =>
  page.evaluate(async (options) => {
    // Colours that are still changing are measured wrongly; what goes on for ever is not awaited.
    const changing = document
      .getAnimations()
      .filter(({ effect }) => effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY);
    await Promise.allSettled(changing.map(({ finished }) => finished));
    const { violations } = await axe.run(document, options);
    const found = violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`),
    );
    const wide = Math.max(0, document.documentElement.scrollWidth - innerWidth);
    return { found, wide };
  }, options);

/**
 * Expects that axe-core finds nothing on a page as it is, and nothing is wider than the screen: in
 * both themes, on a desktop and on a narrow phone. The page is not loaded anew for it.
 */
export const expectReadable = async (page: Page, screen: string): Promise<void> => {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(AXE);
  const before = page.viewportSize();
  const theme = await page.evaluate(() => document.documentElement.dataset['theme']);
  const other = theme === 'dark' ? 'light' : 'dark';
  for (const [size, viewport] of Object.entries(SIZES)) {
    await page.setViewportSize(viewport);
    const first = { [`${screen}, ${theme}, ${size}`]: await look(page, ALL) };
    await paint(page, other);
    const second = { [`${screen}, ${other}, ${size}`]: await look(page, COLOURS) };
    await paint(page, theme === 'dark' ? 'dark' : 'light');
    for (const seen of [first, second])
      expect(seen).toEqual({ [Object.keys(seen)[0] ?? '']: { found: [], wide: 0 } });
  }
  if (before) await page.setViewportSize(before);
};

/** The screens that are shown in documents: in which theme, and how large when not as they are. */
const PICTURED: Record<string, readonly [Theme, (keyof typeof SIZES)?]> = {
  'sign-in-en-light-desktop': ['light', 'desktop'],
  'sign-in-ru-light-phone': ['light', 'phone'],
  'settings-en-dark-phone': ['dark', 'phone'],
  'devices-ru-light-phone': ['light', 'phone'],
  'chat-ru-light': ['light'],
  'chat-narrow-ru-dark': ['dark'],
  'incoming-ru-dark': ['dark'],
};

/** Takes the pictures whose names begin so, when pictures are wanted. */
export const takePictures = async (page: Page, begin: string): Promise<void> => {
  if (!PICTURES) return;
  for (const [name, [theme, size]] of Object.entries(PICTURED)) {
    if (!name.startsWith(`${begin}-`)) continue;
    const before = page.viewportSize();
    await paint(page, theme);
    if (size) await page.setViewportSize(SIZES[size]);
    await page.screenshot({ path: join(FOLDER, `${name}.png`) });
    if (before) await page.setViewportSize(before);
  }
};
