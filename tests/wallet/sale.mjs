// SPDX-License-Identifier: Apache-2.0
// A record on sale.

import { days, named, random } from './network.mjs';

export const PRICE = 100_000_000_000_000n;

// Puts a record on sale; answers with its listing.
export async function list({ api, send }, seller, record) {
  const goods = {
    kind: 'Download',
    record,
    categories: ['Labs'],
    size: 4096,
    quality: 90,
    terms: random(),
  };
  const listed = await send(api.tx.market.list(random(), goods, 'Native', PRICE), seller);
  return named(listed, 'market', 'Listed').data.listing;
}

// An offer that the seller accepted under a sale authorisation of her own.
export async function accepted({ api, send }, { seller, buyer, record, listing }) {
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

// What is held of an account.
export const held = async ({ api }, account) =>
  (await api.query.system.account(account.address)).data.reserved.toBigInt();
