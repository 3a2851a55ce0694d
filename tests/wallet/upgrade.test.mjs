// SPDX-License-Identifier: Apache-2.0
// A network of the last release is upgraded while it runs, and everybody's things are still there:
// consents with their terms, records with their keys, money in escrow.
//
// SALUS_SNAPSHOT names a file to write the old state into, for the migrations' own tests.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { u8aToHex } from '@polkadot/util';
import { blake2AsHex } from '@polkadot/util-crypto';
import { dealing, formCommittee, recordId } from './committee.mjs';
import { assertInner, days, key, named, random, sealed, start } from './network.mjs';
import { accepted, held, list, PRICE } from './sale.mjs';

const OLD = 3000;
const { SALUS_BIN: bin, SALUS_RELEASES: releases, SALUS_SNAPSHOT: snapshot } = process.env;
const runtime = join(bin, 'wbuild/salus-runtime/salus_runtime.compact.compressed.wasm');

let directory;
let network;
let api;
let send;
let who;
let patient;
let researcher;
let custodians;
let epoch;
let record;
let consents;
let sales;

// Without an opt-in, what is recorded from today on.
const research = async (purpose) => ({
  Public: {
    purpose,
    categories: ['Labs'],
    data: { from: Math.floor((await days(api, 0)).from / (24 * 3600 * 1000)), until: null },
    research: { aims: ['Health'], accepted: [], concerns: [] },
  },
});

before(async () => {
  directory = mkdtempSync(join(tmpdir(), 'salus-upgrade-'));
  const chain = join(directory, 'chain.json');
  await promisify(execFile)(join(bin, 'salus-node'), [
    ...['chain-spec-builder', '--chain-spec-path', chain, 'create', '--raw-storage'],
    ...['--chain-name', 'Salus Development', '--chain-id', 'salus-dev', '-t', 'development'],
    ...['--relay-chain', 'rococo-local', '--para-id', '2000'],
    ...['--properties', 'tokenSymbol=SAL,tokenDecimals=12,ss58Format=42'],
    ...['--runtime', join(releases, `salus-${OLD}.wasm`), 'named-preset', 'development'],
  ]);
  network = await start(chain);
  ({ api, send } = network);
  who = (uri) => network.keyring.addFromUri(uri);
  [patient, researcher] = [who('//Patient'), who('//Researcher')];
  custodians = [who('//Custodian'), who('//Custodian//2'), who('//Custodian//3')];
});

after(async () => {
  await network?.stop();
  rmSync(directory, { recursive: true, force: true });
});

test('people live on the last release', async () => {
  assert.equal(Number(api.runtimeVersion.specVersion), OLD);
  epoch = await formCommittee(network, custodians);
  const salt = random();
  record = recordId(patient, salt);
  const of = { custodians, epoch, owner: patient, record, version: 1, segments: 2 };
  await send(api.tx.records.anchor(salt, random(), random(), 2, dealing(network, of)), patient);

  const window = await days(api, 30);
  const terms = {
    Public: {
      permitted: ['Research'],
      denied: ['ClinicalTrial'],
      categories: ['Labs', 'Vitals'],
      act: window,
      data: { from: null, until: null },
      research: { permission: 'GeneralResearch', clinicalCare: false, modifiers: [] },
      obligations: [],
    },
  };
  const grant = async (given) => {
    const call = api.tx.consent.grant(
      random(),
      { Account: researcher.address },
      given,
      window,
      9,
      0,
    );
    return named(await send(call, patient), 'consent', 'Granted').data.consent.toHex();
  };
  consents = { public: await grant(terms), sealed: await grant(sealed()) };

  const listing = await list(network, patient, record);
  const parties = { seller: patient, buyer: researcher, record, listing };
  sales = [await accepted(network, parties), await accepted(network, parties)];
  assert.equal(await held(network, researcher), 2n * PRICE);
  if (snapshot) await write(snapshot);
});

