// SPDX-License-Identifier: Apache-2.0
// Custodians who form a committee, and the keys that are dealt to them.

import { u8aConcat } from '@polkadot/util';
import { blake2AsU8a } from '@polkadot/util-crypto';
import { days, decide, key, random } from './network.mjs';

// Has the council form a committee of three, of whom two open; answers with its epoch. Who is not in
// the presets of the chain is registered first.
export async function formCommittee(network, custodians) {
  const { api, keyring, send } = network;
  const who = (uri) => keyring.addFromUri(uri);
  for (const custodian of custodians) {
    if ((await api.query.registry.participants(custodian.address)).isSome) continue;
    await send(
      api.tx.balances.transferKeepAlive(custodian.address, 100_000_000_000_000n),
      who('//Alice'),
    );
    await send(api.tx.registry.register('Custodian', key()), custodian);
    const { until } = await days(api, 365);
    await send(api.tx.registry.verify(custodian.address, until), who('//Registrar'));
  }
  const members = custodians.map((custodian) => custodian.address);
  const council = [who('//Charlie'), who('//Dave')];
  await decide(network, council, api.tx.custody.propose(members, 2, 1));
  const epoch = Number((await api.query.custody.live()).forming.unwrap());
  await Promise.all(custodians.map((custodian) => send(api.tx.custody.join(epoch), custodian)));
  return epoch;
}

// The keys of a record version as dealt to the committee, acknowledged by everyone.
export function dealing({ api }, { custodians, epoch, owner, record, version, segments }) {
  const digest = random();
  const payload = blake2AsU8a(
    u8aConcat(
      'salus/acknowledgement/1',
      api.genesisHash.toU8a(),
      api.createType('u32', epoch).toU8a(),
      owner.addressRaw,
      record,
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

// The id of the record that an owner anchors with a salt.
export const recordId = (owner, salt) =>
  blake2AsU8a(u8aConcat('salus/record/1', owner.addressRaw, salt));
