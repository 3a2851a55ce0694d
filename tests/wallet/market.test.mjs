// SPDX-License-Identifier: Apache-2.0
// A record on sale, from a polkadot.js wallet: custodians hold its keys, a researcher buys it, the
// money is shared; and a sale that is called off gives the money back. The seller has no tokens but
// what she earns.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { dealing, formCommittee, recordId } from './committee.mjs';
import { key, named, random, start } from './network.mjs';
import { accepted, held, list, PRICE } from './sale.mjs';

let network;
let api;
let send;
let stop;
let who;
let seller;
let buyer;
let custodians;
let epoch;
let record;
let listing;

before(async () => {
  network = await start();
  ({ api, send, stop } = network);
  who = (uri) => network.keyring.addFromUri(uri);
  [seller, buyer] = [who('//Newcomer'), who('//Researcher')];
  custodians = [who('//CustodianOne'), who('//CustodianTwo'), who('//CustodianThree')];
});

after(async () => stop?.());

const sealedRequest = () => ({
  commitment: random(),
  envelope: { codec: 'Raw', digest: random() },
});

test('three custodians form a committee', async () => {
  epoch = await formCommittee(network, custodians);
  assert.equal(Number((await api.query.custody.live()).active.unwrap()), epoch);
});

test('a patient without tokens is sponsored', async () => {
  await send(api.tx.registry.fundPool(10_000), who('//Hospital'));
  await send(api.tx.registry.admit(seller.address), who('//Hospital'));
  await send(api.tx.registry.register('Patient', key()), seller);
  assert.equal(await free(seller), 0n);
});

test('a record is anchored once everyone has acknowledged its keys', async () => {
  const salt = random();
  record = recordId(seller, salt);
  const dealt = (segments) =>
    dealing(network, { custodians, epoch, owner: seller, record, version: 1, segments });
  await assert.rejects(
    send(api.tx.records.anchor(salt, random(), random(), 2, null), seller),
    /records\.DealingMissing/,
  );
  await assert.rejects(
    send(api.tx.records.anchor(salt, random(), random(), 2, dealt(3)), seller),
    /custody\.InvalidSignature/,
    'acknowledged for other segments',
  );
  await send(api.tx.records.anchor(salt, random(), random(), 2, dealt(2)), seller);
  listing = await list(network, seller, record);
});

const bought = () => accepted(network, { seller, buyer, record, listing });
const free = async (account) => (await api.query.system.account(account.address)).data.free.toBigInt();

test('an offer is bought, delivered and settled, 88 to 12', async () => {
  const { offer } = await bought();
  assert.equal(await held(network, buyer), PRICE, 'the money waits');
  const opened = await send(api.tx.market.openSale(offer, sealedRequest(), key()), buyer);
  const { ticket } = named(opened, 'market', 'Locked').data;
  const { entry } = named(opened, 'audit', 'Appended').data;
  assert.equal(entry.action.type, 'SaleOpened', 'the seller reads it in her trail');
  await assert.rejects(send(api.tx.market.settle(offer), who('//Alice')), /market\.NotYetSettleable/);

  for (const custodian of custodians.slice(0, 2)) {
    await send(
      api.tx.custody.report(epoch, [[ticket, { Released: { receipt: random() } }]], random()),
      custodian,
    );
  }
  const settled = await send(api.tx.market.settle(offer), buyer);
  assert.ok(named(settled, 'market', 'Settled'));
  assert.equal(await held(network, buyer), 0n);

  const claimed = await send(api.tx.market.claim('Native'), seller);
  assert.equal(named(claimed, 'market', 'Claimed').data.amount.toBigInt(), (PRICE * 88n) / 100n);
  assert.equal(await free(seller), (PRICE * 88n) / 100n, 'all of it: she paid no fee');
  const platform = await send(api.tx.market.claimPlatform('Native'), who('//Alice'));
  assert.equal(named(platform, 'market', 'Claimed').data.amount.toBigInt(), (PRICE * 12n) / 100n);
  await send(api.tx.market.rate(offer, 5), buyer);
});

test('a sale that is called off before a ticket gives the money back', async () => {
  const { offer, sale } = await bought();
  await assert.rejects(send(api.tx.market.refund(offer), buyer), /market\.NotRefundable/);
  await send(api.tx.consent.revokeSale(sale), seller);
  await assert.rejects(send(api.tx.market.openSale(offer, sealedRequest(), key()), buyer), /market\./);
  const before = await free(buyer);
  const refunded = await send(api.tx.market.refund(offer), who('//Alice'));
  assert.ok(named(refunded, 'market', 'Refunded'));
  assert.equal(await held(network, buyer), 0n);
  assert.equal((await free(buyer)) - before, PRICE, 'all of it');
});

test('an erased record is gone when its custodians have destroyed their shares', async () => {
  await send(api.tx.market.unlist(listing), seller);
  await send(api.tx.records.erase(record), seller);
  await assert.rejects(
    send(api.tx.records.clear(record, 1), who('//Alice')),
    /records\.NotYetErased/,
  );
  await Promise.all(
    custodians.map((custodian) =>
      send(api.tx.custody.acknowledgeErasure(epoch, [record]), custodian),
    ),
  );
  const cleared = await send(api.tx.records.clear(record, 1), who('//Alice'));
  assert.ok(named(cleared, 'records', 'Erased'));
  assert.ok((await api.query.records.records(record)).isNone);
});
