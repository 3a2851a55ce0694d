// SPDX-License-Identifier: Apache-2.0
// A development network seen from a polkadot.js wallet: connect, read, sign, follow events.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { days, named, random, sealed, start } from './network.mjs';

let api;
let send;
let stop;
let patient;
let clinician;

before(async () => {
  const network = await start();
  ({ api, send, stop } = network);
  patient = network.keyring.addFromUri('//Patient');
  clinician = network.keyring.addFromUri('//ClinicianOne');
});

after(async () => stop?.());

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
  for (const pallet of ['registry', 'records', 'consent', 'access', 'custody', 'market']) {
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
    api.tx.records.anchor(random(), random(), random(), 3, null),
    patient,
  );
  const record = named(anchored, 'records', 'Anchored');
  assert.ok(record, 'records.Anchored was emitted');
  assert.equal(record.data.owner.toString(), patient.address);

  const granted = await send(
    api.tx.consent.grant(
      random(),
      { Account: clinician.address },
      sealed(),
      await days(api, 30),
      5,
      0,
    ),
    patient,
  );
  const consent = named(granted, 'consent', 'Granted').data.consent;

  const revoked = await send(api.tx.consent.revoke(consent), patient);
  assert.ok(named(revoked, 'consent', 'Revoked'), 'consent.Revoked was emitted');
  await assert.rejects(send(api.tx.consent.revoke(consent), patient), /consent\.AlreadyRevoked/);
});

test('nobody revokes what is not hers', async () => {
  await assert.rejects(send(api.tx.consent.revoke(random()), clinician), /consent\.NotFound/);
});

test('the trail of a patient is read from its head backwards', async () => {
  const head = (await api.call.auditApi.trailHead(patient.address)).unwrap();
  const entries = [];
  let block = head.block;
  while (entries[0]?.index.toNumber() !== 0) {
    const at = await api.at(await api.rpc.chain.getBlockHash(block));
    const appended = (await at.query.system.events())
      .map(({ event }) => event)
      .filter(({ section, method }) => section === 'audit' && method === 'Appended')
      .filter(({ data }) => data.subject.toString() === patient.address)
      .map(({ data }) => data.entry);
    assert.ok(appended.length > 0, `block ${block} has an entry`);
    entries.unshift(...appended);
    block = appended[0].previous;
  }
  assert.deepEqual(
    entries.map((entry) => entry.action.type),
    ['RecordAnchored', 'ConsentGranted', 'ConsentRevoked'],
  );
  assert.equal(Number(head.count), entries.length);
});
