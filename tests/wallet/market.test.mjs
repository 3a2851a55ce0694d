// SPDX-License-Identifier: Apache-2.0
// A record on sale, from a polkadot.js wallet: custodians hold its keys, a researcher buys it, the
// money is shared; and a sale that is called off gives the money back.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { u8aConcat } from '@polkadot/util';
import { blake2AsU8a } from '@polkadot/util-crypto';
import { days, decide, key, named, random, start } from './network.mjs';

const PRICE = 100_000_000_000_000n;

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
  [seller, buyer] = [who('//Patient'), who('//Researcher')];
  custodians = [who('//Custodian'), who('//Custodian//2'), who('//Custodian//3')];
});

after(async () => stop?.());

const sealedRequest = () => ({
  commitment: random(),
  envelope: { codec: 'Raw', digest: random() },
});

// The keys of a record version as dealt to the committee, acknowledged by everyone.
function dealing(id, version, segments) {
  const digest = random();
  const payload = blake2AsU8a(
    u8aConcat(
      'salus/acknowledgement/1',
      api.genesisHash.toU8a(),
      api.createType('u32', epoch).toU8a(),
      seller.addressRaw,
      id,
      api.createType('u32', version).toU8a(),
      api.createType('u16', segments).toU8a(),
      digest,
    ),
  );
  const acknowledgements = custodians.map((custodian, seat) => [
    seat,
    { Sr25519: custodian.sign(payload) },
  ]);
  return { epoch, digest, acknowledgements };
}

test('three custodians form a committee', async () => {
  for (const custodian of custodians.slice(1)) {
    await send(api.tx.balances.transferKeepAlive(custodian.address, PRICE), who('//Alice'));
    await send(api.tx.registry.register('Custodian', key()), custodian);
    const { until } = await days(api, 365);
    await send(api.tx.registry.verify(custodian.address, until), who('//Registrar'));
  }
  const members = custodians.map((custodian) => custodian.address);
  const council = [who('//Charlie'), who('//Dave')];
  await decide(network, council, api.tx.custody.propose(members, 2, 1));
  epoch = Number((await api.query.custody.live()).forming.unwrap());
  await Promise.all(custodians.map((custodian) => send(api.tx.custody.join(epoch), custodian)));
  assert.equal(Number((await api.query.custody.live()).active.unwrap()), epoch);
});

test('a record is anchored once everyone has acknowledged its keys', async () => {
  const salt = random();
  record = blake2AsU8a(u8aConcat('salus/record/1', seller.addressRaw, salt));
  await assert.rejects(
    send(api.tx.records.anchor(salt, random(), random(), 2, null), seller),
    /records\.DealingMissing/,
  );
  await assert.rejects(
    send(api.tx.records.anchor(salt, random(), random(), 2, dealing(record, 1, 3)), seller),
    /custody\.InvalidSignature/,
    'acknowledged for other segments',
  );
  await send(api.tx.records.anchor(salt, random(), random(), 2, dealing(record, 1, 2)), seller);
  const goods = {
    kind: 'Download',
    record,
    categories: ['Labs'],
    size: 4096,
    quality: 90,
    terms: random(),
  };
  const listed = await send(api.tx.market.list(random(), goods, 'Native', PRICE), seller);
  listing = named(listed, 'market', 'Listed').data.listing;
});

// An offer that the seller accepted under a sale authorisation of her own.
async function accepted() {
  const { until } = await days(api, 2);
  const offered = await send(
    api.tx.market.offer(listing, random(), PRICE, until, 24 * 3600 * 1000),
    buyer,
  );
  const { offer } = named(offered, 'market', 'Offered').data;
  const authorised = await send(
    api.tx.consent.authoriseSale(
      random(),
      buyer.address,
      record,
      'Research',
      (await days(api, 60)).until,
    ),
    seller,
  );
  const { sale } = named(authorised, 'consent', 'SaleAuthorised').data;
  await send(api.tx.market.accept(offer, sale), seller);
  return { offer, sale };
}

const held = async (account) => (await api.query.system.account(account.address)).data.reserved.toBigInt();
const free = async (account) => (await api.query.system.account(account.address)).data.free.toBigInt();

test('an offer is bought, delivered and settled, 88 to 12', async () => {
  const { offer } = await accepted();
  assert.equal(await held(buyer), PRICE, 'the money waits');
  const opened = await send(api.tx.market.openSale(offer, sealedRequest(), key()), buyer);
  const { ticket } = named(opened, 'market', 'Locked').data;
  const { entry } = named(opened, 'audit', 'Appended').data;
  assert.equal(entry.action.type, 'SaleOpened', 'the seller reads it in her trail');
  await assert.rejects(send(api.tx.market.settle(offer), seller), /market\.NotYetSettleable/);

  for (const custodian of custodians.slice(0, 2)) {
    await send(
      api.tx.custody.report(epoch, [[ticket, { Released: { receipt: random() } }]], random()),
      custodian,
    );
  }
  const settled = await send(api.tx.market.settle(offer), buyer);
  assert.ok(named(settled, 'market', 'Settled'));
  assert.equal(await held(buyer), 0n);

  const before = await free(seller);
  const claimed = await send(api.tx.market.claim('Native'), seller);
  assert.equal(named(claimed, 'market', 'Claimed').data.amount.toBigInt(), (PRICE * 88n) / 100n);
  assert.ok((await free(seller)) > before + (PRICE * 87n) / 100n, 'less the fee of the claim');
  const platform = await send(api.tx.market.claimPlatform('Native'), who('//Alice'));
  assert.equal(named(platform, 'market', 'Claimed').data.amount.toBigInt(), (PRICE * 12n) / 100n);
  await send(api.tx.market.rate(offer, 5), buyer);
});

test('a sale that is called off before a ticket gives the money back', async () => {
  const { offer, sale } = await accepted();
  await assert.rejects(send(api.tx.market.refund(offer), buyer), /market\.NotRefundable/);
  await send(api.tx.consent.revokeSale(sale), seller);
  await assert.rejects(send(api.tx.market.openSale(offer, sealedRequest(), key()), buyer), /market\./);
  const before = await free(buyer);
  const refunded = await send(api.tx.market.refund(offer), who('//Alice'));
  assert.ok(named(refunded, 'market', 'Refunded'));
  assert.equal(await held(buyer), 0n);
  assert.equal((await free(buyer)) - before, PRICE, 'all of it');
});

test('an erased record is gone when its custodians have destroyed their shares', async () => {
  await send(api.tx.market.unlist(listing), seller);
  await send(api.tx.records.erase(record), seller);
  await assert.rejects(send(api.tx.records.clear(record, 1), seller), /records\.NotYetErased/);
  await Promise.all(
    custodians.map((custodian) =>
      send(api.tx.custody.acknowledgeErasure(epoch, [record]), custodian),
    ),
  );
  const cleared = await send(api.tx.records.clear(record, 1), who('//Alice'));
  assert.ok(named(cleared, 'records', 'Erased'));
  assert.ok((await api.query.records.records(record)).isNone);
});
