// SPDX-License-Identifier: Apache-2.0
// A development network seen from a polkadot.js wallet: connect, read, sign, follow events.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { ApiPromise, WsProvider } from '@polkadot/api';
import { Keyring } from '@polkadot/keyring';
import { u8aToHex } from '@polkadot/util';
import { randomAsU8a } from '@polkadot/util-crypto';

const run = promisify(execFile);
const bin = process.env.SALUS_BIN;
assert.ok(bin, 'SALUS_BIN names the directory of the binaries');
const salus = join(bin, 'salus');
const home = mkdtempSync(join(tmpdir(), 'salus-wallet-'));

let api;
let patient;
let clinician;

before(async () => {
  const { stdout } = await run(salus, ['--home', home, '--json', 'up']);
  const network = JSON.parse(stdout);
  const node = network.services.find((service) => service.name === 'node');
  api = await ApiPromise.create({ provider: new WsProvider(node.url), noInitWarn: true });
  const keyring = new Keyring({ type: 'sr25519', ss58Format: 42 });
  patient = keyring.addFromUri('//Patient');
  clinician = keyring.addFromUri('//ClinicianOne');
});

after(async () => {
  await api?.disconnect();
  await run(salus, ['--home', home, 'stop']);
  rmSync(home, { recursive: true, force: true });
});

// Signs and sends as a wallet does, and answers with the events of the finalised transaction.
function send(call, signer) {
  return new Promise((resolve, reject) => {
    call
      .signAndSend(signer, ({ status, events, dispatchError }) => {
        if (!status.isFinalized) return;
        if (dispatchError?.isModule) {
          const { section, name } = api.registry.findMetaError(dispatchError.asModule);
          reject(new Error(`${section}.${name}`));
        } else if (dispatchError) {
          reject(new Error(dispatchError.toString()));
        } else {
          resolve(events.map(({ event }) => event));
        }
      })
      .catch(reject);
  });
}

const named = (events, section, method) =>
  events.find((event) => event.section === section && event.method === method);

test('the chain says its token, its decimals and its address format', async () => {
  assert.equal((await api.rpc.system.chain()).toString(), 'Salus Development');
  const properties = await api.rpc.system.properties();
  assert.deepEqual(properties.tokenSymbol.unwrap().toHuman(), ['SAL']);
  assert.deepEqual(properties.tokenDecimals.unwrap().map(Number), [12]);
  assert.equal(Number(properties.ss58Format.unwrap()), 42);
  assert.equal(Number(api.consts.system.ss58Prefix), 42);
});

test('metadata is served in the versions that wallets read', async () => {
  const versions = (await api.call.metadata.metadataVersions()).map(Number);
  for (const version of [14, 15, 16]) assert.ok(versions.includes(version), `V${version}`);
  for (const pallet of ['registry', 'records', 'consent', 'access']) {
    assert.ok(api.tx[pallet], `${pallet} has calls`);
  }
});

test('the people of the preset are registered', async () => {
  const participant = await api.query.registry.participants(patient.address);
  assert.ok(participant.isSome);
  assert.equal(participant.unwrap().role.toString(), 'Patient');
});

test('a patient anchors a record, grants a consent and revokes it', async () => {
  const anchored = await send(
    api.tx.records.anchor(randomAsU8a(32), randomAsU8a(32), 3),
    patient,
  );
  const record = named(anchored, 'records', 'Anchored');
  assert.ok(record, 'records.Anchored was emitted');
  assert.equal(record.data.owner.toString(), patient.address);

  const now = Number(await api.query.timestamp.now());
  const granted = await send(
    api.tx.consent.grant(
      randomAsU8a(32),
      clinician.address,
      {
        Sealed: {
          commitment: u8aToHex(randomAsU8a(32)),
          envelope: { codec: 'Raw', digest: u8aToHex(randomAsU8a(32)) },
        },
      },
      { from: now, until: now + 30 * 24 * 3600 * 1000 },
      5,
    ),
    patient,
  );
  const consent = named(granted, 'consent', 'Granted').data.consent;

  const revoked = await send(api.tx.consent.revoke(consent), patient);
  assert.ok(named(revoked, 'consent', 'Revoked'), 'consent.Revoked was emitted');
  await assert.rejects(send(api.tx.consent.revoke(consent), patient), /consent\.AlreadyRevoked/);
});

test('nobody revokes what is not hers', async () => {
  const unknown = u8aToHex(randomAsU8a(32));
  await assert.rejects(send(api.tx.consent.revoke(unknown), clinician), /consent\.NotFound/);
});

test('the trail of a patient is read through the runtime', async () => {
  const page = await api.call.auditApi.trail(patient.address, 0, 10);
  // `entries` is also a method of what polkadot.js makes of a structure.
  const { count, entries } = page.toJSON();
  assert.deepEqual(
    entries.map((entry) => Object.keys(entry.action)[0]),
    ['recordAnchored', 'consentGranted', 'consentRevoked'],
  );
  assert.equal(count, entries.length);
});