// Writes the state of the newest block, without the code.
async function write(file) {
  const at = await api.rpc.chain.getBlockHash();
  const state = {};
  for (let from = null; ; ) {
    const keys = await api.rpc.state.getKeysPaged('0x', 1000, from, at);
    if (keys.length === 0) break;
    for (const storageKey of keys.map((found) => found.toHex())) {
      if (storageKey === u8aToHex(Buffer.from(':code'))) continue;
      state[storageKey] = await api.rpc.state.getStorage.raw(storageKey, at);
    }
    from = keys.at(-1);
  }
  writeFileSync(file, `${JSON.stringify(state, null, '\t')}\n`);
}

test('the network is upgraded by an authorised upgrade that anybody applies', async () => {
  const code = u8aToHex(readFileSync(runtime));
  const anybody = who('//Bob');
  await assert.rejects(
    send(api.tx.system.authorizeUpgrade(blake2AsHex(code)), anybody),
    /BadOrigin/,
  );
  const authorised = await send(
    api.tx.sudo.sudo(api.tx.system.authorizeUpgrade(blake2AsHex(code))),
    who('//Alice'),
  );
  assertInner(api, named(authorised, 'sudo', 'Sudid').data.sudoResult);
  await send(api.tx.system.applyAuthorizedUpgrade(code), anybody);

  // The new code takes over with the block after the relay chain's signal.
  await new Promise((resolve, reject) => {
    const unsubscribe = api.rpc.state.subscribeRuntimeVersion((version) => {
      if (Number(version.specVersion) === OLD) return;
      unsubscribe.then((stop) => stop());
      resolve();
    });
    unsubscribe.catch(reject);
  });
  // Another connection, so that everything is read by the new metadata.
  ({ api, send } = await network.reconnect());
  await new Promise((resolve, reject) => {
    const unsubscribe = api.query.multiBlockMigrations.cursor((cursor) => {
      if (cursor.isSome && cursor.unwrap().isStuck) reject(new Error('the migrations are stuck'));
      if (cursor.isSome) return;
      unsubscribe.then((stop) => stop());
      resolve();
    });
    unsubscribe.catch(reject);
  });
  assert.ok(Number(api.runtimeVersion.specVersion) > OLD);
});

test('consents mean what they meant', async () => {
  const terms = (await api.query.consent.publicTerms(consents.public)).unwrap();
  assert.deepEqual(terms.permitted.toHuman(), ['Research']);
  assert.equal(terms.exceptions.size, 1);
  const open = async (purpose) =>
    send(
      api.tx.access.open(consents.public, record, await research(purpose), key()),
      researcher,
    );
  assert.ok(named(await open('Research'), 'access', 'Opened'));
  const refused = named(await open('ClinicalTrial'), 'audit', 'Appended').data.entry.action;
  assert.equal(refused.type, 'AccessRefused');

  await send(api.tx.consent.revoke(consents.sealed), patient);
  const { commitment, envelope } = sealed().Sealed;
  const late = await send(
    api.tx.access.open(consents.sealed, record, { Sealed: { commitment, envelope } }, key()),
    researcher,
  );
  const { action } = named(late, 'audit', 'Appended').data.entry;
  assert.equal(action.type, 'AccessRefused', 'revoked after the upgrade');
});

test('money in escrow is settled or given back', async () => {
  const [first, second] = sales;
  assert.equal(await held(network, researcher), 2n * PRICE, 'the money still waits');
  const opened = await send(
    api.tx.market.openSale(
      first.offer,
      { commitment: random(), envelope: { codec: 'Raw', digest: random() } },
      key(),
    ),
    researcher,
  );
  const { ticket } = named(opened, 'market', 'Locked').data;
  for (const custodian of custodians.slice(0, 2)) {
    await send(
      api.tx.custody.report(epoch, [[ticket, { Released: { receipt: random() } }]], random()),
      custodian,
    );
  }
  assert.ok(named(await send(api.tx.market.settle(first.offer), researcher), 'market', 'Settled'));
  await send(api.tx.consent.revokeSale(second.sale), patient);
  assert.ok(named(await send(api.tx.market.refund(second.offer), patient), 'market', 'Refunded'));
  assert.equal(await held(network, researcher), 0n);
});
