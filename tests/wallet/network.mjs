// SPDX-License-Identifier: Apache-2.0
// A development network for a test, and what a polkadot.js wallet does with it.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { ApiPromise, WsProvider } from '@polkadot/api';
import { Keyring } from '@polkadot/keyring';
import { u8aToHex } from '@polkadot/util';
import { randomAsU8a } from '@polkadot/util-crypto';

const bin = process.env.SALUS_BIN;
assert.ok(bin, 'SALUS_BIN names the directory of the binaries');

export const random = () => u8aToHex(randomAsU8a(32));

// Starts a node in a home of its own and connects to it. Nobody is a custodian there before a test
// makes somebody one: what a wallet anchors needs no dealing until then.
export async function start(chain = join(bin, 'salus-dev.json')) {
  const home = mkdtempSync(join(tmpdir(), 'salus-node-'));
  const port = await freePort();
  const node = spawn(
    join(bin, 'salus-node'),
    [
      ...['--dev', '--chain', chain, '--dev-block-time', '400', '--base-path', home],
      ...['--database', 'paritydb', '--rpc-port', port, '--listen-addr', '/ip4/127.0.0.1/tcp/0'],
      ...['--no-mdns', '--no-prometheus', '--no-telemetry', '--no-hardware-benchmarks'],
    ],
    { stdio: ['ignore', 'ignore', openSync(join(home, 'node.log'), 'w')] },
  );
  const ended = once(node, 'exit');
  await Promise.race([
    answers(`http://127.0.0.1:${port}`),
    ended.then(() => Promise.reject(new Error('the node has ended'))),
  ]);
  return connect(`ws://127.0.0.1:${port}`, async () => {
    node.kill('SIGTERM');
    await ended;
    rmSync(home, { recursive: true, force: true });
  });
}

// Until a node answers.
async function answers(url) {
  const ask = { jsonrpc: '2.0', id: 1, method: 'system_health', params: [] };
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify(ask);
  while (!(await fetch(url, { method: 'POST', headers, body }).catch(() => null))) {
    await setTimeout(100);
  }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return String(port);
}

async function connect(url, stop) {
  const network = { keyring: new Keyring({ type: 'sr25519', ss58Format: 42 }) };
  // A wallet that is opened again reads the metadata of today.
  network.reconnect = async () => {
    await network.api?.disconnect();
    network.api = await ApiPromise.create({ provider: new WsProvider(url), noInitWarn: true });
    network.send = sender(network.api);
    return network;
  };
  network.stop = async () => {
    await network.api.disconnect();
    await stop();
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
