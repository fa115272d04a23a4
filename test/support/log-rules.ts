import type { SeenSecrets } from './seen-secrets.ts';
import { secretsOfLine } from './seen-secrets.ts';

/** Why a line may not stand in a log, and where. */
export interface Finding {
  /** What was found: a kind of secret, never the secret. */
  readonly rule: string;
  /** The line with the secret taken out. */
  readonly shown: string;
}

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;

/**
 * wrangler's own line about a request whose path names a session, a room, a chat or a user;
 * production has no wrangler.
 */
const WRANGLER_PATH =
  /^(\S*\[wrangler:\w+\]\S* \w+ \/(?:parties\/\w+|api\/(?:sessions|calls|chats|users))\/)\S+/;

/** Matches base64url of 128 random bits: capitals, small letters and digits, unlike names. */
const isRandom = (text: string) => /[A-Z]/.test(text) && /[a-z]/.test(text) && /\d/.test(text);

/** What must not be in a log, as patterns; the first that fits is told. */
const PATTERNS: readonly {
  readonly rule: string;
  readonly pattern: RegExp;
  readonly when?: (text: string) => boolean;
}[] = [
  { rule: 'a JWT', pattern: /eyJ[\w-]+\.[\w-]+(\.[\w-]*)?/g },
  { rule: 'an Authorization header', pattern: /Bearer +[\w.-]+/gi },
  // 10 or 11 digits as people write them. Ids and times are shorter or longer.
  {
    rule: 'a whole phone number',
    pattern: /(?<![\w.-])\+?(?:[78][\s-]?)?\(?9\d{2}\)?[\s-]?\d{3}[\s-]?\d{2}[\s-]?\d{2}(?![\w-])/g,
  },
  { rule: 'a whole phone number', pattern: /\+\d{10,15}(?!\d)/g },
  { rule: 'a code of 6 digits', pattern: /(?<![\w.])\d{6}(?![\w.])/g },
  { rule: 'the id of a room', pattern: /[0-9a-z]{6,7}-[\w-]{12}-[\w-]{43}/g },
  { rule: 'a secret token', pattern: /(?<![\w-])[\w-]{43}=?(?![\w-])/g, when: isRandom },
  { rule: 'a secret token', pattern: /(?<![\w-])[\w-]{22}(?![\w-])/g, when: isRandom },
];

/**
 * Finds what no log may hold: a phone number, a code, a token, the id of a room, or the value of a
 * secret setting.
 *
 * @param secrets values by the names of their settings
 * @param seen what answers told their clients; QR codes look like words, so they are found by it
 *   alone
 */
export const findingIn = (
  line: string,
  secrets: Readonly<Record<string, string>>,
  seen: SeenSecrets = new Map(),
): Finding | undefined => {
  for (const [name, value] of Object.entries(secrets)) {
    if (line.includes(value))
      return { rule: `the value of ${name}`, shown: line.replaceAll(value, `‹${name}›`) };
  }
  const known = line.replace(UUID, '‹id›').replace(WRANGLER_PATH, '$1‹name›');
  const told = secretsOfLine(known, seen);
  if (told[0]) {
    const shown = told.reduce((rest, { text, rule }) => rest.replaceAll(text, `‹${rule}›`), known);
    return { rule: told[0].rule, shown };
  }
  for (const { rule, pattern, when = () => true } of PATTERNS) {
    const shown = known.replace(pattern, (text) => (when(text) ? `‹${rule}›` : text));
    if (shown !== known) return { rule, shown };
  }
  return undefined;
};

/** The settings whose values are secret, and long enough to be nothing else. */
export const secretsOf = (settings: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(settings).filter(
      ([name, value]) => /SECRET|TOKEN|PRIVATE_KEY|DATABASE_URL/.test(name) && value.length >= 8,
    ),
  );

/**
 * Throws when a log holds what it must not, naming lines and rules.
 *
 * @param name whose log it is
 */
export const checkLog = (
  name: string,
  log: string,
  settings: Readonly<Record<string, string>>,
  seen: SeenSecrets = new Map(),
): void => {
  const secrets = secretsOf(settings);
  const findings = log.split('\n').flatMap((line, index) => {
    const finding = findingIn(line, secrets, seen);
    return finding
      ? [`${name}, line ${index + 1} holds ${finding.rule}: ${finding.shown.slice(0, 500)}`]
      : [];
  });
  if (findings.length > 0)
    throw new Error([...findings.slice(0, 10), `${findings.length} in all`].join('\n'));
};
