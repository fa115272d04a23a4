import { afterEach, describe, expect, test } from 'vitest';
import { listDevices, signDeviceOut, signOthersOut } from '../../../client/src/devices.ts';
import type { QrSignIn } from '../../../client/src/qr.ts';
import { readQr, showQr } from '../../../client/src/qr.ts';
import { freshPhone } from '../../support/fresh.ts';
import { closeTabs, openTab, tokenFor } from './tabs.ts';

const shown: QrSignIn[] = [];
afterEach(() => {
  for (const qr of shown.splice(0)) qr.dispose();
  closeTabs();
});

const phone = async () => {
  const tab = openTab();
  await tab.signIn(await tokenFor(freshPhone()));
  return tab;
};

const show = (tab = openTab()) => {
  const qr = showQr(tab);
  shown.push(qr);
  return { tab, qr };
};

const urlOf = async ({ state }: QrSignIn): Promise<string> => {
  await expect.poll(() => state.get().state).toBe('shown');
  return String(Reflect.get(state.get(), 'url'));
};

describe('a sign-in by QR code', () => {
  test('The person at the phone confirms it, and this device is signed in', async () => {
    const signed = await phone();
    const { tab, qr } = show();
    await readQr(signed, await urlOf(qr))?.confirm();
    await expect.poll(() => qr.state.get(), { timeout: 15_000 }).toEqual({ state: 'done' });
    const { userId } = await tab.request('getProfile');
    expect((await signed.request('getProfile')).userId).toBe(userId);

    const devices = await listDevices(signed);
    expect(devices.map(({ method, current }) => [method, current])).toEqual([
      ['qr', false],
      ['code', true],
    ]);
    expect(await signOthersOut(signed)).toBe(1);
    expect((await listDevices(signed)).length).toBe(1);
  });

  test('The person at the phone refuses it, and it can be shown anew', async () => {
    const signed = await phone();
    const { qr } = show();
    const first = await urlOf(qr);
    await readQr(signed, first)?.deny();
    await expect.poll(() => qr.state.get(), { timeout: 15_000 }).toEqual({ state: 'denied' });
    qr.again();
    expect(await urlOf(qr)).not.toBe(first);
  });

  test('A text that is no code is not read as one', () => {
    const tab = openTab();
    expect(readQr(tab, 'https://elsewhere.example/')).toBeUndefined();
    expect(readQr(tab, 'hello there')).toBeUndefined();
    expect(readQr(tab, 'abc-def')?.code).toBe('ABCDEF');
  });

  test('A device that signs itself out is signed out everywhere', async () => {
    const signed = await phone();
    const [device] = await listDevices(signed);
    if (!device) throw new Error('There is no device');
    await signDeviceOut(signed, device);
    expect(signed.session.get()).toEqual({ state: 'signed_out', why: 'signed_out' });
  });
});
