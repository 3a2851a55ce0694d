// SPDX-License-Identifier: Apache-2.0
// A development network for a test, and what a polkadot.js wallet does with it.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ApiPromise, WsProvider } from '@polkadot/api';
import { Keyring } from '@polkadot/keyring';
import { u8aToHex } from '@polkadot/util';
import { randomAsU8a } from '@polkadot/util-crypto';

const run = promisify(execFile);
const bin = process.env.SALUS_BIN;
assert.ok(bin, 'SALUS_BIN names the directory of the binaries');
const salus = join(bin, 'salus');

export const random = () => u8aToHex(randomAsU8a(32));

// Starts a network in a home of its own and connects to it.
export async function start(options = []) {
  const home = mkdtempSync(join(tmpdir(), 'salus-wallet-'));
  const { stdout } = await run(salus, ['--home', home, '--json', 'up', ...options]);
  const node = JSON.parse(stdout).services.find((service) => service.name === 'node');
  const network = { keyring: new Keyring({ type: 'sr25519', ss58Format: 42 }) };

  // A wallet that is opened again reads the metadata of today.
  network.reconnect = async () => {
    await network.api?.disconnect();
    const provider = new WsProvider(node.url);
    network.api = await ApiPromise.create({ provider, noInitWarn: true });
    network.send = sender(network.api);
    return network;
  };
  network.stop = async () => {
    await network.api.disconnect();
    await run(salus, ['--home', home, 'stop']);
    rmSync(home, { recursive: true, force: true });
  };
  return network.reconnect();
}

// Signs and sends as a wallet does, and answers with the events of the finalised transaction.
const sender = (api) => (call, signer) =>
  new Promise((resolve, reject) => {
    call
      .signAndSend(signer, ({ status, events, dispatchError }) => {
        if (status.isInvalid || status.isDropped || status.isUsurped) reject(new Error(status.type));
        if (!status.isFinalized) return;
        if (dispatchError) {
          reject(new Error(explain(api, dispatchError)));
        } else {
          resolve(events.map(({ event }) => event));
        }
      })
      .catch(reject);
  });

// `pallet.Error` of a dispatch error.
export function explain(api, error) {
  if (!error.isModule) return error.toString();
  const { section, name } = api.registry.findMetaError(error.asModule);
  return `${section}.${name}`;
}

export const named = (events, section, method) =>
  events.find((event) => event.section === section && event.method === method);

// What a call made for somebody else ended with.
export function assertInner(api, result) {
  assert.ok(result.isOk, result.isErr ? explain(api, result.asErr) : '');
}

// Has the council make a call: one member proposes, two vote.
export async function decide({ api, send }, members, call) {
  const proposed = await send(
    api.tx.council.propose(2, call, call.method.encodedLength),
    members[0],
  );
  const { proposalHash, proposalIndex } = named(proposed, 'council', 'Proposed').data;
  await Promise.all(
    members.map((member) => send(api.tx.council.vote(proposalHash, proposalIndex, true), member)),
  );
  const weight = (await call.paymentInfo(members[0])).weight;
  const closed = await send(
    api.tx.council.close(proposalHash, proposalIndex, weight, call.method.encodedLength),
    members[0],
  );
  assertInner(api, named(closed, 'council', 'Executed').data.result);
  return closed;
}

// A new encryption key.
export const key = () => ({ suite: 'X25519', public: random() });

// Sealed terms, as a client makes them.
export const sealed = () => ({
  Sealed: { commitment: random(), envelope: { codec: 'Raw', digest: random() } },
});

// A window of so many days from now.
export async function days(api, count) {
  const from = Number(await api.query.timestamp.now());
  return { from, until: from + count * 24 * 3600 * 1000 };
}
