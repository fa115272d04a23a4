import type { Word } from './words.ts';
import { WORDS } from './words.ts';

const words = WORDS.ru;

/** An element that holds a word; the script puts the word of another language there. */
const say = (tag: string, word: Word, attributes = ''): string =>
  `<${tag} data-word="${word}"${attributes && ` ${attributes}`}>${words[word]}</${tag}>`;

const LOGO = `<svg class="logo" viewBox="0 0 64 64" aria-hidden="true">
<rect width="64" height="64" rx="18" fill="var(--accent)"/>
<path fill="var(--on-accent)" d="M14 33c9 1 14-3 18-10 3-5 7-8 12-8 4 0 6 2 7 5l6 3-7 2c-1 13-9
22-22 22-9 0-14-6-14-14Z"/><circle cx="45" cy="21" r="1.9" fill="var(--accent)"/></svg>`;

const qr = `<section class="card qr" aria-labelledby="qr-title">
<header>${say('h2', 'qrTitle', 'id="qr-title"')}</header>
<div class="code-box" id="qr-box"></div>
<ol>${say('li', 'step1')}${say('li', 'step2')}${say('li', 'step3')}</ol>
<p class="aside" id="qr-typed"></p>
</section>`;

const phone = `<form id="phone-form" novalidate>
<header>${say('h1', 'title')}${say('p', 'lead', 'class="dim"')}</header>
<p class="notice" id="notice" role="status" hidden></p>
<div class="field">${say('label', 'phone', 'for="phone"')}
<input id="phone" name="phone" type="tel" inputmode="tel" autocomplete="tel"
placeholder="${words.phoneHint}" aria-describedby="phone-error" required></div>
<p class="error" id="phone-error" role="alert" hidden></p>
<button class="button" type="submit">${say('span', 'next')}</button>
</form>`;

const code = `<form id="code-form" novalidate hidden>
<header>${say('h1', 'codeTitle')}<p class="dim" id="sent"></p></header>
<div class="field code">${say('label', 'code', 'for="code"')}
<input id="code" name="code" inputmode="numeric" autocomplete="one-time-code"
aria-describedby="code-error tries" required></div>
<p class="error" id="code-error" role="alert" hidden></p>
<p class="aside" id="tries" hidden></p>
<button class="button" type="submit">${say('span', 'enter')}</button>
<div class="links"><button type="button" id="again"></button>
${say('button', 'change', 'type="button" id="change"')}</div>
<p class="aside" id="no-code">${say('span', 'noCode')} <a id="bot" rel="noopener" target="_blank"
hidden>${words.bot}</a></p>
</form>`;

/** Renders the page of signing in as it is before its script runs, in Russian. */
export const renderPage = (): string =>
  `<main id="sign-in">${qr}<div class="card">${LOGO}${phone}${code}</div>
<nav class="links"><button type="button" id="other-language" lang="en">${words.other}</button>
<button type="button" id="other-theme"></button></nav></main>`;
