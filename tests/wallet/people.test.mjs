// SPDX-License-Identifier: Apache-2.0
// People from a polkadot.js wallet: a patient without tokens, a guardian, a clinic that signs
// together, the council, and a lost wallet.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createKeyMulti, encodeAddress, sortAddresses } from '@polkadot/util-crypto';
import { assertInner, days, decide, key, named, random, sealed, start } from './network.mjs';

let network;
let api;
let send;
let stop;
let who;

before(async () => {
  network = await start();
  ({ api, send, stop } = network);
  who = (uri) => network.keyring.addFromUri(uri);
  await send(api.tx.registry.fundPool(10_000), who('//Hospital'));
});

after(async () => stop?.());

// A sealed consent with five uses.
const grant = (grantee, window) =>
  api.tx.consent.grant(random(), { Account: grantee.address }, sealed(), window, 5, 0);
const balance = async (account) => (await api.query.system.account(account.address)).data.free.toBigInt();

test('a patient without tokens does everything she needs', async () => {
  const patient = who('//Newcomer');
  assert.equal(await balance(patient), 0n);
  await assert.rejects(
    send(api.tx.registry.register('Patient', key()), patient),
    /Inability to pay/,
    'refused before she is admitted',
  );

  await send(api.tx.registry.admit(patient.address), who('//Hospital'));
  await send(api.tx.registry.register('Patient', key()), patient);
  await send(api.tx.registry.rotateKey(key()), patient);
  const anchored = await send(api.tx.records.anchor(random(), random(), random(), 2, null), patient);
  const { record } = named(anchored, 'records', 'Anchored').data;
  assert.ok(named(anchored, 'skipFeelessPayment', 'FeeSkipped'), 'nobody paid a fee');
  await send(api.tx.records.revise(record, 1, random(), random(), 2, null), patient);
  const granted = await send(
    grant(who('//ClinicianOne'), await days(api, 30)),
    patient,
  );
  await send(api.tx.consent.revoke(named(granted, 'consent', 'Granted').data.consent), patient);
  await send(api.tx.records.erase(record), patient);

  assert.equal(await balance(patient), 0n);
  const pool = (await api.query.registry.pools(who('//Hospital').address)).unwrap();
  assert.equal(Number(pool.owed), 7);
  await assert.rejects(
    send(api.tx.balances.transferKeepAlive(who('//Hospital').address, 1), patient),
    /Inability to pay/,
    'what is not hers to do for free stays refused',
  );
});

test('a guardian acts for her ward until the power is taken', async () => {
  const [ward, guardian] = [who('//Patient'), who('//Guardian')];
  const { until } = await days(api, 365);
  await send(
    api.tx.registry.appointGuardian(ward.address, guardian.address, 'Records', until),
    ward,
  );
  const call = api.tx.records.anchor(random(), random(), random(), 1, null);
  const acted = await send(api.tx.registry.actFor(ward.address, call), guardian);
  assertInner(api, named(acted, 'registry', 'Acted').data.result);
  assert.equal(named(acted, 'records', 'Anchored').data.owner.toString(), ward.address);
  const { entry } = named(acted, 'audit', 'Appended').data;
  assert.equal(entry.actor.toString(), guardian.address, 'the trail names the guardian');

  const transfer = api.tx.balances.transferAll(guardian.address, false);
  await assert.rejects(
    send(api.tx.registry.actFor(ward.address, transfer), guardian),
    /registry\.OutOfScope/,
  );
  await send(api.tx.registry.dismissGuardian(ward.address, guardian.address), ward);
  await assert.rejects(
    send(api.tx.registry.actFor(ward.address, call), guardian),
    /registry\.NotAuthorized/,
  );
});

