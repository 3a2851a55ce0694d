// SPDX-License-Identifier: Apache-2.0

use super::*;

fn refund(id: OfferId) -> DispatchResult {
	Market::refund(signed(STRANGER), id)
}

/// The offer is not refundable, and after `change` it is, by anybody.
#[track_caller]
fn becomes_refundable(make: fn() -> OfferId, change: fn(OfferId), reason: RefundReason) {
	build_and_execute(|| {
		let id = make();
		assert_eq!(Market::refundable(id), None);
		assert_noop!(refund(id), Error::<Test>::NotRefundable);
		change(id);
		events();
		assert_eq!(Market::refundable(id), Some(reason));
		assert_ok!(refund(id));
		assert_refunded(id, reason);
	});
}

/// Nothing of this refunds what a ticket has locked.
#[track_caller]
fn stays_locked(change: fn(OfferId)) {
	for make in [locked, delivered, disputed, settled] {
		build_and_execute(|| {
			let id = make();
			change(id);
			assert_noop!(refund(id), Error::<Test>::NotRefundable);
		});
	}
}

fn expire(_: OfferId) {
	at(NOW + MAX_OFFER);
}

fn unlist(_: OfferId) {
	assert_ok!(Market::unlist(signed(SELLER), ListingId::derive(&SELLER, &[1; 32])));
	events();
}

fn take_down(_: OfferId) {
	let listing = ListingId::derive(&SELLER, &[1; 32]);
	assert_ok!(Market::take_down(signed(MODERATOR), listing, TakedownReason::Identifiable));
}

fn retire(_: OfferId) {
	Records::insert(record(1), (SELLER, false));
}

fn erase(_: OfferId) {
	Records::remove(record(1));
}

fn revoke(id: OfferId) {
	Sales::mutate(SaleId(id.0), |sale| sale.as_mut().unwrap().revoked = true);
}

fn forget_sale(id: OfferId) {
	Sales::remove(SaleId(id.0));
}

fn end_sale(id: OfferId) {
	Sales::mutate(SaleId(id.0), |sale| sale.as_mut().unwrap().until = NOW);
}

#[test]
fn refunds_are_automatic_until_a_ticket_is_opened() {
	for make in [offered, accepted] {
		becomes_refundable(make, expire, RefundReason::Expired);
		becomes_refundable(make, unlist, RefundReason::NotOnSale);
		becomes_refundable(make, take_down, RefundReason::NotOnSale);
		becomes_refundable(make, retire, RefundReason::RecordRetired);
		becomes_refundable(make, erase, RefundReason::RecordRetired);
	}
	for change in [revoke, forget_sale, end_sale] {
		becomes_refundable(accepted, change, RefundReason::SaleRevoked);
	}
}

#[test]
fn nothing_of_the_seller_s_refunds_what_is_locked() {
	for change in [expire, unlist, take_down, retire, erase, revoke, forget_sale, end_sale] {
		stays_locked(change);
	}
}

#[test]
fn custodians_who_released_nothing_refund_what_is_locked() {
	becomes_refundable(
		locked,
		|id| Refused::insert(purchase(id).ticket, ()),
		RefundReason::NotReleased,
	);
	// Also long after: money waits for them.
	becomes_refundable(
		locked,
		|id| {
			at(NOW + 1_000_000);
			Refused::insert(purchase(id).ticket, ());
		},
		RefundReason::NotReleased,
	);
}

#[test]
fn a_delivery_outweighs_refusals() {
	stays_locked(|id| {
		Delivered::insert(purchase(id).ticket, NOW);
		Refused::insert(purchase(id).ticket, ());
	});
}

#[test]
fn a_restored_listing_keeps_its_offers() {
	build_and_execute(|| {
		let id = offered();
		let listing = ListingId::derive(&SELLER, &[1; 32]);
		take_down(id);
		assert_ok!(Market::appeal(signed(SELLER), listing, PROOF));
		assert_ok!(Market::decide_appeal(signed(MODERATOR), listing, true));
		assert_noop!(refund(id), Error::<Test>::NotRefundable);
	});
}

#[test]
fn only_a_signed_origin_refunds_what_there_is() {
	build_and_execute(|| {
		let id = offered();
		at(NOW + MAX_OFFER);
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Market::refund(origin, id), DispatchError::BadOrigin);
		}
		assert_noop!(refund(OfferId([9; 32])), Error::<Test>::NotFound);
	});
}