test('a clinic signs together', async () => {
  const members = [who('//Alice'), who('//Bob'), who('//Ferdie')];
  const addresses = sortAddresses(members.map((member) => member.address), 42);
  const clinic = encodeAddress(createKeyMulti(addresses, 2), 42);
  const others = (member) => addresses.filter((address) => address !== member.address);
  const fund = api.tx.balances.transferKeepAlive(clinic, 100_000_000_000_000n);
  await send(fund, who('//Alice'));

  const call = api.tx.registry.register('Organisation', key());
  const weight = (await call.paymentInfo(members[0])).weight;
  const first = await send(
    api.tx.multisig.asMulti(2, others(members[0]), null, call, weight),
    members[0],
  );
  assert.ok(named(first, 'multisig', 'NewMultisig'));
  const timepoint = (await api.query.multisig.multisigs(clinic, call.method.hash)).unwrap().when;
  const second = await send(
    api.tx.multisig.asMulti(2, others(members[1]), timepoint, call, weight),
    members[1],
  );
  assertInner(api, named(second, 'multisig', 'MultisigExecuted').data.result);
  const participant = (await api.query.registry.participants(clinic)).unwrap();
  assert.equal(participant.role.toString(), 'Organisation');

  const verified = await send(
    api.tx.registry.verify(clinic, (await days(api, 365)).until),
    who('//Registrar'),
  );
  assert.ok(named(verified, 'registry', 'Verified'));
});

test('the council appoints a registrar and changes a parameter', async () => {
  const council = [who('//Charlie'), who('//Dave')];
  const registrar = who('//Alice//registrar');
  await decide(network, council, api.tx.registry.appointRegistrar(registrar.address, key()));
  const participant = (await api.query.registry.participants(registrar.address)).unwrap();
  assert.equal(participant.role.toString(), 'Registrar');
  await assert.rejects(
    send(api.tx.registry.appointRegistrar(registrar.address, key()), council[0]),
    /BadOrigin/,
  );

  await decide(
    network,
    council,
    api.tx.parameters.setParameter({ Sponsorship: { CallPrice: [null, 7_000_000_000n] } }),
  );
  const held = async () =>
    (await api.query.registry.pools(who('//Hospital').address)).unwrap().held.toBigInt();
  const before = await held();
  await send(api.tx.registry.fundPool(1_000), who('//Hospital'));
  assert.equal((await held()) - before, 1_000n * 7_000_000_000n, 'the new price counts');
});

test('friends recover a lost wallet after the delay', async () => {
  const [lost, heir] = [who('//Researcher'), who('//Alice//new-phone')];
  const friends = [who('//Bob'), who('//Dave'), who('//Eve')];
  await send(api.tx.balances.transferKeepAlive(heir.address, 100_000_000_000_000n), who('//Alice'));
  await send(
    api.tx.recovery.setFriendGroups([
      {
        friends: friends.map((friend) => friend.addressRaw).sort(Buffer.compare),
        friendsNeeded: 2,
        inheritor: heir.address,
        inheritanceDelay: 5,
        inheritancePriority: 0,
        cancelDelay: 5,
      },
    ]),
    lost,
  );
  // Whoever begins has approved.
  await send(api.tx.recovery.initiateAttempt(lost.address, 0), friends[0]);
  await assert.rejects(
    send(api.tx.recovery.finishAttempt(lost.address, 0), friends[1]),
    /recovery\.NotApproved/,
  );
  await send(api.tx.recovery.approveAttempt(lost.address, 0), friends[1]);
  for (;;) {
    try {
      await send(api.tx.recovery.finishAttempt(lost.address, 0), friends[1]);
      break;
    } catch (error) {
      assert.match(error.message, /recovery\.NotYetInheritable/);
    }
  }
  const call = api.tx.registry.rotateKey(key());
  const controlled = await send(
    api.tx.recovery.controlInheritedAccount(lost.address, call),
    heir,
  );
  assertInner(api, named(controlled, 'recovery', 'RecoveredAccountControlled').data.callResult);
  const participant = (await api.query.registry.participants(lost.address)).unwrap();
  assert.equal(Number(participant.keyVersion), 2, 'the new phone acts as the lost account');
});
